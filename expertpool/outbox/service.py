"""Write messages into the outbox, and what people may do to them there."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.outbox.events import MessageCancelled, MessageRetried
from expertpool.outbox.models import Message, MessageState
from expertpool.settings import crypto


def enqueue(
    session: Session,
    *,
    kind: str,
    to: str,
    locale: str,
    snapshot: dict[str, Any],
    dedupe_key: str,
    now: datetime,
    due_at: datetime | None = None,
    thread: str | None = None,
    about: str | None = None,
) -> Message:
    """Put a message into the outbox, in the caller's transaction, and return it.

    `snapshot` is JSON: all that the templates `mail/<kind>` need, since the world may change before
    delivery. A message of the same `dedupe_key` is returned as it is. A message of a `thread` is not sent
    while an earlier one of it waits to be sent. Raises `Invalid` for a bad address.
    """
    known = session.scalar(sa.select(Message).where(Message.dedupe_key == dedupe_key))
    if known:
        return known
    message = Message(
        dedupe_key=dedupe_key,
        kind=kind,
        recipient=_checked(to),
        locale=locale,
        sealed_snapshot=crypto.keyring().seal(json.dumps(snapshot, ensure_ascii=False)),
        identifier=secrets.token_hex(16),
        thread=thread,
        about=about,
        state=MessageState.WAITING,
        attempts=0,
        due_at=due_at or now,
        created_at=now,
    )
    session.add(message)
    session.flush()
    return message


def snapshot_of(message: Message) -> dict[str, Any]:
    """Return what a message is to say; empty once it is settled."""
    if message.sealed_snapshot is None:
        return {}
    content: dict[str, Any] = json.loads(crypto.keyring().unseal(message.sealed_snapshot))
    return content


def retry(session: Session, message: Message, *, actor: Actor, now: datetime) -> None:
    """Put a dead message back into the queue with all its attempts."""
    if message.state is not MessageState.DEAD:
        raise Invalid(N_("Only a message that could not be sent may be sent again."))
    message.state = MessageState.WAITING
    message.attempts = 0
    message.due_at = now
    message.settled_at = None
    record(session, MessageRetried(message.id), actor=actor, now=now)
    session.flush()


def cancel(session: Session, message: Message, *, actor: Actor, now: datetime) -> None:
    """Keep a message from being sent, as long as it was not."""
    if message.state not in (MessageState.WAITING, MessageState.DEAD):
        raise Invalid(N_("The message was sent or cancelled already."))
    message.state = MessageState.CANCELLED
    message.sealed_snapshot = None
    message.settled_at = now
    record(session, MessageCancelled(message.id), actor=actor, now=now)
    session.flush()


def _checked(address: str) -> str:
    """Return `address` if it is one plain mail address; raises `Invalid`."""
    try:
        parsed = Address(addr_spec=address)
    except (ValueError, IndexError, MessageError):
        parsed = None
    if parsed is None or not parsed.domain or parsed.addr_spec != address or not address.isprintable():
        raise Invalid(N_("“%(address)s” is no mail address."), field="email", address=address)
    return address
