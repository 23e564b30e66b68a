"""Reads of the diary, for one person and for many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.availability.models import BusyTime, Commitment, RoomCommitment
from expertpool.database import batches

Slot = tuple[datetime, datetime]
"""`[starts, ends)`."""


def committed(
    session: Session, person_ids: Iterable[int], starts: datetime, ends: datetime
) -> frozenset[int]:
    """Return which of these people are booked within `[starts, ends)`."""
    return _taken(session, Commitment, starts, ends, person_ids)


def busy(session: Session, person_ids: Iterable[int], starts: datetime, ends: datetime) -> frozenset[int]:
    """Return which of these people say that they are not free at some moment of `[starts, ends)`."""
    return _taken(session, BusyTime, starts, ends, person_ids)


def unavailable(session: Session, slot: Slot) -> frozenset[int]:
    """Return everybody who is booked or busy at some moment of `slot`."""
    starts, ends = slot
    return _taken(session, Commitment, starts, ends) | _taken(session, BusyTime, starts, ends)


def unavailable_by_slot(session: Session, slots: Sequence[Slot]) -> dict[Slot, frozenset[int]]:
    """Return for each slot everybody who is booked or busy at some moment of it: two reads a slot."""
    return {slot: unavailable(session, slot) for slot in slots}


def commitments_of(
    session: Session, person_id: int, since: datetime, *, but_seats: sa.Select[int] | None = None
) -> Sequence[Commitment]:
    """Return what a person is booked for and that ends after `since`, in order of time.

    For readers who may not know of them, bookings by `but_seats` are left out.
    """
    query = sa.select(Commitment).where(Commitment.person_id == person_id, Commitment.ends > since)
    if but_seats is not None:
        told = sa.or_(Commitment.source_kind != "seat", Commitment.source_id.not_in(but_seats))
        query = query.where(told)
    return session.scalars(query.order_by(Commitment.starts, Commitment.id)).all()


def busy_times_of(session: Session, person_id: int, since: datetime) -> Sequence[BusyTime]:
    """Return when a person says they are busy, as far as it ends after `since`, in order of time."""
    return session.scalars(
        sa.select(BusyTime)
        .where(BusyTime.person_id == person_id, BusyTime.ends > since)
        .order_by(BusyTime.starts, BusyTime.id)
    ).all()


def bookings_of(session: Session, person_id: int, slots: Sequence[Slot]) -> Sequence[Commitment]:
    """Return what a person is booked for within any of `slots`, in order of time."""
    if not slots:
        return []
    within = [sa.and_(Commitment.starts < ends, Commitment.ends > starts) for starts, ends in slots]
    return session.scalars(
        sa.select(Commitment)
        .where(Commitment.person_id == person_id, sa.or_(*within))
        .order_by(Commitment.starts, Commitment.id)
    ).all()


def bookings_of_room(
    session: Session, room_id: int, starts: datetime, ends: datetime
) -> Sequence[RoomCommitment]:
    """Return what a room is booked for within `[starts, ends)`, in order of time."""
    return session.scalars(
        sa.select(RoomCommitment)
        .where(RoomCommitment.room_id == room_id, RoomCommitment.starts < ends, RoomCommitment.ends > starts)
        .order_by(RoomCommitment.starts, RoomCommitment.id)
    ).all()


def _taken(
    session: Session,
    kind: type[Commitment] | type[BusyTime],
    starts: datetime,
    ends: datetime,
    person_ids: Iterable[int] | None = None,
) -> frozenset[int]:
    query = sa.select(kind.person_id).where(kind.starts < ends, kind.ends > starts)
    if person_ids is None:
        return frozenset(session.scalars(query))
    found: set[int] = set()
    for some in batches(person_ids):
        found.update(session.scalars(query.where(kind.person_id.in_(some))))
    return frozenset(found)
