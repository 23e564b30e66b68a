"""The public page of a course with its cohorts and lessons, and enrolling in one click."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from expertpool import clock
from expertpool.errors import N_, Invalid, NotFound
from expertpool.extensions import db
from expertpool.people.models import Person
from expertpool.training import enrolling, joining, policy, queries
from expertpool.training.models import Cohort, Course, Enrolment, EnrolmentState, LessonState
from expertpool.web.kit import guards
from expertpool.web.training.blueprint import acting, blueprint, may, myself
from expertpool.web.training.standing import NOTHING, first_of, shown_lessons, stage_of
from expertpool.web.training.wording import course_title


@blueprint.get("/courses/<number>")
@guards.public
def course(number: str) -> ResponseReturnValue:
    """A course; `?cohort=` chooses the run that is shown with its lessons."""
    return _page(_public(number))


@blueprint.post("/courses/<number>/enrol")
@guards.signed_in
def enrol(number: str) -> ResponseReturnValue:
    """Take a place in a cohort, or the last position of its waiting list."""
    course = _public(number)
    cohort = queries.cohort(db.session, request.form.get("cohort", 0, type=int))
    if cohort.course_id != course.id or not policy.is_shown(cohort):
        raise NotFound(N_("There is no such cohort."))
    try:
        user = guards.user()
        person = joining.register(db.session, user.name, user.email, user, **acting())
        enrolment = enrolling.enrol(db.session, cohort, person, source=enrolling.SELF, **acting())
        position = enrolling.position(db.session, enrolment)
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        return _page(course, refused=error, asked=cohort.number), 400
    flash(_enrolled_text(course, position), "success")
    return redirect(url_for(".learning"))


def _public(number: str) -> Course:
    course = queries.course_by_number(db.session, number)
    if not policy.is_public(course):
        raise NotFound(N_("There is no such course."))
    return course


def _page(course: Course, *, refused: Invalid | None = None, asked: str | None = None) -> str:
    now = clock.now()
    cohorts = queries.cohorts_of(db.session, [course.id]).get(course.id, [])
    numbers = queries.summaries(db.session, [each.id for each in cohorts])
    stages = {each.id: stage_of(each, now) for each in cohorts}
    chosen = first_of(cohorts, stages, asked or request.args.get("cohort"))
    lessons = queries.lessons_of(db.session, [chosen.id]).get(chosen.id, []) if chosen else []
    return render_template(
        "training/course.html",
        course=course,
        cohort=chosen,
        numbers=numbers.get(chosen.id, NOTHING) if chosen else NOTHING,
        stage=stages[chosen.id] if chosen else "",
        lessons=shown_lessons([each for each in lessons if each.state is LessonState.PLANNED]),
        others=[(each, stages[each.id], numbers[each.id]) for each in cohorts if each is not chosen],
        refused=refused.sentence.translated(gettext) if refused else "",
        may_manage=may("training.view", course),
        **_reader(course, chosen),
    )


def _reader(course: Course, cohort: Cohort | None) -> dict[str, Any]:
    """Return what the page tells the reader about themselves: enrolment, position, missing prerequisites."""
    person = myself()
    enrolment = _live_enrolment(person, cohort)
    position = enrolling.position(db.session, enrolment) if enrolment else 0
    missing = enrolling.missing_prerequisites(db.session, course.id, person.id if person else None)
    return {
        "enrolment": enrolment,
        "position": position,
        "missing": missing if current_user.is_authenticated else [],
    }


def _live_enrolment(person: Person | None, cohort: Cohort | None) -> Enrolment | None:
    if person is None or cohort is None:
        return None
    over = (EnrolmentState.CANCELLED, EnrolmentState.LAPSED)
    return db.session.scalar(
        sa.select(Enrolment).where(
            Enrolment.cohort_id == cohort.id, Enrolment.person_id == person.id, Enrolment.state.not_in(over)
        )
    )


def _enrolled_text(course: Course, position: int) -> str:
    if position:
        return str(
            gettext(
                "You are number %(position)s on the waiting list of “%(course)s”. "
                "We write when a place is free.",
                position=position,
                course=course_title(course),
            )
        )
    return str(gettext("You are enrolled in “%(course)s”. The place is yours.", course=course_title(course)))
