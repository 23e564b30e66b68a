"""Open a panel to another office, and close it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.access.models import Grant
from expertpool.access.permissions import roles_with
from expertpool.access.queries import grants_of
from expertpool.accounts.models import User
from expertpool.audit.service import record
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.organisations.models import Organisation
from expertpool.panels.events import PanelShared, PanelUnshared
from expertpool.panels.models import Panel, PanelShare
from expertpool.panels.policy import may_act


def shares_of(session: Session, panel: Panel) -> Sequence[PanelShare]:
    """Return to which offices the panel is open."""
    return session.scalars(
        sa.select(PanelShare).where(PanelShare.panel_id == panel.id).order_by(PanelShare.id)
    ).all()


def users_who_may(session: Session, panel: Panel, permission: str) -> Sequence[User]:
    """Return everybody who may do to the panel what `permission` names, by id."""
    shares = shares_of(session, panel)
    held = sa.exists().where(
        Grant.user_id == User.id, Grant.role.in_(roles_with(permission)), Grant.revoked_at.is_(None)
    )
    users = session.scalars(sa.select(User).where(held, User.active).order_by(User.id)).all()
    return [user for user in users if may_act(grants_of(session, user.id), permission, panel, shares)]


def share(
    session: Session, panel: Panel, organisation_id: int, *, may_edit: bool, actor: Actor, now: datetime
) -> PanelShare:
    """Open the panel to an office, to look only or also to act. Asking twice changes the second."""
    office = session.get(Organisation, organisation_id)
    if office is None or office.retired_at is not None:
        raise Invalid(N_("There is no such office."), field="organisation")
    if office.id == panel.owner_id:
        raise Invalid(N_("%(name)s convenes this panel already."), field="organisation", name=office.name)
    existing = next((each for each in shares_of(session, panel) if each.organisation_id == office.id), None)
    if existing is not None and existing.may_edit == may_edit:
        return existing
    shared = existing or PanelShare(panel_id=panel.id, organisation_id=office.id)
    shared.may_edit = may_edit
    session.add(shared)
    session.flush()
    record(session, PanelShared(panel.id, organisation_id=office.id, may_edit=may_edit), actor=actor, now=now)
    return shared


def unshare(session: Session, panel: Panel, organisation_id: int, *, actor: Actor, now: datetime) -> None:
    """Close the panel to an office; nothing happens when it was not open."""
    for each in shares_of(session, panel):
        if each.organisation_id == organisation_id:
            session.delete(each)
            session.flush()
            record(session, PanelUnshared(panel.id, organisation_id=organisation_id), actor=actor, now=now)
