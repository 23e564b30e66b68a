"""The private address of a person's calendar: made, replaced, revoked, found by its token.

The token is the only key: it is shown once, and kept as a hash.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from expertpool.accounts.models import User
from expertpool.audit.service import record
from expertpool.calendars.events import CalendarAddressMade, CalendarAddressRevoked
from expertpool.calendars.models import Feed
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.people.models import Person


def live(session: Session, person_id: int) -> Feed | None:
    """Return the address of a person that works now."""
    return session.scalar(sa.select(Feed).where(Feed.person_id == person_id, Feed.revoked_at.is_(None)))


def make(session: Session, person_id: int, *, actor: Actor, now: datetime) -> str:
    """Give a person a new address and return its token; an earlier one stops working at once.

    Raises `Invalid` when another one was made at this moment.
    """
    replaced = _end(session, person_id, now)
    token = secrets.token_urlsafe(32)
    try:
        with session.begin_nested():
            session.add(Feed(person_id=person_id, token_hash=hash_of(token), created_at=now))
    except IntegrityError as error:
        raise Invalid(N_("Another address was made at this moment. Use that one.")) from error
    record(session, CalendarAddressMade(person_id, replaced=replaced), actor=actor, now=now)
    return token


def revoke(session: Session, person_id: int, *, actor: Actor, now: datetime) -> None:
    """Let a person's address stop working; nothing happens when there is none."""
    if _end(session, person_id, now):
        record(session, CalendarAddressRevoked(person_id), actor=actor, now=now)


def owner(session: Session, token: str) -> tuple[Person, User] | None:
    """Return whose address it is; None for one that does not work, or of an account that is closed.

    The address of a record that was merged shows the record that was kept.
    """
    asked, kept = aliased(Person), aliased(Person)
    query = (
        sa.select(kept, User)
        .select_from(Feed)
        .join(asked, asked.id == Feed.person_id)
        .join(kept, kept.id == sa.func.coalesce(asked.merged_into_id, asked.id))
        .join(User, User.id == kept.user_id)
        .where(Feed.token_hash == hash_of(token), Feed.revoked_at.is_(None), User.active)
    )
    found = session.execute(query).first()
    return (found[0], found[1]) if found else None


def hash_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _end(session: Session, person_id: int, now: datetime) -> bool:
    ending = sa.update(Feed).where(Feed.person_id == person_id, Feed.revoked_at.is_(None))
    ended: int = session.execute(ending.values(revoked_at=now)).rowcount  # type: ignore[attr-defined]
    return ended > 0
