"""The blueprint of the pages of training, whose objects a reader may open, and what all pages need."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext, to_user_timezone, to_utc
from flask_login import current_user

from expertpool import clock
from expertpool.errors import N_, ExpertPoolError, Forbidden, NotFound
from expertpool.extensions import db
from expertpool.people.models import Person
from expertpool.training import policy, queries
from expertpool.training.models import Certificate, Cohort, Course, Enrolment, Lesson
from expertpool.web.kit import guards
from expertpool.web.training import wording

VIEW, EDIT, ENROL = "training.view", "training.edit", "training.enrol_others"
BOTH = ["GET", "POST"]

blueprint = Blueprint("training", __name__)


def acting() -> dict[str, Any]:
    """Return who acts and when, for a verb."""
    return {"actor": guards.actor(), "now": clock.now()}


def course_of(course_id: int, permission: str = VIEW) -> Course:
    """Return a course of the reader's offices with which they may do what `permission` names."""
    return _allowed(queries.course(db.session, course_id), permission, N_("There is no such course."))


def cohort_of(cohort_id: int, permission: str = VIEW) -> Cohort:
    """Return a cohort of the reader's offices."""
    cohort = queries.cohort(db.session, cohort_id)
    _allowed(cohort.course, permission, N_("There is no such cohort."))
    return cohort


def lesson_of(lesson_id: int, permission: str = EDIT) -> tuple[Lesson, Cohort]:
    """Return a lesson of the reader's offices, and its cohort."""
    lesson = queries.lesson(db.session, lesson_id)
    cohort = queries.cohort(db.session, lesson.cohort_id)
    _allowed(cohort.course, permission, N_("There is no such lesson."))
    return lesson, cohort


def enrolment_of(enrolment_id: int, permission: str = ENROL) -> Enrolment:
    """Return an enrolment in a cohort of the reader's offices."""
    enrolment = queries.enrolment(db.session, enrolment_id)
    _allowed(enrolment.cohort.course, permission, N_("There is no such enrolment."))
    return enrolment


def certificate_of(certificate_id: int, permission: str = VIEW) -> Certificate:
    """Return a certificate that the reader's offices issued."""
    certificate = queries.certificate(db.session, certificate_id)
    _allowed(certificate.enrolment.cohort.course, permission, N_("There is no such certificate."))
    return certificate


def may(permission: str, course: Course) -> bool:
    """Whether the reader may do to a course and all that belongs to it what `permission` names."""
    return policy.may(guards.grants(), permission, course)


def myself() -> Person | None:
    """Return the person of the pool who reads, if any."""
    if not current_user.is_authenticated:
        return None
    return db.session.scalar(sa.select(Person).where(Person.user_id == current_user.id))


def own(enrolment_id: int) -> Enrolment:
    """Return an enrolment of the reader's own, or raise `NotFound`."""
    enrolment = queries.enrolment(db.session, enrolment_id)
    if not policy.is_own(guards.user().id, enrolment):
        raise NotFound(N_("There is no such enrolment."))
    return enrolment


def attempt(done: str, target: str, verb: Callable[[], Any]) -> ResponseReturnValue:
    """Carry out the verb of a button, commit, and go to `target`; a refusal is told there."""
    try:
        verb()
        db.session.commit()
        flash(done, "success")
    except ExpertPoolError as error:
        db.session.rollback()
        flash(error.sentence.translated(gettext), "error")
    return redirect(target)


def aware(value: datetime) -> datetime:
    """Return a time that was typed in the reader's zone as a moment."""
    moment: datetime = to_utc(value).replace(tzinfo=UTC)
    return moment


def local(value: datetime) -> datetime:
    """Return a moment as the reader's clock shows it, to be typed over."""
    shown: datetime = to_user_timezone(value).replace(tzinfo=None)
    return shown


def _allowed(course: Course, permission: str, missing: str) -> Course:
    if not may(VIEW, course):
        raise NotFound(missing)
    if not may(permission, course):
        raise Forbidden(N_("This belongs to an organisation outside of your role."))
    return course


for name in ("course_title", "course_summary", "cohort_title", "run_title", "class_hours"):
    blueprint.add_app_template_filter(getattr(wording, name), name)


@blueprint.app_context_processor
def _words() -> dict[str, Any]:
    return {"training_words": wording}
