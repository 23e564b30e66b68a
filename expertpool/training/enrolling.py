"""Enrol in a cohort: take a free place or wait in line, answer an offer, leave.

A place that is free goes to the waiting list first: who enrols while somebody waits, queues behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.people.models import Person
from expertpool.people.service import require_whole
from expertpool.training import checks, diary, leaving, offering, places
from expertpool.training.events import EnrolmentCancelled, TraineeEnrolled, TraineeQueued
from expertpool.training.models import (
    Cohort,
    CohortState,
    Course,
    CoursePrerequisite,
    Enrolment,
    EnrolmentState,
    Teaching,
)
from expertpool.training.teachings import LIVE

SELF = "self"
"""Source of an enrolment that the trainee made."""

lapse_due = offering.lapse_due


def enrol(
    session: Session,
    cohort: Cohort,
    person: Person,
    *,
    source: str,
    in_spite_of: str | None = None,
    actor: Actor,
    now: datetime,
) -> Enrolment:
    """Give `person` a free place, booked for all lessons ahead, or the last position of the waiting list.

    `source` is `SELF` or says who enrols them; whoever enrols others is not bound by the opening and closing
    time, and may give a reason to pass over missing prerequisites (`in_spite_of`). Raises `Invalid`, and
    `DoubleBooked` naming the panel or lesson in the way.
    """
    require_whole(person)
    places.lock(session, cohort)
    _require_open(cohort, source, now)
    _refuse_known(session, cohort, person)
    waived = _check_prerequisites(session, cohort, person, in_spite_of)
    enrolment = Enrolment(
        cohort_id=cohort.id,
        person_id=person.id,
        state=EnrolmentState.WAITING,
        queued_at=_last_in_line(session, cohort, now),
        source=checks.needed(source, "source", 120),
        created_at=now,
        updated_at=now,
    )
    is_queue = session.scalar(places.waiting(session, cohort).limit(1)) is not None
    free = [] if is_queue else places.free(session, cohort, at_most=1)
    lessons = diary.ahead(session, cohort, now)
    if free:
        diary.book(session, person, lessons, actor=actor)
        enrolment.state, enrolment.place_id = EnrolmentState.ENROLLED, free[0].id
    else:
        diary.refuse_clash(session, person, lessons, actor=actor)
    session.add(enrolment)
    session.flush()
    told = TraineeEnrolled if free else TraineeQueued
    event = told(
        enrolment.id, cohort_id=cohort.id, person_id=person.id, source=enrolment.source, waived=waived
    )
    record(session, event, actor=actor, now=now)
    session.flush()
    return enrolment


def accept_offer(session: Session, enrolment: Enrolment, *, actor: Actor, now: datetime) -> None:
    """Take the offered place, booked for all lessons ahead.

    Raises `Invalid` when the offer is over, and `DoubleBooked` naming the clash; the offer stands then.
    """
    cohort = _locked(session, enrolment)
    _require_offer(enrolment)
    if enrolment.offer_expires_at is None or enrolment.offer_expires_at <= now:
        raise Invalid(N_("The time to accept this place is over."))
    diary.book(session, enrolment.person, diary.ahead(session, cohort, now), actor=actor)
    enrolment.state, enrolment.offer_expires_at = EnrolmentState.ENROLLED, None
    enrolment.updated_at = now
    session.flush()
    event = TraineeEnrolled(
        enrolment.id, cohort_id=cohort.id, person_id=enrolment.person_id, source=enrolment.source
    )
    record(session, event, actor=actor, now=now)
    session.flush()


def decline_offer(session: Session, enrolment: Enrolment, *, actor: Actor, now: datetime) -> None:
    """Leave the offered place to the next in line."""
    cohort = _locked(session, enrolment)
    _require_offer(enrolment)
    offering.lapse(session, enrolment, declined=True, actor=actor, now=now)
    offering.offer_free(session, cohort, actor=actor, now=now)


def cancel(
    session: Session, enrolment: Enrolment, *, reason: str | None = None, actor: Actor, now: datetime
) -> None:
    """Leave a cohort or its waiting list; a place that falls free is offered to the first in line."""
    cohort = _locked(session, enrolment)
    end(session, enrolment, reason=checks.line(reason, "reason", 300) or None, actor=actor, now=now)
    offering.offer_free(session, cohort, actor=actor, now=now)


def end(session: Session, enrolment: Enrolment, *, reason: str | None, actor: Actor, now: datetime) -> None:
    """End an enrolment that is not over, within the cohort's lock; its place is free, offered to nobody."""
    before = enrolment.state
    if before not in (EnrolmentState.WAITING, EnrolmentState.OFFERED, EnrolmentState.ENROLLED):
        raise Invalid(N_("This enrolment is over already."))
    enrolment.state, enrolment.place_id = EnrolmentState.CANCELLED, None
    enrolment.offer_expires_at, enrolment.updated_at = None, now
    session.flush()
    leaving.free(session, enrolment.person_id, diary.ahead(session, enrolment.cohort, now))
    event = EnrolmentCancelled(
        enrolment.id,
        cohort_id=enrolment.cohort_id,
        person_id=enrolment.person_id,
        before=before.value,
        reason=reason,
    )
    record(session, event, actor=actor, now=now)
    session.flush()


