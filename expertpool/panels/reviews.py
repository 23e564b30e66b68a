"""Who judged which item before: evidence for `interests`, which stands below panels."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.interests.dossiers import EarlierReview
from expertpool.panels.models import Panel, PanelItem, PanelState, Seat, SeatRole, SeatState
from expertpool.panels.question import OFFICE_ZONE


def earlier_reviews(session: Session, on: date, *, but_panel: int | None = None) -> list[EarlierReview]:
    """Return who sat, up to the day `on`, on panels that met, with the items of each."""
    met = sa.func.coalesce(Panel.starts, Panel.created_at, type_=Panel.starts.type)
    end = datetime(on.year, on.month, on.day, tzinfo=OFFICE_ZONE) + timedelta(days=1)
    rows = session.execute(
        sa.select(Seat.person_id, PanelItem.item_id, met)
        .join(Panel, Panel.id == Seat.panel_id)
        .join(PanelItem, PanelItem.panel_id == Panel.id)
        .where(
            Seat.role.in_((SeatRole.CHAIR, SeatRole.MEMBER)),
            Seat.state == SeatState.ACCEPTED,
            Panel.state.in_((PanelState.CONFIRMED, PanelState.CLOSED)),
            met < end,
            Panel.id != (but_panel or 0),
        )
        .order_by(Seat.id, PanelItem.id)
    )
    return [EarlierReview(person, item, at.astimezone(OFFICE_ZONE).date()) for person, item, at in rows]
