"""Verbs on rooms: make, change and retire them. Bookings are verbs of `service`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.availability.events import RoomChanged, RoomCreated, RoomRetired
from expertpool.availability.models import Room, RoomCommitment
from expertpool.errors import N_, Invalid, NotFound, Stale
from expertpool.events import Actor
from expertpool.organisations.models import Organisation

LONGEST = {"name": 120, "address": 200}
MOST_CHAIRS = 10_000


@dataclass(frozen=True)
class RoomFacts:
    """The editable facts of a room. `address` may be empty when the name says where it is."""

    name: str
    capacity: int
    address: str = ""
    equipment: tuple[str, ...] = ()


def get(session: Session, room_id: int) -> Room:
    """Return a room, or raise `NotFound`."""
    room = session.get(Room, room_id)
    if room is None:
        raise NotFound(N_("There is no such room."))
    return room


def create(session: Session, facts: RoomFacts, *, owner: Organisation, actor: Actor, now: datetime) -> Room:
    """Enter a room of an office; raises `Invalid` naming the field."""
    checked = _tidied(facts)
    _refuse_taken(session, checked.name, owner.id)
    room = Room(owner_id=owner.id)
    _fill(room, checked)
    session.add(room)
    session.flush()
    record(session, RoomCreated(room.id, called=room.name, owner_id=owner.id), actor=actor, now=now)
    session.flush()
    return room


def change(
    session: Session,
    room: Room,
    facts: RoomFacts,
    *,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> bool:
    """Give `room` the facts of a form; return whether that changed anything. Raises `Invalid`, `Stale`."""
    if version is not None and version != room.version:
        raise Stale(N_("Somebody else has changed this room since you opened it."))
    before, after = _facts_of(room), _tidied(facts)
    if before == after:
        return False
    if after.name != before.name:
        _refuse_taken(session, after.name, room.owner_id)
    _fill(room, after)
    session.flush()
    old, new = dataclasses.asdict(before), dataclasses.asdict(after)
    changes = {field: [old[field], new[field]] for field in new if old[field] != new[field]}
    record(session, RoomChanged(room.id, called=room.name, changes=changes), actor=actor, now=now)
    session.flush()
    return True


def retire(session: Session, room: Room, *, actor: Actor, now: datetime) -> None:
    """Book `room` no more; raises `Invalid` while something is still to happen in it."""
    if room.retired_at is not None:
        raise Invalid(N_("%(room)s is retired already."), room=room.name)
    ahead = session.scalar(
        sa.select(sa.func.count()).where(RoomCommitment.room_id == room.id, RoomCommitment.ends > now)
    )
    if ahead:
        raise Invalid(
            N_("%(room)s is still booked %(count)s times. Move those first."), room=room.name, count=ahead
        )
    room.retired_at = now
    session.flush()
    record(session, RoomRetired(room.id, called=room.name), actor=actor, now=now)
    session.flush()


def _tidied(facts: RoomFacts) -> RoomFacts:
    name, address = " ".join(facts.name.split()), " ".join(facts.address.split())
    if not name:
        raise Invalid(N_("Give the room a name."), field="name")
    for field, text in (("name", name), ("address", address)):
        if len(text) > LONGEST[field]:
            raise Invalid(N_("Longer than %(most)s characters."), field=field, most=LONGEST[field])
    if not 1 <= facts.capacity <= MOST_CHAIRS:
        raise Invalid(
            N_("Give a number from %(least)s to %(most)s."), field="capacity", least=1, most=MOST_CHAIRS
        )
    equipment = dict.fromkeys(text for each in facts.equipment if (text := " ".join(each.split())))
    return RoomFacts(name, facts.capacity, address, tuple(equipment))


def _facts_of(room: Room) -> RoomFacts:
    return RoomFacts(room.name, room.capacity, room.address, tuple(room.equipment))


def _fill(room: Room, facts: RoomFacts) -> None:
    room.name, room.capacity, room.address = facts.name, facts.capacity, facts.address
    room.equipment = list(facts.equipment)


def _refuse_taken(session: Session, name: str, owner_id: int) -> None:
    """Raise `Invalid` for a name that the office uses; who names a room at this moment waits."""
    session.execute(sa.select(Organisation.id).where(Organisation.id == owner_id).with_for_update())
    taken = sa.exists().where(Room.owner_id == owner_id, Room.name == name)
    if session.scalar(sa.select(taken)):
        raise Invalid(N_("There is a room of this name already."), field="name")
