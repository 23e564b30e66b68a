"""What stands against members when the panel meets: as confirmed, and what came up since and still holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.conflicts.findings import Finding
from expertpool.conflicts.policy import Certainty, Handling
from expertpool.panels import kept
from expertpool.panels.confirmation import holders
from expertpool.panels.models import Panel, PanelItem
from expertpool.panels.watching_models import Outcome, SeatAlert


def findings(session: Session, panel: Panel) -> Mapping[int, list[Finding]]:
    """Return the findings against each holder of a seat, by seat: they are declared and minuted."""
    seats = holders(panel)
    found = {seat.id: [kept.finding(each) for each in seat.findings] for seat in seats}
    query = sa.select(SeatAlert).where(
        SeatAlert.seat_id.in_(found),
        sa.or_(SeatAlert.outcome.is_(None), SeatAlert.outcome == Outcome.KEPT),
    )
    for alert in session.scalars(query.order_by(SeatAlert.id)):
        one = kept.either(alert.finding)
        if isinstance(one, Finding):
            found[alert.seat_id].append(one)
    return found


def recused(session: Session, panel: Panel) -> Mapping[int | None, frozenset[int]]:
    """Return by item (row of the agenda) the seats whose holders leave the room for it."""
    rows = {each.item_id: each.id for each in panel.items}
    found: dict[int | None, set[int]] = defaultdict(set)
    for seat_id, ones in findings(session, panel).items():
        for one in ones:
            if _leaves(one) and one.item in rows:
                found[rows[int(one.item)]].add(seat_id)
    return {row: frozenset(seats) for row, seats in found.items()}


def recused_from(session: Session, panel: Panel, item: PanelItem | None) -> frozenset[int]:
    """Return the seats whose holders leave the room for this item."""
    return recused(session, panel).get(item.id if item else None, frozenset())


def _leaves(one: Finding) -> bool:
    certain = one.certainty is Certainty.CERTAIN and one.waiver is None
    return certain and one.handling is Handling.LEAVE_ROOM
