"""Send what waits: claim by lease, render, send, note the attempt.

The only code below the doors that commits: a claim must be seen by other workers before the mail
goes out, and no transaction may stay open while a server answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import partial
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from expertpool.database import patiently
from expertpool.outbox.models import Attempt, Message, MessageState
from expertpool.outbox.transports import Refused, Transport

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)


@dataclass(frozen=True)
class Delivered:
    """How many messages were sent, and how many attempts failed, whether they are tried again or not."""

    sent: int
    failed: int


def deliver(
    session: Session,
    transport: Transport,
    render: Callable[[Message], EmailMessage],
    *,
    clock: Callable[[], datetime],
    limit: int = 50,
) -> Delivered:
    """Try to send up to `limit` messages that are due. Commits."""
    sent = failed = 0
    for _ in range(limit):
        message = claim(session, clock())
        session.commit()
        if message is None:
            break
        error, final = _try(message, transport, render)
        sent += patiently(partial(_settle_at_once, session, message, clock(), error=error, final=final))
        failed += bool(error)
    return Delivered(sent, failed)


def claim(session: Session, now: datetime) -> Message | None:
    """Take the message that is due longest for the time of a lease; None when nothing is due.

    A message of a thread stays behind every earlier one that still waits, whatever the reason: not due
    yet, being sent, or to be tried again. One that died or was cancelled holds nobody up.
    """
    earlier = aliased(Message)
    is_behind = sa.exists().where(
        earlier.thread == Message.thread, earlier.state == MessageState.WAITING, earlier.id < Message.id
    )
    due = (
        sa.select(Message.id)
        .where(
            Message.state == MessageState.WAITING,
            Message.due_at <= now,
            sa.or_(Message.lease_until.is_(None), Message.lease_until < now),
            ~is_behind,
        )
        .order_by(Message.due_at, Message.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).scalar_subquery()  # chosen once; PostgreSQL may choose anew for each row of an IN
    claiming = (
        sa.update(Message)
        .where(Message.id == due)
        .values(lease_until=now + LEASE, attempts=Message.attempts + 1)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    claimed = session.scalar(claiming)
    return session.get(Message, claimed, populate_existing=True) if claimed else None


def settle(session: Session, message: Message, now: datetime, *, error: str, final: bool) -> bool:
    """Note how the attempt ended; return whether the message was sent.

    A worker that lost its lease to another (the attempts went on) only adds to the log.
    """
    sent = not error
    dead = final or message.attempts >= MOST_ATTEMPTS
    values: dict[str, Any] = {"lease_until": None}
    if sent:
        values |= {"state": MessageState.SENT, "sealed_snapshot": None, "settled_at": now}
    elif dead:
        values |= {"state": MessageState.DEAD, "settled_at": now}
    else:
        values["due_at"] = now + wait_after(message.attempts)
    mine = sa.and_(
        Message.id == message.id,
        Message.state == MessageState.WAITING,
        sa.true() if sent else Message.attempts == message.attempts,
    )
    changing = sa.update(Message).where(mine).values(**values)
    changed = cast("sa.CursorResult[Any]", session.execute(changing)).rowcount
    session.add(Attempt(message_id=message.id, at=now, error=error[:500]))
    session.flush()
    return sent and changed == 1


def _settle_at_once(session: Session, message: Message, now: datetime, *, error: str, final: bool) -> bool:
    """Settle and commit, or leave nothing behind: a mail sent and not noted would go out again."""
    try:
        sent = settle(session, message, now, error=error, final=final)
        session.commit()
    except Exception:
        session.rollback()
        raise
    return sent


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many failed attempts: 1, 4, 16, 64 ... minutes, at most 6 hours."""
    return min(FIRST_WAIT * int(4 ** (attempts - 1)), LONGEST_WAIT)


def _try(
    message: Message, transport: Transport, render: Callable[[Message], EmailMessage]
) -> tuple[str, bool]:
    """Render and send; return the error, empty for none, and whether trying again is of no use."""
    try:
        transport.send(render(message))
    except Refused as error:
        return f"refused: {error}", True
    except Exception as error:  # whatever a template or server does, one message must not stop the others
        return f"{type(error).__name__}: {error}", False
    return "", False
