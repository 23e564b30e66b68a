"""Reads of the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.outbox.models import Attempt, Message, MessageState


def counts(session: Session, but: sa.Select[str] | None = None) -> dict[MessageState, int]:
    """Return how many messages are in each state; those about one of `but` are left out."""
    query = sa.select(Message.state, sa.func.count().label("waiting")).where(*_but(but))
    rows = session.execute(query.group_by(Message.state)).all()
    return dict.fromkeys(MessageState, 0) | {row.state: row.waiting for row in rows}


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """Return since when the oldest message that is due waits; None when nothing is due."""
    due = sa.select(sa.func.min(Message.due_at)).where(
        Message.state == MessageState.WAITING, Message.due_at <= now
    )
    return session.scalar(due)


def latest(
    session: Session,
    *,
    state: MessageState | None = None,
    before: int | None = None,
    limit: int = 50,
    but: sa.Select[str] | None = None,
) -> list[Message]:
    """Return messages, newest first, a page at a time: `before` is the last id of the page before.

    Those about one of `but` are left out.
    """
    query = sa.select(Message).where(*_but(but)).order_by(Message.id.desc()).limit(limit)
    if state:
        query = query.where(Message.state == state)
    if before is not None:
        query = query.where(Message.id < before)
    return list(session.scalars(query))


def dead(session: Session, about: str) -> list[Message]:
    """Return the messages about a topic that could not be sent, newest first."""
    query = sa.select(Message).where(Message.about == about, Message.state == MessageState.DEAD)
    return list(session.scalars(query.order_by(Message.id.desc())))


def last_errors(session: Session, messages: Sequence[Message]) -> dict[int, str]:
    """Return what the last attempt at each message said, if it failed."""
    ids = [message.id for message in messages]
    last = sa.select(sa.func.max(Attempt.id)).where(Attempt.message_id.in_(ids)).group_by(Attempt.message_id)
    rows = session.execute(sa.select(Attempt.message_id, Attempt.error).where(Attempt.id.in_(last)))
    return {row.message_id: row.error for row in rows if row.error}


def by_key(session: Session, dedupe_key: str) -> Message | None:
    """Return the message of a dedupe key, to tell whether a fact was told."""
    return session.scalar(sa.select(Message).where(Message.dedupe_key == dedupe_key))


def _but(topics: sa.Select[str] | None) -> list[sa.ColumnElement[bool]]:
    return [] if topics is None else [sa.or_(Message.about.is_(None), Message.about.not_in(topics))]
