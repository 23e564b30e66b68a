"""Offer free places to the waiting list, in order and for a time.

An offer holds its place until it is answered or lapses; none reaches beyond the start of the first lesson.
All functions want the cohort's `places.lock`, but for `lapse_due`, which takes it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.events import SYSTEM, Actor
from expertpool.training import places
from expertpool.training.events import OfferLapsed, PlaceOffered
from expertpool.training.models import Cohort, CohortState, Enrolment, EnrolmentState

MOST = 500
"""Offers that lapse at once; the next tick takes the others."""


def offer_free(session: Session, cohort: Cohort, *, actor: Actor, now: datetime) -> list[Enrolment]:
    """Offer every free place to the next in the waiting list; return who was offered one."""
    expires = _expiry(session, cohort, now)
    if cohort.state is not CohortState.OPEN or expires <= now:
        return []
    free = places.free(session, cohort)
    if not free:
        return []
    lucky = session.scalars(places.waiting(session, cohort).limit(len(free))).all()
    for enrolment, place in zip(lucky, free, strict=False):
        enrolment.state, enrolment.place_id = EnrolmentState.OFFERED, place.id
        enrolment.offer_expires_at, enrolment.updated_at = expires, now
    session.flush()
    for enrolment in lucky:
        _record_offer(session, enrolment, expires, actor=actor, now=now)
    return list(lucky)


def follow_lessons(session: Session, cohort: Cohort, *, actor: Actor, now: datetime) -> None:
    """Shorten the offers that reach beyond the first lesson by now, and offer what may be offered again."""
    first = places.begins(session, cohort)
    if first is not None:
        beyond = sa.select(Enrolment).where(
            Enrolment.cohort_id == cohort.id,
            Enrolment.state == EnrolmentState.OFFERED,
            Enrolment.offer_expires_at > first,
        )
        for enrolment in session.scalars(beyond.order_by(Enrolment.id)).all():
            enrolment.offer_expires_at, enrolment.updated_at = max(first, now), now
            session.flush()
            _record_offer(session, enrolment, max(first, now), actor=actor, now=now)
    offer_free(session, cohort, actor=actor, now=now)


def lapse(session: Session, enrolment: Enrolment, *, declined: bool, actor: Actor, now: datetime) -> None:
    """End an offer that was declined or not answered; its place is free."""
    enrolment.state, enrolment.place_id = EnrolmentState.LAPSED, None
    enrolment.offer_expires_at, enrolment.updated_at = None, now
    session.flush()
    event = OfferLapsed(
        enrolment.id, cohort_id=enrolment.cohort_id, person_id=enrolment.person_id, declined=declined
    )
    record(session, event, actor=actor, now=now)
    session.flush()


def lapse_due(session: Session, now: datetime) -> int:
    """End the offers that were not answered in time and offer their places on; return how many ended."""
    due = (
        sa.select(Enrolment.cohort_id)
        .where(Enrolment.state == EnrolmentState.OFFERED, Enrolment.offer_expires_at <= now)
        .order_by(Enrolment.cohort_id, Enrolment.id)
        .limit(MOST)
    )
    return sum(_lapse_of(session, each, now) for each in sorted(set(session.scalars(due))))


def _lapse_of(session: Session, cohort_id: int, now: datetime) -> int:
    cohort = session.get_one(Cohort, cohort_id)
    places.lock(session, cohort)
    over = session.scalars(
        sa.select(Enrolment)
        .where(
            Enrolment.cohort_id == cohort_id,
            Enrolment.state == EnrolmentState.OFFERED,
            Enrolment.offer_expires_at <= now,
        )
        .order_by(Enrolment.id)
        .limit(MOST)
        .execution_options(populate_existing=True)
    ).all()
    for enrolment in over:
        lapse(session, enrolment, declined=False, actor=SYSTEM, now=now)
    offer_free(session, cohort, actor=SYSTEM, now=now)
    return len(over)


def _expiry(session: Session, cohort: Cohort, now: datetime) -> datetime:
    expires = now + timedelta(hours=cohort.offer_hours)
    first = places.begins(session, cohort)
    return expires if first is None else min(expires, first)


def _record_offer(
    session: Session, enrolment: Enrolment, expires: datetime, *, actor: Actor, now: datetime
) -> None:
    event = PlaceOffered(
        enrolment.id, cohort_id=enrolment.cohort_id, person_id=enrolment.person_id, expires_at=expires
    )
    record(session, event, actor=actor, now=now)
    session.flush()
