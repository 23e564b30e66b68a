"""Runs: questions to the engine for a whole draft, with the best answer so far."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from expertpool.database import Base, Key, Numbered, choice, foreign_key

WAITING = sa.text("state IN ('queued', 'running')")


class TimetableRunState(StrEnum):
    """Life of a run."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class TimetableRun(Numbered, Base):
    """One question, what the engine has found so far, and what became of it. One at a time a timetable."""

    __tablename__ = "timetable_runs"

    timetable_id: Mapped[int] = foreign_key("timetables.id", ondelete="CASCADE", index=False)
    number: Mapped[int]
    """Counts the runs of one timetable from 1."""
    state: Mapped[TimetableRunState] = mapped_column(choice(TimetableRunState), index=True)
    seconds: Mapped[int]
    """How long it may search."""
    stop_asked: Mapped[bool] = mapped_column(default=False)
    """Whether somebody is content with the best found so far."""
    attempts: Mapped[int]
    seed: Mapped[int] = mapped_column(sa.BigInteger)
    versions: Mapped[dict[str, Any]]
    problem: Mapped[bytes | None]
    """What was asked, packed; see `kept`."""
    input_hash: Mapped[str | None] = mapped_column(sa.String(64))
    best: Mapped[dict[str, Any] | None]
    """The best so far, then the answer; see `kept`."""
    error: Mapped[str | None] = mapped_column(sa.String(60))
    lease_until: Mapped[datetime | None]
    requested_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        sa.UniqueConstraint("timetable_id", "number"),
        sa.CheckConstraint("seconds BETWEEN 1 AND 3600", name="seconds"),
        sa.Index(
            "uq_timetable_runs_waiting",
            "timetable_id",
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
    )
