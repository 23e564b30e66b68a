"""Messages and the attempts to send them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from expertpool.database import Base, Numbered, choice, foreign_key


class MessageState(StrEnum):
    """`waiting` to be sent, `sent`, `dead` after too many attempts, or `cancelled` before it was sent."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Message(Numbered, Base):
    """One thing to tell one address."""

    __tablename__ = "messages"

    dedupe_key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    """Names the fact and the recipient, so that one fact is told once."""
    kind: Mapped[str] = mapped_column(sa.String(80), index=True)
    """Path of its templates below templates/mail, without the ending."""
    recipient: Mapped[str] = mapped_column(sa.String(254), index=True)
    locale: Mapped[str] = mapped_column(sa.String(20))
    sealed_snapshot: Mapped[str | None] = mapped_column(sa.Text)
    """JSON of what to say, encrypted with the data keys; NULL once sent or cancelled."""
    identifier: Mapped[str] = mapped_column(sa.String(40), unique=True)
    """Left part of the Message-ID, the same in every attempt."""
    thread: Mapped[str | None] = mapped_column(sa.String(200))
    """Messages of one thread leave in the order in which they were written."""
    about: Mapped[str | None] = mapped_column(sa.String(60))
    """What it is about, such as `panel 12`, where rooms above may keep that secret for a time."""
    state: Mapped[MessageState] = mapped_column(choice(MessageState), default=MessageState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    """Not to be sent before."""
    lease_until: Mapped[datetime | None]
    """Until when a worker has it for itself."""
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    log: Mapped[list[Attempt]] = relationship(
        back_populates="message", order_by="Attempt.id", cascade="all, delete-orphan"
    )

    __table_args__ = (
        sa.Index("ix_messages_queue", "state", "due_at"),
        sa.Index("ix_messages_thread", "thread", "state", "id"),
    )


class Attempt(Numbered, Base):
    """One try to send a message. `error` is empty when it was sent."""

    __tablename__ = "message_attempts"

    message_id: Mapped[int] = foreign_key("messages.id", ondelete="CASCADE")
    at: Mapped[datetime]
    error: Mapped[str] = mapped_column(sa.String(500), default="")

    message: Mapped[Message] = relationship(back_populates="log")
