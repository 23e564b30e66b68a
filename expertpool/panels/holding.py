"""One verb at a time on the seats of a panel."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.panels.models import Panel, Seat
from expertpool.panels.round_models import ReviewRound, RoundConfirmation, RoundPanel


def hold(session: Session, panel_id: int) -> Panel:
    """Lock a panel until the transaction ends, and return it with its seats as they are now.

    The round it came from is locked first: how much its reviewers have is counted in all panels of it.
    """
    session.execute(
        sa.select(ReviewRound.id)
        .join(RoundConfirmation)
        .join(RoundPanel)
        .where(RoundPanel.panel_id == panel_id)
        .with_for_update(of=ReviewRound, key_share=True)
    )
    panel = session.scalars(
        sa.select(Panel)
        .where(Panel.id == panel_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    seats = sa.select(Seat).where(Seat.panel_id == panel_id).execution_options(populate_existing=True)
    session.scalars(seats).all()
    session.expire(panel, ["seats"])
    return panel
