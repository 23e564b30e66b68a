"""Links mailed to users: single use, short-lived, worth nothing to who reads the database.

Following a link changes nothing; its page has a button that does.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from expertpool.accounts import events, service
from expertpool.accounts.models import Link, Purpose, User
from expertpool.audit import service as audit
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.outbox.service import enqueue

LIFETIMES = {
    Purpose.INVITE: timedelta(days=14),
    Purpose.CONFIRM: timedelta(days=2),
    Purpose.RESET: timedelta(hours=2),
    Purpose.SIGN_IN: timedelta(minutes=30),
}
PATH = "/link/"
"""Beginning of a link's path; the token follows."""
PAUSE = timedelta(minutes=1)
"""A second link of the same purpose is not sent sooner."""


def send(
    session: Session,
    user: User,
    purpose: Purpose,
    *,
    locale: str,
    actor: Actor,
    now: datetime,
    email: str | None = None,
) -> Link | None:
    """Put a link for `user` into the outbox; earlier ones of that purpose stop working.

    `email` is another address than the user's, for a confirmation. Returns None, sending nothing, when
    one was sent to that address within the last minute.
    """
    address = email or user.email
    if _sent_since(session, user, purpose, address, now - PAUSE):
        return None
    _withdraw(session, user, purpose, now)
    token = secrets.token_urlsafe(32)
    link = Link(
        user_id=user.id,
        purpose=purpose,
        email=address,
        token_hash=_hash(token),
        created_at=now,
        expires_at=now + LIFETIMES[purpose],
    )
    session.add(link)
    session.flush()
    enqueue(
        session,
        kind=f"accounts/{purpose.value}",
        to=address,
        locale=user.locale or locale,
        snapshot={"name": user.name, "path": PATH + token, "expires_at": link.expires_at.isoformat()},
        dedupe_key=f"account-link:{link.id}",
        now=now,
    )
    audit.record(session, events.LinkSent(user.id, link.id, purpose.value), actor=actor, now=now)
    return link


def ask(session: Session, email: str, purpose: Purpose, *, locale: str, now: datetime) -> None:
    """Send a link to whoever has an account at `email`; do the same work when nobody has.

    So neither the answer nor the time that it takes tells who has an account.
    """
    user = service.find_user(session, email)
    link = None
    if user is not None and user.active:
        link = send(session, user, purpose, locale=locale, actor=Actor(user.id, user.name), now=now)
    if link is None:
        _send_to_nobody(session, purpose, locale=locale, now=now)


def _send_to_nobody(session: Session, purpose: Purpose, *, locale: str, now: datetime) -> None:
    """Do what sending a link does, and undo it."""
    with session.begin_nested() as undone:
        mark = secrets.token_hex(16)
        nobody = User(email=f"{mark}@nobody.invalid", name="", fs_uniquifier=mark, created_at=now)
        session.add(nobody)
        session.flush()
        send(session, nobody, purpose, locale=locale, actor=Actor(nobody.id, ""), now=now)
        session.flush()
        undone.rollback()


def find(session: Session, token: str, *, now: datetime) -> Link | None:
    """Return the link of a token, with its user, if it can still be used."""
    return session.scalar(
        sa.select(Link)
        .join(Link.user)
        .options(joinedload(Link.user))
        .where(
            Link.token_hash == _hash(token),
            Link.used_at.is_(None),
            Link.expires_at > now,
            User.active,
        )
    )


def use(session: Session, link: Link, *, now: datetime) -> None:
    """Use up a link; of two that press the button at once, one gets `Invalid`."""
    claimed = session.scalar(
        sa.update(Link)
        .where(Link.id == link.id, Link.used_at.is_(None), Link.expires_at > now)
        .values(used_at=now)
        .returning(Link.id)
        .execution_options(synchronize_session=False)
    )
    if claimed is None:
        raise Invalid(N_("This link was already used or has expired. Ask for a new one."))


def set_password(session: Session, link: Link, password: str, *, actor: Actor, now: datetime) -> None:
    """Set the user's password by a link of invitation or reset; the mail also proves the address."""
    if link.purpose not in (Purpose.INVITE, Purpose.RESET):
        raise Invalid(N_("This link was already used or has expired. Ask for a new one."))
    service.set_password(session, link.user, password, actor=actor, now=now)
    use(session, link, now=now)
    service.confirm_email(session, link.user, link.email, actor=actor, now=now)


def confirm(session: Session, link: Link, *, actor: Actor, now: datetime) -> None:
    """Take the link's address as the user's own. Reading mail there proves it."""
    use(session, link, now=now)
    service.confirm_email(session, link.user, link.email, actor=actor, now=now)


def _sent_since(session: Session, user: User, purpose: Purpose, address: str, moment: datetime) -> bool:
    sent = sa.exists().where(
        Link.user_id == user.id, Link.purpose == purpose, Link.email == address, Link.created_at > moment
    )
    return bool(session.scalar(sa.select(sent)))


def _withdraw(session: Session, user: User, purpose: Purpose, now: datetime) -> None:
    session.execute(
        sa.update(Link)
        .where(Link.user_id == user.id, Link.purpose == purpose, Link.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
