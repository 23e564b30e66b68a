"""Who in an office is told about a panel."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.access.models import Grant
from expertpool.access.permissions import roles_with
from expertpool.access.queries import grants_of
from expertpool.accounts.models import User
from expertpool.panels import sharing
from expertpool.panels.models import Panel
from expertpool.panels.policy import may_act


def organisers(session: Session, panel: Panel, permission: str = "panels.edit") -> Sequence[User]:
    """Return who made the panel, if they may still act on it; else everybody who may, by id."""
    shares = sharing.shares_of(session, panel)
    maker = session.get(User, panel.created_by_id) if panel.created_by_id else None
    if maker and maker.active and may_act(grants_of(session, maker.id), permission, panel, shares):
        return [maker]
    held = sa.exists().where(
        Grant.user_id == User.id, Grant.role.in_(roles_with(permission)), Grant.revoked_at.is_(None)
    )
    users = session.scalars(sa.select(User).where(held, User.active).order_by(User.id)).all()
    return [user for user in users if may_act(grants_of(session, user.id), permission, panel, shares)]
