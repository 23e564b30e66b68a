"""Service of people on panels, for their pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.panels.models import Panel, PanelState, Seat, SeatRole, SeatState

_MET = sa.func.coalesce(Panel.starts, Panel.created_at)


def panels_since(session: Session, person_ids: Sequence[int], since: datetime) -> dict[int, int]:
    """Return on how many panels that meet after `since` each of these people sits; none are left out."""
    query = (
        sa.select(Seat.person_id, sa.func.count())
        .join(Panel, Panel.id == Seat.panel_id)
        .where(
            Seat.person_id.in_(person_ids),
            Seat.role.in_((SeatRole.CHAIR, SeatRole.MEMBER)),
            Seat.state.in_((SeatState.PROPOSED, SeatState.INVITED, SeatState.ACCEPTED)),
            Panel.state.in_((PanelState.CONFIRMED, PanelState.CLOSED)),
            since <= _MET,
        )
        .group_by(Seat.person_id)
    )
    return dict(session.execute(query).all())


def seats_of(
    session: Session, person_id: int, scope: frozenset[int] | None, *, at_most: int = 50
) -> list[tuple[Seat, Panel]]:
    """Return the seats of a person with their panels, latest first.

    `scope` holds the offices whose panels the reader sees; None is all of them.
    """
    query = (
        sa.select(Seat, Panel)
        .join(Panel, Panel.id == Seat.panel_id)
        .where(Seat.person_id == person_id)
        .order_by(_MET.desc(), Seat.id.desc())
        .limit(at_most)
    )
    if scope is not None:
        query = query.where(Panel.owner_id.in_(scope))
    return [(seat, panel) for seat, panel in session.execute(query)]
