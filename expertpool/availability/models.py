"""Rooms, and the commitments and busy times of people and rooms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from expertpool.database import Base, Key, Numbered, Versioned, foreign_key
from expertpool.organisations.models import Organisation


class Commitment(Numbered, Base):
    """A booked time of a person; `[starts, ends)`. Overlaps of one person are refused by the database."""

    __tablename__ = "commitments"

    person_id: Mapped[int] = foreign_key("people.id", index=False)
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    source_kind: Mapped[str] = mapped_column(sa.String(40))
    """What booked it: `seat`, `lesson`."""
    source_id: Mapped[int] = mapped_column(Key)

    __table_args__ = (
        sa.CheckConstraint("starts < ends", name="ordered"),
        sa.UniqueConstraint("source_kind", "source_id", "person_id"),
        sa.Index("ix_commitments_person_time", "person_id", "starts", "ends"),
        sa.Index("ix_commitments_time", "starts", "ends"),
    )


class BusyTime(Numbered, Base):
    """A time for which a person says that they are not free; `[starts, ends)`."""

    __tablename__ = "busy_times"

    person_id: Mapped[int] = foreign_key("people.id", ondelete="CASCADE", index=False)
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(sa.String(200))
    created_at: Mapped[datetime]

    __table_args__ = (
        sa.CheckConstraint("starts < ends", name="ordered"),
        sa.Index("ix_busy_times_person_time", "person_id", "starts", "ends"),
        sa.Index("ix_busy_times_time", "starts", "ends"),
    )


class Room(Numbered, Versioned, Base):
    """A room that an office meets or teaches in."""

    __tablename__ = "rooms"

    owner_id: Mapped[int] = foreign_key("organisations.id", index=False)
    name: Mapped[str] = mapped_column(sa.String(120))
    address: Mapped[str] = mapped_column(sa.String(200), default="")
    """How to find it; empty when the name says it."""
    capacity: Mapped[int]
    """Chairs."""
    equipment: Mapped[list[Any]] = mapped_column(default=list)
    retired_at: Mapped[datetime | None]

    owner: Mapped[Organisation] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("owner_id", "name"),
        sa.CheckConstraint("capacity BETWEEN 1 AND 10000", name="capacity"),
    )


class RoomCommitment(Numbered, Base):
    """A booked time of a room; `[starts, ends)`. Overlaps of one room are refused by the database."""

    __tablename__ = "room_commitments"

    room_id: Mapped[int] = foreign_key("rooms.id", index=False)
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    source_kind: Mapped[str] = mapped_column(sa.String(40))
    """What booked it: `panel`, `lesson`."""
    source_id: Mapped[int] = mapped_column(Key)

    __table_args__ = (
        sa.CheckConstraint("starts < ends", name="ordered"),
        sa.UniqueConstraint("source_kind", "source_id"),
        sa.Index("ix_room_commitments_room_time", "room_id", "starts", "ends"),
    )
