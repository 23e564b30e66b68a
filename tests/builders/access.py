"""Users and grants for tests."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from expertpool.access.models import Grant, Role
from expertpool.accounts import service
from expertpool.accounts.models import User
from expertpool.events import Actor
from tests.conftest import NOW

_numbers = itertools.count(1)
CLI = Actor(None, "tests", via="cli")


def make_user(session: Session, **overrides: Any) -> User:
    """Return a user with a fresh address."""
    values: dict[str, Any] = {"email": f"someone{next(_numbers)}@example.org", "name": "Zhou Lan"}
    return service.create_user(session, **(values | overrides), actor=CLI, now=NOW)


def make_grant(
    session: Session, user: User, role: Role | str, *, organisation_id: int | None = None, at: datetime = NOW
) -> Grant:
    """Return a grant in force, made without asking anybody."""
    held = Grant(user_id=user.id, role=Role(role), organisation_id=organisation_id, granted_at=at)
    session.add(held)
    session.flush()
    return held


def actor_of(user: User) -> Actor:
    """Return the user as one who acts in the pages."""
    return Actor(user.id, user.name)