def position(session: Session, enrolment: Enrolment) -> int:
    """Return the place in the waiting list, from 1; 0 for who does not wait."""
    if enrolment.state is not EnrolmentState.WAITING:
        return 0
    before = sa.or_(
        Enrolment.queued_at < enrolment.queued_at,
        sa.and_(Enrolment.queued_at == enrolment.queued_at, Enrolment.id < enrolment.id),
    )
    query = sa.select(sa.func.count()).where(
        Enrolment.cohort_id == enrolment.cohort_id, Enrolment.state == EnrolmentState.WAITING, before
    )
    return 1 + (session.scalar(query) or 0)


def missing_prerequisites(session: Session, course_id: int, person_id: int | None) -> Sequence[Course]:
    """Return the courses that must be completed before and that the person (None: a new one) has not."""
    completed = (
        sa.select(Enrolment.id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            Cohort.course_id == CoursePrerequisite.required_id,
            Enrolment.person_id == person_id,
            Enrolment.state == EnrolmentState.COMPLETED,
        )
    )
    return session.scalars(
        sa.select(Course)
        .join(CoursePrerequisite, CoursePrerequisite.required_id == Course.id)
        .where(CoursePrerequisite.course_id == course_id, ~completed.exists())
        .order_by(Course.number)
    ).all()


def lacks(name: str, missing: Sequence[Course]) -> Invalid:
    """Return the refusal of somebody who has not completed these courses."""
    return Invalid(
        N_("%(person)s has not completed what this course builds on: %(courses)s."),
        field="in_spite_of",
        person=name,
        courses="、".join(f"{each.number} {each.title_zh}" for each in missing),
    )


def _locked(session: Session, enrolment: Enrolment) -> Cohort:
    """Lock the cohort of an enrolment, and read the enrolment as whoever held the lock before left it."""
    cohort = enrolment.cohort
    places.lock(session, cohort)
    session.refresh(enrolment)
    return cohort


def _require_open(cohort: Cohort, source: str, now: datetime) -> None:
    if cohort.state is not CohortState.OPEN:
        raise Invalid(N_("Nobody can enrol in this cohort: it is not open."))
    if source != SELF:
        return
    if now < cohort.opens_at:
        raise Invalid(N_("Enrolment has not begun yet."))
    if now >= cohort.closes_at:
        raise Invalid(N_("Enrolment is closed."))


def _require_offer(enrolment: Enrolment) -> None:
    if enrolment.state is not EnrolmentState.OFFERED:
        raise Invalid(N_("No place is offered here any more."))


def _refuse_known(session: Session, cohort: Cohort, person: Person) -> None:
    known = session.scalar(
        sa.select(Enrolment.id).where(
            Enrolment.cohort_id == cohort.id,
            Enrolment.person_id == person.id,
            Enrolment.state.not_in((EnrolmentState.CANCELLED, EnrolmentState.LAPSED)),
        )
    )
    if known:
        raise Invalid(N_("%(person)s is in this cohort already."), person=person.name)
    teaches = session.scalar(
        sa.select(Teaching.id).where(
            Teaching.cohort_id == cohort.id, Teaching.person_id == person.id, Teaching.state.in_(LIVE)
        )
    )
    if teaches:
        raise Invalid(N_("%(person)s teaches in this cohort."), person=person.name)


def _check_prerequisites(
    session: Session, cohort: Cohort, person: Person, in_spite_of: str | None
) -> str | None:
    """Return the reason for which missing prerequisites are passed over; raises `Invalid` without one."""
    missing = missing_prerequisites(session, cohort.course_id, person.id)
    if not missing:
        return None
    why = checks.line(in_spite_of, "in_spite_of", 300)
    if not why:
        raise lacks(person.name, missing)
    return why


def _last_in_line(session: Session, cohort: Cohort, now: datetime) -> datetime:
    """Return a moment not before anybody's in the cohort: who waited for the lock jumps no queue."""
    last = session.scalar(
        sa.select(sa.func.max(Enrolment.queued_at, type_=Enrolment.queued_at.type)).where(
            Enrolment.cohort_id == cohort.id
        )
    )
    return now if last is None else max(now, last)
