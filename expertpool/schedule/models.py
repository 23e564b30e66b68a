"""The jobs, one row each, and those of their runs that are worth keeping."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from expertpool.database import Base, Numbered, choice, foreign_key


class Outcome(StrEnum):
    """`done`: something was done. `idle`: nothing was to be. `failed`: nothing was done that was to be."""

    DONE = "done"
    IDLE = "idle"
    FAILED = "failed"


class Job(Numbered, Base):
    """A job as its last run left it; `ran_at` may be a minute behind while nothing is to be done."""

    __tablename__ = "jobs"

    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    every: Mapped[int]
    """Seconds between two runs."""
    ran_at: Mapped[datetime]
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome))
    asked_at: Mapped[datetime | None]
    """Since when a run is asked for that did not end yet."""
    asked_by_id: Mapped[int | None] = foreign_key("users.id")


class JobRun(Numbered, Base):
    """A run that did something, failed, or was asked for."""

    __tablename__ = "job_runs"

    job_id: Mapped[int] = foreign_key("jobs.id", ondelete="CASCADE", index=False)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    """Of a failure that came back at each turn: when it was last seen."""
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome))
    done: Mapped[int]
    """How many things were done."""
    failed: Mapped[int] = mapped_column(default=0)
    """How many single things could not be done, which stopped no other."""
    seconds: Mapped[float] = mapped_column(sa.Float)
    error: Mapped[str | None] = mapped_column(sa.String(80))
    """Name of the class of what stopped the run; the log has the rest, which may hold personal values."""
    asked_by_id: Mapped[int | None] = foreign_key("users.id")

    __table_args__ = (sa.Index("ix_job_runs_latest", "job_id", "outcome", "id"),)
