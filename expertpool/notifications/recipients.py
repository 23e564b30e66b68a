"""Who in an office is told about a panel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from expertpool.access.queries import grants_of
from expertpool.accounts.models import User
from expertpool.panels import sealed, sealing, sharing
from expertpool.panels.models import Panel
from expertpool.panels.policy import may_act


def organisers(
    session: Session, panel: Panel, permission: str = "panels.edit", *, now: datetime
) -> Sequence[User]:
    """Return who made the panel, if they may still act on it; else everybody who may, by id.

    Of a roster that is sealed its keepers are told.
    """
    if sealed.is_sealed(panel, now):
        return [user for user in sealing.keepers(session, panel) if user.active]
    shares = sharing.shares_of(session, panel)
    maker = session.get(User, panel.created_by_id) if panel.created_by_id else None
    if maker and maker.active and may_act(grants_of(session, maker.id), permission, panel, shares):
        return [maker]
    return sharing.users_who_may(session, panel, permission)
