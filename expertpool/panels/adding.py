"""Somebody of the pool stands by for a confirmed panel whose alternates do not do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.matching.rules import Violation
from expertpool.panels import presets_service, seating
from expertpool.panels.confirmation import violation_text
from expertpool.panels.events import AlternateAdded
from expertpool.panels.holding import hold
from expertpool.panels.models import Panel, PanelState, Seat, SeatRole, SeatState
from expertpool.panels.preset_parts import DrawMode
from expertpool.people.models import Person

OFFERED = 5
"""How many of the pool are shown as the best for a vacant seat."""


@dataclass(frozen=True)
class Looked:
    """Somebody who was looked for, and what keeps them from the vacant seat now; nothing when they fit."""

    person: Person
    rules: tuple[Violation, ...]


def look_at(
    session: Session, panel: Panel, vacant: Seat, people: Sequence[Person], *, now: datetime
) -> list[Looked]:
    """Return whether these people could take a vacant seat: conflicts, composition, load and diary, now."""
    seats = [_unsaved(panel, each, now) for each in people]
    table = seating.table(session, panel, seats, but=vacant, now=now)
    return [Looked(person, tuple(table.against(seat))) for person, seat in zip(people, seats, strict=True)]


def best_for(session: Session, panel: Panel, vacant: Seat, *, now: datetime) -> list[int]:
    """Return the ids of the best of the pool who fit a vacant seat now and had none in this panel."""
    table = seating.table(session, panel, None, but=vacant, now=now)
    return table.best(OFFERED, but=[seat.person_id for seat in panel.seats])


def add_alternate(
    session: Session, panel: Panel, vacant: Seat, person: Person, *, actor: Actor, now: datetime
) -> Seat:
    """Let somebody stand by, behind all alternates, so that they are asked in their turn like these.

    Raises Invalid at the field `person` for somebody who does not fit the vacant seat or had one in this
    panel, and when the preset wants its members drawn by lot.
    """
    panel = hold(session, panel.id)
    _require_open(panel, vacant, now)
    if any(seat.person_id == person.id for seat in panel.seats):
        raise Invalid(N_("%(name)s is or was in this panel already."), field="person", name=person.name)
    (looked,) = look_at(session, panel, vacant, [person], now=now)
    if looked.rules:
        raise Invalid(
            N_("%(name)s does not fit: %(problem)s"),
            field="person",
            name=person.name,
            problem=violation_text(session, looked.rules[0]),
        )
    seat = _unsaved(panel, person, now)
    session.add(seat)
    session.flush()
    session.expire(panel, ["seats"])
    added = AlternateAdded(
        panel.id, seat_id=seat.id, person_id=person.id, position=seat.position, vacant_seat_id=vacant.id
    )
    record(session, added, actor=actor, now=now)
    return seat


def _require_open(panel: Panel, vacant: Seat, now: datetime) -> None:
    if panel.state is not PanelState.CONFIRMED or vacant not in seating.vacancies(panel):
        raise Invalid(N_("This seat is not vacant any more."))
    if panel.starts is not None and panel.starts <= now:
        raise Invalid(N_("The meeting has begun: nobody can be asked for it any more."))
    if presets_service.rules(panel.preset).draw.mode is DrawMode.REQUIRED:
        raise Invalid(N_("The rules of this panel want its members drawn by lot: nobody is added by hand."))


def _unsaved(panel: Panel, person: Person, now: datetime) -> Seat:
    return Seat(
        panel_id=panel.id,
        person_id=person.id,
        person=person,
        role=SeatRole.ALTERNATE,
        state=SeatState.PROPOSED,
        position=max(seat.position for seat in panel.seats) + 1,
        created_at=now,
    )
