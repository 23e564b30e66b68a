"""Entries of hours."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from expertpool.database import Base, Key, Numbered, choice, foreign_key


class HourKind(StrEnum):
    """What the hours were given to."""

    SERVICE = "service"
    TEACHING = "teaching"
    STUDY = "study"


class LedgerEntry(Numbered, Base):
    """Minutes credited to a person for one source."""

    __tablename__ = "ledger_entries"

    person_id: Mapped[int] = foreign_key("people.id", index=False)
    kind: Mapped[HourKind] = mapped_column(choice(HourKind))
    minutes: Mapped[int]
    on: Mapped[date]
    """The day in the office's time zone; it decides the year that counts."""
    source_kind: Mapped[str] = mapped_column(sa.String(40))
    """`panel`, `lesson` or `enrolment`."""
    source_id: Mapped[int] = mapped_column(Key)
    title: Mapped[str] = mapped_column(sa.String(300))
    """What the person reads, as it was called then."""
    created_at: Mapped[datetime]
    reversed_at: Mapped[datetime | None]

    __table_args__ = (
        sa.CheckConstraint("minutes > 0", name="some"),
        sa.Index("ix_ledger_entries_person_on", "person_id", "on"),
        sa.Index(
            "uq_ledger_entries_source",
            "kind",
            "source_kind",
            "source_id",
            "person_id",
            unique=True,
            sqlite_where=sa.text("reversed_at IS NULL"),
            postgresql_where=sa.text("reversed_at IS NULL"),
        ),
    )
