"""Reads of grants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from expertpool.access.models import Grant, Role
from expertpool.access.permissions import roles_with
from expertpool.organisations.models import Organisation


@dataclass(frozen=True)
class Grants:
    """What a user holds: each role with the organisations it reaches, or None for everywhere."""

    reach: dict[Role, frozenset[int] | None]

    @property
    def roles(self) -> frozenset[Role]:
        """Roles held, in whatever scope."""
        return frozenset(self.reach)

    def may(self, permission: str) -> bool:
        """Return whether some role carries `permission`, in whatever scope."""
        return bool(self.roles & roles_with(permission))

    def scope(self, permission: str) -> frozenset[int] | None:
        """Return where `permission` holds: None for everywhere, else ids of organisations (maybe none)."""
        reaches = [reach for role, reach in self.reach.items() if role in roles_with(permission)]
        if any(reach is None for reach in reaches):
            return None
        return frozenset().union(*(reach for reach in reaches if reach is not None))

    def covers(self, permission: str, organisation_id: int | None) -> bool:
        """Return whether `permission` holds for a thing of that organisation (None: of the whole office)."""
        scope = self.scope(permission)
        return self.may(permission) and (scope is None or organisation_id in scope)


NOTHING = Grants({})


def grants_of(session: Session, user_id: int) -> Grants:
    """Return what the user holds now, scopes unfolded to the organisations below."""
    rows = session.execute(
        sa.select(Grant.role, Grant.organisation_id).where(
            Grant.user_id == user_id, Grant.revoked_at.is_(None)
        )
    ).all()
    reach: dict[Role, frozenset[int] | None] = {}
    for role, organisation_id in rows:
        if organisation_id is None:
            reach[role] = None
        elif reach.get(role, frozenset()) is not None:
            reach[role] = (reach.get(role) or frozenset()) | descendants(session, [organisation_id])
    return Grants(reach)


def descendants(session: Session, organisation_ids: Iterable[int]) -> frozenset[int]:
    """Return the organisations and everything below them."""
    tree = sa.select(Organisation.id).where(Organisation.id.in_(list(organisation_ids))).cte(recursive=True)
    tree = tree.union(sa.select(Organisation.id).join(tree, Organisation.parent_id == tree.c.id))
    return frozenset(session.scalars(sa.select(tree.c.id)))


def history_of(session: Session, user_id: int) -> Sequence[Grant]:
    """Return every grant the user ever had, those in force first."""
    return session.scalars(
        sa.select(Grant)
        .where(Grant.user_id == user_id)
        .options(joinedload(Grant.organisation), joinedload(Grant.granted_by))
        .order_by(Grant.revoked_at.is_not(None), Grant.granted_at.desc(), Grant.id)
    ).all()
