"""Seats of a confirmed panel change hands: invited, accepted, left, and filled again.

Whoever changes seats holds the panel first (see `holding`). These are parts of verbs above, which record
what happened.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.availability import service as availability
from expertpool.availability.models import Commitment
from expertpool.errors import N_, Invalid
from expertpool.matching.rules import Violation
from expertpool.panels.confirmation import SEAT, holders
from expertpool.panels.fitting import Table
from expertpool.panels.models import HOLDS, Panel, PanelState, Seat, SeatRole, SeatState


def alternates(panel: Panel) -> list[Seat]:
    """Return the seats of alternates who still stand by, in order."""
    return [
        seat for seat in panel.seats if seat.role is SeatRole.ALTERNATE and seat.state is SeatState.PROPOSED
    ]


def vacancies(panel: Panel) -> list[Seat]:
    """Return the seats whose holders left and whose chairs nobody took since, in order."""
    if panel.state is not PanelState.CONFIRMED:
        return []
    replaced = {seat.replaces_id for seat in panel.seats}
    return [
        seat
        for seat in panel.seats
        if seat.role is not SeatRole.ALTERNATE and seat.state not in HOLDS and seat.id not in replaced
    ]


def table(
    session: Session,
    panel: Panel,
    newcomers: Sequence[Seat] | None,
    *,
    but: Seat | None = None,
    now: datetime,
) -> Table:
    """Return those who sit now, without the holder of `but`, to ask which newcomers fit; None: anybody."""
    sitting = [seat for seat in holders(panel) if seat is not but]
    return Table(session, panel, sitting, newcomers, now)


def fits(session: Session, panel: Panel, alternate: Seat, vacant: Seat, *, now: datetime) -> list[Violation]:
    """Return what keeps `alternate` from taking the chair of `vacant` now; nothing when they fit."""
    return table(session, panel, [alternate], but=vacant, now=now).against(alternate)


def mark_invited(session: Session, seat: Seat) -> None:
    """Note that the holder of a proposed seat was asked."""
    _move(session, seat, SeatState.INVITED, {SeatState.PROPOSED})


def mark_accepted(session: Session, seat: Seat) -> None:
    """Note that an invited holder comes."""
    _move(session, seat, SeatState.ACCEPTED, {SeatState.INVITED})


def leave(session: Session, seat: Seat, state: SeatState) -> None:
    """Let the holder leave, or an alternate stand by no more; their time is free again."""
    _move(session, seat, state, HOLDS)
    availability.release(session, SEAT, [seat.id])


def fill(session: Session, panel: Panel, vacant: Seat, alternate: Seat) -> None:
    """Give the chair of `vacant` to `alternate`, and book their time.

    Somebody who left may come back into their own chair (`alternate` is `vacant`). Raises `DoubleBooked`,
    having changed nothing, and Invalid when the chair is not vacant any more.
    """
    if vacant not in vacancies(panel):
        raise Invalid(N_("This seat is not vacant any more."))
    if alternate is not vacant and alternate not in alternates(panel):
        raise Invalid(N_("%(name)s does not stand by any more."), name=alternate.person.name)
    book(session, panel, alternate)
    if alternate is not vacant:
        alternate.role, alternate.position, alternate.replaces_id = vacant.role, vacant.position, vacant.id
    alternate.state = SeatState.PROPOSED
    session.flush()
    session.expire(panel, ["seats"])


def book(session: Session, panel: Panel, seat: Seat) -> None:
    """Book the time of a panel for the holder of a seat; raises `DoubleBooked`."""
    if panel.starts is not None and panel.ends is not None and not is_booked(session, seat):
        availability.book(session, {seat.person_id: seat.id}, panel.starts, panel.ends, source_kind=SEAT)


def is_booked(session: Session, seat: Seat) -> bool:
    """Return whether the diary holds the time of a seat's holder."""
    booked = sa.exists().where(
        Commitment.source_kind == SEAT,
        Commitment.source_id == seat.id,
        Commitment.person_id == seat.person_id,
    )
    return bool(session.scalar(sa.select(booked)))


def _move(session: Session, seat: Seat, state: SeatState, before: Collection[SeatState]) -> None:
    if seat.state not in before:
        raise Invalid(
            N_("The seat of %(name)s has changed meanwhile. Look at the panel again."), name=seat.person.name
        )
    seat.state = state
    session.flush()
