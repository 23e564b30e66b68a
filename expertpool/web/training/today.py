"""The part of the front page that training has: offers, lessons ahead, cohorts to look after."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import Session, contains_eager

from expertpool.training import attending, queries
from expertpool.training.models import (
    Cohort,
    CohortState,
    Course,
    Enrolment,
    EnrolmentState,
    Lesson,
    LessonState,
)
from expertpool.web.home.today import Section, Task
from expertpool.web.kit import guards
from expertpool.web.training.blueprint import myself
from expertpool.web.training.wording import course_title, run_title

MOST = 5


def tasks(session: Session, now: datetime) -> list[Task]:
    """Return the places that are held for the reader, and the cohorts that are to be finished."""
    return [*_offers(session), *_over(session, now)]


def sections(session: Session, now: datetime) -> list[Section]:
    """Return the lessons ahead of a trainee, and the next cohorts of an organiser's offices."""
    found = []
    lessons = _ahead(session, now) if guards.may("me.profile") else []
    if lessons:
        found.append(Section("training/today_learning.html", order=20, values={"lessons": lessons}))
    if guards.may("training.view"):
        cohorts = _going(session)
        numbers = queries.summaries(session, [each.id for each in cohorts])
        found.append(
            Section("training/today_cohorts.html", order=30, values={"cohorts": cohorts, "numbers": numbers})
        )
    return found


def _offers(session: Session) -> list[Task]:
    person = myself() if guards.may("me.profile") else None
    if person is None:
        return []
    held = (
        sa.select(Enrolment)
        .join(Enrolment.cohort)
        .join(Cohort.course)
        .options(contains_eager(Enrolment.cohort).contains_eager(Cohort.course))
        .where(Enrolment.person_id == person.id, Enrolment.state == EnrolmentState.OFFERED)
        .order_by(Enrolment.offer_expires_at)
    )
    return [
        Task(
            gettext("A place is held for you: %(course)s", course=course_title(each.cohort.course)),
            gettext("Answer"),
            url_for("training.learning"),
            due=each.offer_expires_at,
        )
        for each in session.scalars(held)
    ]


def _over(session: Session, now: datetime) -> list[Task]:
    if not guards.may("training.edit"):
        return []
    at = attending.pairs()
    lessons = (
        sa.select(Lesson.id)
        .join(at, at.c.lesson_id == Lesson.id)
        .where(at.c.cohort_id == Cohort.id, Lesson.state == LessonState.PLANNED)
    )
    over = (
        queries.cohorts(guards.grants().scope("training.edit"))
        .where(Cohort.state == CohortState.OPEN, lessons.exists(), ~lessons.where(Lesson.ends > now).exists())
        .limit(MOST)
    )
    return [
        Task(
            gettext("%(course)s is over: decide who completed it", course=run_title(each.course, each)),
            gettext("Finish and certify"),
            url_for("training.finish", cohort_id=each.id),
            state=("expired", gettext("To be finished")),
        )
        for each in session.scalars(over)
    ]


def _ahead(session: Session, now: datetime) -> list[tuple[Lesson, Course]]:
    person = myself()
    if person is None:
        return []
    found = session.execute(queries.lessons_ahead(person.id, now).limit(MOST))
    return [(row.Lesson, row.Course) for row in found]


def _going(session: Session) -> list[Cohort]:
    query = queries.cohorts(guards.grants().scope("training.view"))
    going = query.where(Cohort.state.in_((CohortState.DRAFT, CohortState.OPEN)))
    return list(session.scalars(going.order_by(None).order_by(Cohort.closes_at, Cohort.id).limit(MOST)))
