"""Reads of grants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from expertpool.access.models import Grant, Role
from expertpool.access.permissions import roles_with
from expertpool.accounts.models import User
from expertpool.organisations.queries import descendants


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


def history_of(session: Session, user_id: int) -> Sequence[Grant]:
    """Return every grant the user ever had, those in force first."""
    return session.scalars(
        sa.select(Grant)
        .where(Grant.user_id == user_id)
        .options(joinedload(Grant.organisation), joinedload(Grant.granted_by))
        .order_by(Grant.revoked_at.is_not(None), Grant.granted_at.desc(), Grant.id)
    ).all()


def places_of(session: Session, user_id: int) -> frozenset[int | None]:
    """Return the organisations in which the user has a role; None stands for everywhere."""
    held = sa.select(Grant.organisation_id).where(Grant.user_id == user_id, Grant.revoked_at.is_(None))
    return frozenset(session.scalars(held))


def administrators(session: Session) -> frozenset[int]:
    """Return the active users who administer everything."""
    return frozenset(
        session.scalars(
            sa.select(Grant.user_id)
            .join(User, User.id == Grant.user_id)
            .where(
                Grant.role == Role.ADMINISTRATOR,
                Grant.organisation_id.is_(None),
                Grant.revoked_at.is_(None),
                User.active,
            )
        )
    )


def holders(session: Session, role: Role) -> Sequence[User]:
    """Return the active users who hold a role everywhere, by id."""
    held = sa.exists().where(
        Grant.user_id == User.id,
        Grant.role == role,
        Grant.organisation_id.is_(None),
        Grant.revoked_at.is_(None),
    )
    return session.scalars(sa.select(User).where(held, User.active).order_by(User.id)).all()


def users(scope: frozenset[int] | None, text: str = "") -> sa.Select[User]:
    """Return the statement of the users that an administrator of `scope` sees, by name.

    `text` narrows it to names and addresses that contain it.
    """
    statement = sa.select(User).order_by(User.name, User.id)
    if scope is not None:
        held = sa.exists().where(
            Grant.user_id == User.id, Grant.revoked_at.is_(None), Grant.organisation_id.in_(scope)
        )
        statement = statement.where(held)
    for word in text.split():
        like = f"%{word.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
        statement = statement.where(
            sa.or_(User.name.ilike(like, escape="!"), User.email.ilike(like, escape="!"))
        )
    return statement


def roles_of(session: Session, user_ids: Iterable[int]) -> dict[int, list[Grant]]:
    """Return the grants in force of many users, with their organisations, in one read."""
    found: dict[int, list[Grant]] = {}
    statement = (
        sa.select(Grant)
        .where(Grant.user_id.in_(list(user_ids)), Grant.revoked_at.is_(None))
        .options(joinedload(Grant.organisation))
        .order_by(Grant.role, Grant.id)
    )
    for held in session.scalars(statement):
        found.setdefault(held.user_id, []).append(held)
    return found
