"""Sign-ins: which browsers are signed in as a user, and ending them from anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.accounts import events
from expertpool.accounts.models import SignIn, User
from expertpool.audit import service as audit
from expertpool.events import Actor


def start(
    session: Session,
    user: User,
    *,
    key: str,
    address: str | None,
    device: str,
    means: Sequence[str],
    actor: Actor,
    now: datetime,
) -> SignIn:
    """Note that a browser signed in. `key` is the secret kept in its cookie, `means` how it was proved."""
    begun = SignIn(
        user_id=user.id,
        key_hash=_hash(key),
        started_at=now,
        address=address,
        device=device[:200],
    )
    session.add(begun)
    audit.record(session, events.SignedIn(user.id, tuple(means)), actor=actor, now=now)
    session.flush()
    return begun


def is_open(session: Session, user_id: int, key: str) -> bool:
    """Return whether the browser with this key is signed in as the user."""
    found = sa.exists().where(
        SignIn.key_hash == _hash(key), SignIn.user_id == user_id, SignIn.ended_at.is_(None)
    )
    return bool(session.scalar(sa.select(found)))


def open_of(session: Session, user_id: int) -> Sequence[SignIn]:
    """Return the user's sign-ins that were not ended, newest first."""
    statement = sa.select(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    return session.scalars(statement.order_by(SignIn.started_at.desc(), SignIn.id.desc()).limit(50)).all()


def is_key_of(sign_in: SignIn, key: str) -> bool:
    """Return whether `key` is the secret of this sign-in."""
    return sign_in.key_hash == _hash(key)


def end_by_key(session: Session, key: str, *, now: datetime) -> None:
    """End the sign-in of the browser with this key, as signing out does."""
    session.execute(
        sa.update(SignIn).where(SignIn.key_hash == _hash(key), SignIn.ended_at.is_(None)).values(ended_at=now)
    )


def end(
    session: Session,
    user_id: int,
    *,
    actor: Actor,
    now: datetime,
    sign_in_id: int | None = None,
    except_key: str | None = None,
) -> int:
    """End one sign-in of the user, or all of them but the one with `except_key`; return how many."""
    statement = sa.update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    if sign_in_id is not None:
        statement = statement.where(SignIn.id == sign_in_id)
    if except_key is not None:
        statement = statement.where(SignIn.key_hash != _hash(except_key))
    ended = session.scalars(
        statement.values(ended_at=now).returning(SignIn.id).execution_options(synchronize_session=False)
    ).all()
    if ended:
        audit.record(session, events.SignInsEnded(user_id, len(ended)), actor=actor, now=now)
    return len(ended)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
