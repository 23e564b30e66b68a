"""Work that a worker holds for a time, told on in stages: runs of rounds, affinity lists, and their like.

A worker that dies leaves its claim to expire; another begins the work anew, after `MOST_ATTEMPTS` beginnings
nobody does. What was called off is no longer its worker's, which notices at the end of each stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from expertpool.database import Numbered, choice

LEASE = timedelta(minutes=15)
"""How long a worker may be at one stage; the engines' own limit is four minutes."""
MOST_ATTEMPTS = 3


class RunState(StrEnum):
    """Life of a run."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


WAITING = (RunState.QUEUED, RunState.RUNNING)


class Leased(Numbered):
    """Gives a model what a worker and those who wait for it need to know."""

    state: Mapped[RunState] = mapped_column(choice(RunState), index=True)
    stage: Mapped[str | None] = mapped_column(sa.String(20))
    """What the worker is at: one of the `STAGES` of the verbs that work."""
    attempts: Mapped[int]
    error: Mapped[str | None] = mapped_column(sa.String(60))
    """Why it failed, as a code that pages put into words; `lost`: its workers died."""
    lease_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    @property
    def is_waiting(self) -> bool:
        """Whether it has no end yet."""
        return self.state in WAITING

    def end(self, state: RunState, now: datetime, error: str | None = None) -> None:
        """Let it be over."""
        self.state, self.error, self.finished_at, self.lease_until = state, error, now, None


Work = TypeVar("Work", bound=Leased)


@dataclass(frozen=True)
class Claim:
    """A run that a worker holds; `attempt` tells its holder from an earlier one that lost it."""

    run_id: int
    attempt: int


class CalledOff(Exception):
    """The work is no longer this worker's."""


def is_waiting(session: Session, work: type[Work], *, now: datetime) -> bool:
    """Whether there is something to claim."""
    return session.scalar(sa.select(work.id).where(_claimable(work, now)).limit(1)) is not None


def claim(session: Session, work: type[Work], stage: str, *, now: datetime) -> Claim | None:
    """Take the oldest that waits, or one whose worker was lost, at its first stage; None: there is none."""
    waiting = _claimable(work, now)
    oldest = (
        sa.select(work.id).where(waiting).order_by(work.id).limit(1).with_for_update(skip_locked=True)
    ).scalar_subquery()
    taken = session.execute(
        sa.update(work)
        .where(work.id == oldest, waiting)
        .values(state=RunState.RUNNING, stage=stage, lease_until=now + LEASE, attempts=work.attempts + 1)
        .returning(work.id, work.attempts)
        .execution_options(synchronize_session=False)
    ).first()
    return None if taken is None else Claim(run_id=taken.id, attempt=taken.attempts)


def advance(session: Session, work: type[Work], held: Claim, stage: str, *, now: datetime) -> None:
    """Say that the worker is at another stage, and hold the work on. Raises `CalledOff`."""
    kept = session.execute(
        sa.update(work)
        .where(*_is_held(work, held))
        .values(stage=stage, lease_until=now + LEASE)
        .returning(work.id)
        .execution_options(synchronize_session=False)
    ).first()
    if kept is None:
        raise CalledOff


def held_by(session: Session, work: type[Work], held: Claim) -> Work | None:
    """Return the work, locked, if it is still this worker's."""
    return session.scalar(
        sa.select(work)
        .where(*_is_held(work, held))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def call_off(session: Session, run: Leased, *, now: datetime) -> bool:
    """Let a run end without an answer; its worker stops at the end of its stage. False: it was over."""
    work = type(run)
    called_off = session.execute(
        sa.update(work)
        .where(work.id == run.id, work.state.in_(WAITING))
        .values(state=RunState.CANCELLED, finished_at=now, lease_until=None)
        .returning(work.id)
        .execution_options(synchronize_session=False)
    ).first()
    session.refresh(run)
    return called_off is not None


def _claimable(work: type[Work], now: datetime) -> sa.ColumnElement[bool]:
    lost = sa.and_(work.state == RunState.RUNNING, work.lease_until < now)
    return sa.or_(work.state == RunState.QUEUED, lost)


def _is_held(work: type[Work], held: Claim) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        work.id == held.run_id,
        work.state == RunState.RUNNING,
        work.attempts == held.attempt,
    )
