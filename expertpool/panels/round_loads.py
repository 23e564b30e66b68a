"""Who has as many items of a round as one reviewer may have, counted in the panels that it became."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.panels.history import SITS
from expertpool.panels.models import Panel, PanelItem, PanelState, Seat, SeatRole
from expertpool.panels.round_models import ReviewRound, RoundConfirmation, RoundPanel


def full(session: Session, panel: Panel) -> frozenset[int]:
    """Return the ids of the people to whom a panel's items would be too many of its round.

    Nobody when the panel comes from no round. Seats of the panel itself don't count.
    """
    made = sa.select(RoundConfirmation.round_id).join(RoundPanel).where(RoundPanel.panel_id == panel.id)
    round_ = session.scalar(sa.select(ReviewRound).where(ReviewRound.id == made.scalar_subquery()))
    if round_ is None:
        return frozenset()
    return frozenset(
        session.scalars(
            sa.select(Seat.person_id)
            .join(Panel, Panel.id == Seat.panel_id)
            .join(PanelItem, PanelItem.panel_id == Panel.id)
            .join(RoundPanel, RoundPanel.panel_id == Panel.id)
            .join(RoundConfirmation, RoundConfirmation.id == RoundPanel.confirmation_id)
            .where(RoundConfirmation.round_id == round_.id, Panel.id != panel.id)
            .where(Panel.state.in_((PanelState.CONFIRMED, PanelState.CLOSED)))
            .where(Seat.role != SeatRole.ALTERNATE, Seat.state.in_(SITS))
            .group_by(Seat.person_id)
            .having(sa.func.count() + len(panel.items) > round_.most)
        )
    )
