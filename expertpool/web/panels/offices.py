"""Offices that a reader may choose from."""

from __future__ import annotations

import sqlalchemy as sa

from expertpool.extensions import db
from expertpool.organisations.models import Organisation, OrganisationKind
from expertpool.panels.models import Panel
from expertpool.web.kit import guards

MOST = 300
CONVENE = (OrganisationKind.AUTHORITY, OrganisationKind.DEPARTMENT, OrganisationKind.ASSOCIATION)
"""Kinds that usually convene panels; they are offered first."""


def choices(permission: str | None, chosen: int | None = None) -> list[tuple[int, str]]:
    """Return offices: those where the reader has `permission`, or all; those that convene panels first."""
    scope = guards.grants().scope(permission) if permission else None
    convened = sa.select(Panel.owner_id).distinct()
    query = (
        sa.select(Organisation.id, Organisation.name)
        .where(Organisation.retired_at.is_(None))
        .order_by(
            Organisation.id.not_in(convened),
            Organisation.kind.not_in(CONVENE),
            Organisation.name_pinyin,
            Organisation.id,
        )
        .limit(MOST)
    )
    if scope is not None:
        query = query.where(Organisation.id.in_(scope))
    found = [(id_, name) for id_, name in db.session.execute(query)]
    if chosen is not None and chosen not in dict(found):
        name = db.session.scalar(sa.select(Organisation.name).where(Organisation.id == chosen))
        found.insert(0, (chosen, name or ""))
    return found
