"""Who judged which item before: evidence for `interests`, which stands below panels."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.interests.earlier import EarlierReview
from expertpool.items.models import ItemPerson, ItemRole
from expertpool.panels import sealed
from expertpool.panels.models import Panel, PanelItem, PanelState, Seat, SeatRole, SeatState
from expertpool.panels.question import OFFICE_ZONE


def earlier_reviews(
    session: Session,
    on: date,
    *,
    now: datetime,
    but_panel: int | None = None,
    item_ids: Collection[int] | None = None,
) -> list[EarlierReview]:
    """Return who sat, up to the day `on`, on panels that met, with the items of each.

    They become evidence that others read, so panels whose roster is sealed at `now` are left out.

    `item_ids` narrows them to what can matter for these items: reviews of them, by the people behind them,
    and of other items of those people.
    """
    met = sa.func.coalesce(Panel.starts, Panel.created_at, type_=Panel.starts.type)
    end = datetime(on.year, on.month, on.day, tzinfo=OFFICE_ZONE) + timedelta(days=1)
    query = (
        sa.select(Seat.person_id, PanelItem.item_id, met)
        .join(Panel, Panel.id == Seat.panel_id)
        .join(PanelItem, PanelItem.panel_id == Panel.id)
        .where(
            Seat.role.in_((SeatRole.CHAIR, SeatRole.MEMBER)),
            Seat.state == SeatState.ACCEPTED,
            Panel.state.in_((PanelState.CONFIRMED, PanelState.CLOSED)),
            met < end,
            Panel.id != (but_panel or 0),
            sealed.is_open(now),
        )
        .order_by(Seat.id, PanelItem.id)
    )
    rows = session.execute(query if item_ids is None else query.where(_matters(item_ids)))
    return [EarlierReview(person, item, at.astimezone(OFFICE_ZONE).date()) for person, item, at in rows]


def _matters(item_ids: Collection[int]) -> sa.ColumnElement[bool]:
    behind = sa.select(ItemPerson.person_id).where(
        ItemPerson.item_id.in_(item_ids),
        ItemPerson.person_id.is_not(None),
        ItemPerson.role.in_((ItemRole.LEADER, ItemRole.CONTRIBUTOR)),
    )
    theirs = sa.select(ItemPerson.item_id).where(ItemPerson.person_id.in_(behind))
    return sa.or_(PanelItem.item_id.in_(item_ids), Seat.person_id.in_(behind), PanelItem.item_id.in_(theirs))
