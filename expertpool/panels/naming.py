"""How panels are called in the diary, to whoever may know of them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.organisations.models import Organisation
from expertpool.panels.models import Panel, Seat, SeatState

TOLD = (SeatState.INVITED, SeatState.ACCEPTED)
"""Whoever is only proposed does not know yet."""


def of_seats(session: Session, seat_ids: Sequence[int], *, to_themselves: bool) -> dict[int, str]:
    """Return number and title of the panel of each seat, to its holder alone: rosters may be secret."""
    if not to_themselves:
        return {}
    query = (
        sa.select(Seat.id, Panel.number, Panel.title)
        .join(Panel, Panel.id == Seat.panel_id)
        .where(Seat.id.in_(seat_ids), Seat.state.in_(TOLD))
    )
    return {row.id: f"{row.number} {row.title}" for row in session.execute(query)}


def of_panels(session: Session, panel_ids: Sequence[int], *, to_themselves: bool) -> dict[int, str]:
    """Return number and office of each panel; its title is for those alone who may see the panel."""
    query = (
        sa.select(Panel.id, Panel.number, Organisation.name)
        .join(Organisation, Organisation.id == Panel.owner_id)
        .where(Panel.id.in_(panel_ids))
    )
    return {row.id: f"{row.number} ({row.name})" for row in session.execute(query)}
