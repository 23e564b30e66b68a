"""Rows of the file of organisations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from expertpool.exchange.bodies import Bodies
from expertpool.exchange.columns import Kind
from expertpool.exchange.conditions import refuse
from expertpool.organisations.models import AllianceMember, Organisation


def rows(session: Session, where: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield one row for each organisation that is offered for choice."""
    refuse(Kind.ORGANISATIONS, where)
    bodies = Bodies(session)
    alliances: dict[int, list[str]] = {}
    members = (
        sa.select(AllianceMember).options(selectinload(AllianceMember.alliance)).order_by(AllianceMember.id)
    )
    for member in session.scalars(members):
        alliances.setdefault(member.organisation_id, []).append(member.alliance.name)
    query = sa.select(Organisation).where(Organisation.retired_at.is_(None)).order_by(Organisation.id)
    for one in session.scalars(query.options(selectinload(Organisation.names))):
        yield {
            "code": one.code,
            "name": one.name,
            "name_en": one.name_en,
            "aliases": [each.name for each in one.names],
            "kind": one.kind,
            "parent": bodies.name_or_code(one.parent_id) if one.parent_id else None,
            "region": one.region,
            "alliances": alliances.get(one.id, []),
            "extra": one.extra,
        }
