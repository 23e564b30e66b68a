"""Give and take roles, and what only administrators may do to accounts."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.access import policy, queries
from expertpool.access.events import RoleGranted, RoleRevoked
from expertpool.access.models import Grant, Role
from expertpool.access.permissions import EXCLUDES
from expertpool.accounts import service as accounts
from expertpool.accounts.models import User
from expertpool.accounts.notices import reads_mail, tell
from expertpool.audit import service as audit
from expertpool.errors import N_, Forbidden, Invalid, Sentence
from expertpool.events import Actor

NAMES = {
    Role.ORGANISER: N_("organiser"),
    Role.EXPERT: N_("expert"),
    Role.TRAINEE: N_("trainee"),
    Role.AUDITOR: N_("auditor"),
    Role.ADMINISTRATOR: N_("administrator"),
}


def grant(
    session: Session,
    user: User,
    role: Role,
    *,
    organisation_id: int | None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Grant:
    """Give `user` a role within an organisation (None: everywhere).

    Raises `Forbidden` when the actor may not, `Invalid` when the role does not go with those held.
    """
    if actor.user_id == user.id:
        raise Forbidden(N_("Nobody grants a role to themselves. Ask another administrator."))
    policy.require_manager(session, actor, organisation_id)
    _lock(session, user)
    _require_fit(session, user, role, organisation_id)
    given = Grant(
        user_id=user.id,
        role=role,
        organisation_id=organisation_id,
        granted_by_id=actor.user_id,
        granted_at=now,
        reason=reason.strip(),
    )
    session.add(given)
    session.flush()
    event = RoleGranted(user.id, given.id, role.value, organisation_id, given.reason)
    entry = audit.record(session, event, actor=actor, now=now)
    if actor.user_id is not None and reads_mail(user):
        place = given.organisation.name if given.organisation else ""
        tell(session, user, "role-granted", entry, now=now, role=NAMES[role], place=place)
    return given


def revoke(session: Session, held: Grant, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take a role back. Raises `Invalid` when the last administrator of everything would be gone."""
    policy.require_manager(session, actor, held.organisation_id)
    _lock(session, held.user)
    session.refresh(held)
    if held.revoked_at is not None:
        raise Invalid(N_("This role was already revoked."))
    if held.role is Role.ADMINISTRATOR and held.organisation_id is None:
        _require_other_administrator(session, held.user_id)
    held.revoked_at = now
    held.revoked_by_id = actor.user_id
    event = RoleRevoked(held.user_id, held.id, held.role.value, held.organisation_id, reason.strip())
    audit.record(session, event, actor=actor, now=now)
    session.flush()


def deactivate(session: Session, user: User, *, reason: str, actor: Actor, now: datetime) -> None:
    """Close an account: nobody can sign in with it until it is opened again."""
    if actor.user_id == user.id:
        raise Forbidden(N_("You can't close your own account. Ask another administrator."))
    policy.require_manager_of(session, actor, user)
    _require_other_administrator(session, user.id)
    accounts.deactivate(session, user, reason=reason, actor=actor, now=now)


def activate(session: Session, user: User, *, actor: Actor, now: datetime) -> None:
    """Open a closed account again."""
    policy.require_manager_of(session, actor, user)
    accounts.activate(session, user, actor=actor, now=now)


def reset_second_factor(session: Session, user: User, *, actor: Actor, now: datetime) -> None:
    """Remove a user's authenticator app, recovery codes and passkeys, for instance after a lost phone."""
    if actor.user_id == user.id:
        raise Forbidden(N_("Change your own second factor on your account page."))
    policy.require_manager_of(session, actor, user)
    accounts.reset_second_factor(session, user, actor=actor, now=now)


def _lock(session: Session, user: User) -> None:
    """Have changes of one user's roles wait for each other."""
    session.execute(sa.select(User.id).where(User.id == user.id).with_for_update())


def _require_fit(session: Session, user: User, role: Role, organisation_id: int | None) -> None:
    held = session.execute(
        sa.select(Grant.role, Grant.organisation_id).where(
            Grant.user_id == user.id, Grant.revoked_at.is_(None)
        )
    ).all()
    for other, _place in held:
        if other in EXCLUDES.get(role, frozenset()):
            raise Invalid(
                N_("%(name)s is already %(held)s, and nobody audits their own work: revoke that role first."),
                field="role",
                name=user.name,
                held=Sentence(NAMES[other]),
            )
    if any(other is role and place in (None, organisation_id) for other, place in held):
        raise Invalid(N_("%(name)s already has this role there."), field="role", name=user.name)


def _require_other_administrator(session: Session, user_id: int) -> None:
    administrators = queries.administrators(session)
    if administrators and not administrators - {user_id}:
        raise Invalid(N_("This is the last administrator. Make somebody else administrator first."))
