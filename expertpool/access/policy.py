"""Who may manage accounts, and whose."""

from __future__ import annotations

from sqlalchemy.orm import Session

from expertpool.access import queries
from expertpool.accounts.models import User
from expertpool.errors import N_, Forbidden
from expertpool.events import Actor

MANAGE = "accounts.manage"


def require_manager(session: Session, actor: Actor, organisation_id: int | None) -> None:
    """Raise `Forbidden` unless the actor manages accounts there; commands and jobs always may."""
    if actor.user_id is None:
        _require_no_page(actor)
        return
    if not queries.grants_of(session, actor.user_id).covers(MANAGE, organisation_id):
        raise Forbidden(N_("Only an administrator of this organisation may give or take roles there."))


def require_manager_of(session: Session, actor: Actor, user: User) -> None:
    """Raise `Forbidden` unless the actor manages accounts everywhere, or wherever the user has a role."""
    if actor.user_id is None:
        _require_no_page(actor)
        return
    scope = queries.grants_of(session, actor.user_id).scope(MANAGE)
    places = queries.places_of(session, user.id)
    if scope is not None and (not places or not places <= scope):
        raise Forbidden(
            N_("Only an administrator of everything that %(name)s has a role in may do this."), name=user.name
        )


def _require_no_page(actor: Actor) -> None:
    if actor.via not in ("cli", "job"):
        raise Forbidden(N_("Sign in first."))
