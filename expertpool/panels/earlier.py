"""What the conflict engine asks of earlier panels, and of the waivers of this one."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.accounts.models import User
from expertpool.conflicts.facts import Waiver as WaiverFact
from expertpool.conflicts.policy import Rule
from expertpool.interests.dossiers import EarlierReview
from expertpool.items.models import ItemPerson, ItemRole
from expertpool.panels.history import SITS
from expertpool.panels.models import Panel, PanelItem, PanelState, Seat, SeatRole, Waiver
from expertpool.panels.question import OFFICE_ZONE


def earlier_reviews(
    session: Session, item_ids: Collection[int], but_panel: int | None
) -> list[EarlierReview]:
    """Return reviews of these items, by the people behind them, and of other items of those people."""
    behind = sa.select(ItemPerson.person_id).where(
        ItemPerson.item_id.in_(item_ids),
        ItemPerson.person_id.is_not(None),
        ItemPerson.role.in_((ItemRole.LEADER, ItemRole.CONTRIBUTOR)),
    )
    theirs = sa.select(ItemPerson.item_id).where(ItemPerson.person_id.in_(behind))
    rows = session.execute(
        sa.select(Seat.person_id, PanelItem.item_id, Panel.starts)
        .join(Panel, Panel.id == Seat.panel_id)
        .join(PanelItem, PanelItem.panel_id == Panel.id)
        .where(
            Panel.state.in_((PanelState.CONFIRMED, PanelState.CLOSED)),
            Panel.id != (but_panel or 0),
            Seat.role.in_((SeatRole.CHAIR, SeatRole.MEMBER)),
            Seat.state.in_(SITS),
            sa.or_(
                PanelItem.item_id.in_(item_ids), Seat.person_id.in_(behind), PanelItem.item_id.in_(theirs)
            ),
        )
        .order_by(Seat.id, PanelItem.id)
    )
    return [
        EarlierReview(person, item, starts.astimezone(OFFICE_ZONE).date() if starts else None)
        for person, item, starts in rows
    ]


def standing_waivers(session: Session, panel_id: int | None) -> list[WaiverFact]:
    """Return the waivers of a panel that hold now, as the conflict engine reads them."""
    if panel_id is None:
        return []
    rows = session.execute(
        sa.select(Waiver, User.name)
        .join(User, User.id == Waiver.granted_by_id)
        .where(Waiver.panel_id == panel_id, Waiver.revoked_at.is_(None))
        .order_by(Waiver.id)
    )
    return [
        WaiverFact(
            person=waiver.person_id,
            rule=Rule(waiver.rule),
            reason=waiver.reason,
            granted_by=name,
            granted_on=waiver.granted_at.astimezone(OFFICE_ZONE).date(),
        )
        for waiver, name in rows
    ]
