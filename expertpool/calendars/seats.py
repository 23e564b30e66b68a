"""Entries of those who are asked to sit on a panel, or sit there."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from expertpool.availability.models import Room
from expertpool.calendars.entries import Wanted, reconcile
from expertpool.calendars.models import CalendarEntry, EntrySource, EntryState
from expertpool.panels.models import Panel, PanelState, Seat, SeatState

STATES = {SeatState.INVITED: EntryState.TENTATIVE, SeatState.ACCEPTED: EntryState.CONFIRMED}
AGENDA = "/me/calendar"
"""Path of a person's own agenda."""


def follow_panels(session: Session, panel_ids: list[int], *, now: datetime) -> None:
    """Bring the entries of these panels' seats in line: invited, accepted, moved or gone."""
    session.flush()
    panels = session.scalars(
        sa.select(Panel)
        .where(Panel.id.in_(panel_ids))
        .options(joinedload(Panel.owner), joinedload(Panel.room))
        .execution_options(populate_existing=True)
    )
    by_id = {panel.id: panel for panel in panels}
    seats = session.execute(
        sa.select(Seat.id, Seat.panel_id, Seat.person_id, Seat.state).where(Seat.panel_id.in_(panel_ids))
    ).all()
    wanted = [
        _wanted(by_id[seat.panel_id], seat.id, seat.person_id, STATES[seat.state])
        for seat in seats
        if seat.state in STATES and _meets(by_id[seat.panel_id])
    ]
    theirs = sa.select(Seat.id).where(Seat.panel_id.in_(panel_ids))
    present = sa.and_(CalendarEntry.source == EntrySource.SEAT, CalendarEntry.source_id.in_(theirs))
    reconcile(session, wanted, present, now=now)


def place_of(room: Room | None, otherwise: str | None) -> str:
    """Return where to go: a room with its address, or what was written instead."""
    if room is None:
        return otherwise or ""
    comma = ", " if room.address.isascii() else "，"
    return f"{room.name}{comma}{room.address}" if room.address else room.name


def _meets(panel: Panel) -> bool:
    return panel.starts is not None and panel.state in (PanelState.CONFIRMED, PanelState.CLOSED)


def _wanted(panel: Panel, seat_id: int, person_id: int, state: EntryState) -> Wanted:
    assert panel.starts is not None
    assert panel.ends is not None
    return Wanted(
        source=EntrySource.SEAT,
        source_id=seat_id,
        person_id=person_id,
        state=state,
        starts=panel.starts,
        ends=panel.ends,
        title=panel.title,
        place=place_of(panel.room, panel.place),
        details=f"{panel.owner.name}\n{panel.number}",
        path=AGENDA,
    )
