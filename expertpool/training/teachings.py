"""Verbs on teachings: a person of the pool is proposed, invited, accepts, or teaches no more.

Invitations call `mark_invited`, `accept` and `end`; from the invitation on, a teacher is booked for
their lessons.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid
from expertpool.events import SYSTEM, Actor
from expertpool.people.models import Person
from expertpool.people.service import require_whole
from expertpool.training import diary, hours, leaving, places
from expertpool.training.events import TeachingAccepted, TeachingEnded, TeachingProposed
from expertpool.training.models import (
    Cohort,
    CohortState,
    Enrolment,
    EnrolmentState,
    Lesson,
    LessonState,
    Teaching,
    TeachingState,
)

LIVE = (TeachingState.PROPOSED, TeachingState.INVITED, TeachingState.ACCEPTED)


def propose(session: Session, cohort: Cohort, person: Person, *, actor: Actor, now: datetime) -> Teaching:
    """Plan `person` as a teacher of `cohort`, who is to be invited; raises `Invalid`."""
    require_whole(person)
    places.lock(session, cohort)
    if cohort.state not in (CohortState.DRAFT, CohortState.OPEN):
        raise Invalid(N_("This cohort is finished or cancelled."))
    if any(each.person_id == person.id and each.state in LIVE for each in cohort.teachings):
        raise Invalid(N_("%(person)s teaches in this cohort."), field="person", person=person.name)
    learns = sa.select(Enrolment.id).where(
        Enrolment.cohort_id == cohort.id,
        Enrolment.person_id == person.id,
        Enrolment.state.not_in((EnrolmentState.CANCELLED, EnrolmentState.LAPSED)),
    )
    if session.scalar(learns):
        raise Invalid(N_("%(person)s is in this cohort already."), field="person", person=person.name)
    teaching = Teaching(
        cohort_id=cohort.id, person_id=person.id, state=TeachingState.PROPOSED, created_at=now
    )
    session.add(teaching)
    session.flush()
    event = TeachingProposed(teaching.id, cohort_id=cohort.id, person_id=person.id)
    record(session, event, actor=actor, now=now)
    session.flush()
    session.expire(cohort, ["teachings"])
    return teaching


def mark_invited(session: Session, teaching: Teaching, *, now: datetime) -> None:
    """Note that a teacher was asked, and book them for their lessons; raises `DoubleBooked` with the clash.

    What invites records it.
    """
    if teaching.state is not TeachingState.PROPOSED:
        raise Invalid(N_("This teacher was invited already."))
    _book(session, teaching, SYSTEM, now)
    teaching.state = TeachingState.INVITED
    session.flush()


def accept(session: Session, teaching: Teaching, *, actor: Actor, now: datetime) -> None:
    """Note that a teacher said yes, and book the lessons that came since; raises `DoubleBooked`."""
    if teaching.state not in (TeachingState.PROPOSED, TeachingState.INVITED):
        raise Invalid(N_("This teacher has answered already."))
    _book(session, teaching, actor, now)
    teaching.state = TeachingState.ACCEPTED
    session.flush()
    event = TeachingAccepted(teaching.id, cohort_id=teaching.cohort_id, person_id=teaching.person_id)
    record(session, event, actor=actor, now=now)
    session.flush()


def end(
    session: Session,
    teaching: Teaching,
    state: TeachingState,
    reason: str | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Note that a teacher does not teach (any more): they are free, and lessons given are credited.

    `state` is declined, expired or withdrawn. Lessons ahead keep them until they get another.
    """
    if teaching.state not in LIVE or state in LIVE:
        raise Invalid(N_("This teacher does not teach here any more."))
    lessons = _lessons(session, teaching)
    if teaching.state is TeachingState.ACCEPTED:
        hours.credit_teaching(session, [each for each in lessons if each.ends <= now], now=now)
    teaching.state = state
    session.flush()
    leaving.free(session, teaching.person_id, [each for each in lessons if each.ends > now])
    event = TeachingEnded(
        teaching.id,
        cohort_id=teaching.cohort_id,
        person_id=teaching.person_id,
        state=state.value,
        reason=reason,
    )
    record(session, event, actor=actor, now=now)
    session.flush()


def _book(session: Session, teaching: Teaching, actor: Actor, now: datetime) -> None:
    lessons = [each for each in _lessons(session, teaching) if each.ends > now]
    diary.book(session, teaching.person, lessons, actor=actor)


def _lessons(session: Session, teaching: Teaching) -> Sequence[Lesson]:
    return session.scalars(
        sa.select(Lesson)
        .where(Lesson.teaching_id == teaching.id, Lesson.state == LessonState.PLANNED)
        .order_by(Lesson.starts, Lesson.id)
    ).all()
