"""Commitments and busy times of people."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from expertpool.database import Base, Key, Numbered, foreign_key


class Commitment(Numbered, Base):
    """A booked time of a person; `[starts, ends)`. Overlaps of one person are refused by the database."""

    __tablename__ = "commitments"

    person_id: Mapped[int] = foreign_key("people.id", index=False)
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    source_kind: Mapped[str] = mapped_column(sa.String(40))
    """What booked it: `seat`."""
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
