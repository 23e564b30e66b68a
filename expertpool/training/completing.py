"""Finish a cohort: who was there long enough, what the organiser decides, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.people.models import Person
from expertpool.training import attending, certificates, enrolling, hours, places
from expertpool.training.events import CohortFinished
from expertpool.training.models import (
    Cohort,
    CohortState,
    Enrolment,
    EnrolmentState,
    Lesson,
    LessonState,
    Presence,
    TeachingState,
)

COHORT_OVER = "班次已结束"
"""Reason in the trail for leaving the waiting list, as offices write it."""


@dataclass(frozen=True)
class Standing:
    """How long an enrolled trainee was present: minutes of the lessons that took place."""

    enrolment: Enrolment
    person: Person
    present: int
    total: int
    meets: bool
    """Whether that is the course's share at least, compared in whole minutes."""

    @property
    def percent(self) -> int:
        """The share, rounded down."""
        return self.present * 100 // self.total if self.total else 0


def standings(session: Session, cohort: Cohort) -> list[Standing]:
    """Return how each enrolled trainee stands, by name; three reads."""
    lengths = {each.id: hours.minutes_of(each) for each in _lessons(session, cohort)}
    total = sum(lengths.values())
    enrolments = session.scalars(
        sa.select(Enrolment)
        .join(Enrolment.person)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.state == EnrolmentState.ENROLLED)
        .order_by(Person.name_pinyin, Enrolment.id)
        .options(joinedload(Enrolment.person))
    ).all()
    present = dict.fromkeys((each.id for each in enrolments), 0)
    noted = sa.select(Presence.enrolment_id, Presence.lesson_id).where(Presence.lesson_id.in_(lengths))
    for enrolment_id, lesson_id in session.execute(noted):
        if enrolment_id in present:
            present[enrolment_id] += lengths[lesson_id]
    least = cohort.course.attendance_percent
    return [
        Standing(each, each.person, present[each.id], total, present[each.id] * 100 >= least * total)
        for each in enrolments
    ]


def finish(
    session: Session, cohort: Cohort, decisions: Mapping[int, bool], *, actor: Actor, now: datetime
) -> None:
    """End a cohort by the organiser's decision on every enrolled trainee (enrolment id -> completed).

    Who completed it is credited the course's minutes and gets a certificate; teachers are credited the
    lessons they gave; the waiting list ends. Raises `Invalid` while a lesson is still ahead.
    """
    places.lock(session, cohort)
    lessons = _lessons(session, cohort)
    _require_over(cohort, lessons, now)
    enrolled = _enrolments(session, cohort, EnrolmentState.ENROLLED)
    if {each.id for each in enrolled} != set(decisions):
        raise Invalid(N_("Decide for every enrolled trainee. Somebody has come or left meanwhile."))
    for state in (EnrolmentState.WAITING, EnrolmentState.OFFERED):
        for enrolment in _enrolments(session, cohort, state):
            enrolling.end(session, enrolment, reason=COHORT_OVER, actor=actor, now=now)
    for enrolment in enrolled:
        done = decisions[enrolment.id]
        enrolment.state = EnrolmentState.COMPLETED if done else EnrolmentState.NOT_COMPLETED
        enrolment.updated_at = now
    cohort.state, cohort.updated_at = CohortState.FINISHED, now
    session.flush()
    completed = [each for each in enrolled if decisions[each.id]]
    event = CohortFinished(
        cohort.id,
        completed_ids=[each.id for each in completed],
        not_completed_ids=[each.id for each in enrolled if not decisions[each.id]],
    )
    record(session, event, actor=actor, now=now)
    _credit(session, cohort, lessons, completed, now)
    for enrolment in completed:
        certificates.issue(session, enrolment, actor=actor, now=now)


def _credit(
    session: Session, cohort: Cohort, lessons: list[Lesson], completed: list[Enrolment], now: datetime
) -> None:
    last_day = hours.day_of(max(each.ends for each in lessons))
    for enrolment in completed:
        hours.credit_study(session, enrolment, cohort.course, last_day, now=now)
    teaching = {each.id for each in cohort.teachings if each.state is TeachingState.ACCEPTED}
    hours.credit_teaching(session, [each for each in lessons if each.teaching_id in teaching], now=now)


def _lessons(session: Session, cohort: Cohort) -> list[Lesson]:
    query = sa.select(Lesson).where(attending.by_cohorts([cohort.id]), Lesson.state == LessonState.PLANNED)
    return list(session.scalars(query.order_by(Lesson.starts, Lesson.id)))


def _enrolments(session: Session, cohort: Cohort, state: EnrolmentState) -> list[Enrolment]:
    query = sa.select(Enrolment).where(Enrolment.cohort_id == cohort.id, Enrolment.state == state)
    found = query.order_by(Enrolment.queued_at, Enrolment.id).options(joinedload(Enrolment.person))
    return list(session.scalars(found.execution_options(populate_existing=True)))


def _require_over(cohort: Cohort, lessons: list[Lesson], now: datetime) -> None:
    if cohort.state is not CohortState.OPEN:
        raise Invalid(N_("Only an open cohort can be finished."))
    if not lessons:
        raise Invalid(N_("This cohort has no lesson: there is nothing to complete. Cancel it instead."))
    if lessons[-1].ends > now:
        raise Invalid(N_("The lesson “%(lesson)s” is not over yet."), lesson=lessons[-1].title)
