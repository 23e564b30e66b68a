"""Verbs on the diary: book and release people and rooms, and note when people are busy.

A booking is part of the verb that books (a seat, a lesson), which audits it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.availability import naming, queries
from expertpool.availability.events import BusyTimeAdded, BusyTimeRemoved
from expertpool.availability.models import BusyTime, Commitment, Room, RoomCommitment
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.people.models import Person
from expertpool.people.service import require_whole

LONGEST = timedelta(days=366)


class DoubleBooked(Invalid):
    """People have another commitment at that time; `person_ids` names them."""

    def __init__(self, message: str, /, *, person_ids: Iterable[int], **params: object) -> None:
        super().__init__(message, field="slot", **params)
        self.person_ids = frozenset(person_ids)


class RoomTaken(Invalid):
    """A room is booked for something else at that time, which the message names."""


def book(
    session: Session,
    source_ids: dict[int, int],
    starts: datetime,
    ends: datetime,
    *,
    source_kind: str,
) -> list[Commitment]:
    """Commit people to `[starts, ends)`; `source_ids` is person id -> id of what books them.

    All or nothing: raises `DoubleBooked` when one of them has another commitment then.
    """
    booked = [
        Commitment(
            person_id=person_id, starts=starts, ends=ends, source_kind=source_kind, source_id=source_id
        )
        for person_id, source_id in sorted(source_ids.items())
    ]
    _refuse_clashes(session, sorted(source_ids), starts, ends)
    try:
        with session.begin_nested():
            session.add_all(booked)
    except IntegrityError as error:
        _refuse_clashes(session, sorted(source_ids), starts, ends)
        raise DoubleBooked(
            N_("Somebody was booked elsewhere at this moment. Try again."), person_ids=source_ids
        ) from error
    return booked


def book_times(
    session: Session, person_id: int, slots: Mapping[int, queries.Slot], *, source_kind: str
) -> None:
    """Commit one person to several times; `slots` is the id of what books -> `[starts, ends)`.

    All or nothing, and few statements: raises `DoubleBooked`.
    """
    rows = [
        {
            "person_id": person_id,
            "starts": starts,
            "ends": ends,
            "source_kind": source_kind,
            "source_id": source_id,
        }
        for source_id, (starts, ends) in slots.items()
    ]
    try:
        with session.begin_nested():
            session.execute(sa.insert(Commitment), rows)
    except IntegrityError as error:
        for starts, ends in slots.values():
            _refuse_clashes(session, [person_id], starts, ends)
        raise DoubleBooked(
            N_("Somebody was booked elsewhere at this moment. Try again."), person_ids=[person_id]
        ) from error


def release(
    session: Session, source_kind: str, source_ids: Iterable[int], *, person_id: int | None = None
) -> int:
    """Free those whom these sources booked (or one of them); return how many commitments were released."""
    query = sa.delete(Commitment).where(
        Commitment.source_kind == source_kind, Commitment.source_id.in_(list(source_ids))
    )
    if person_id is not None:
        query = query.where(Commitment.person_id == person_id)
    released: int = session.execute(query).rowcount  # type: ignore[attr-defined]
    return released


def book_room(
    session: Session, room: Room, source_id: int, starts: datetime, ends: datetime, *, source_kind: str
) -> RoomCommitment:
    """Commit a room to `[starts, ends)`; raises `RoomTaken` naming what it is booked for then."""
    if room.retired_at is not None:
        raise Invalid(N_("%(room)s is no longer in use."), field="room", room=room.name)
    _refuse_taken_room(session, room, starts, ends)
    booked = RoomCommitment(
        room_id=room.id, starts=starts, ends=ends, source_kind=source_kind, source_id=source_id
    )
    try:
        with session.begin_nested():
            session.add(booked)
    except IntegrityError as error:
        _refuse_taken_room(session, room, starts, ends)
        raise RoomTaken(
            N_("%(room)s was booked by somebody else at this moment. Try again."),
            field="room",
            room=room.name,
        ) from error
    return booked


def release_room(session: Session, source_kind: str, source_ids: Iterable[int]) -> int:
    """Free the rooms that these sources booked; return how many bookings were released."""
    query = sa.delete(RoomCommitment).where(
        RoomCommitment.source_kind == source_kind, RoomCommitment.source_id.in_(list(source_ids))
    )
    released: int = session.execute(query).rowcount  # type: ignore[attr-defined]
    return released


def add_busy_time(
    session: Session,
    person: Person,
    starts: datetime,
    ends: datetime,
    *,
    reason: str | None,
    actor: Actor,
    now: datetime,
) -> BusyTime:
    """Note that `person` is not free in `[starts, ends)`; raises `Invalid` naming the field."""
    require_whole(person)
    why = " ".join((reason or "").split()) or None
    if ends <= starts:
        raise Invalid(N_("The end must lie after the beginning."), field="ends")
    if ends <= now:
        raise Invalid(N_("This time is over already."), field="ends")
    if ends - starts > LONGEST:
        raise Invalid(N_("Longer than a year: let the person rest instead."), field="ends")
    if why and len(why) > 200:
        raise Invalid(N_("The reason is longer than %(most)s characters."), field="reason", most=200)
    busy = BusyTime(person_id=person.id, starts=starts, ends=ends, reason=why, created_at=now)
    session.add(busy)
    session.flush()
    record(session, BusyTimeAdded(person.id, starts=starts, ends=ends, reason=why), actor=actor, now=now)
    session.flush()
    return busy


def remove_busy_time(session: Session, busy: BusyTime, *, actor: Actor, now: datetime) -> None:
    """Note that the person is free at that time again."""
    event = BusyTimeRemoved(busy.person_id, starts=busy.starts, ends=busy.ends)
    session.delete(busy)
    record(session, event, actor=actor, now=now)
    session.flush()


def _refuse_clashes(session: Session, person_ids: Sequence[int], starts: datetime, ends: datetime) -> None:
    taken = queries.committed(session, person_ids, starts, ends)
    if taken:
        names = session.scalars(
            sa.select(Person.name).where(Person.id.in_(taken)).order_by(Person.id).limit(5)
        )
        raise DoubleBooked(
            N_("Booked elsewhere at this time: %(names)s."), person_ids=taken, names="、".join(names)
        )


def _refuse_taken_room(session: Session, room: Room, starts: datetime, ends: datetime) -> None:
    taken = queries.bookings_of_room(session, room.id, starts, ends)
    if taken:
        raise RoomTaken(
            N_("%(room)s is booked at this time for %(what)s."),
            field="room",
            room=room.name,
            what=naming.names_of(session, taken[:1])[0],
        )
