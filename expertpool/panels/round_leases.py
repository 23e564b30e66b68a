"""Work on rounds as a worker holds it: claimed for a time, told on in stages.

A worker that dies leaves its claim to expire; another begins the work anew. What was called off is no longer
its worker's, which notices at the end of each stage. It holds for runs and for confirmations alike.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.panels.models import RunState
from expertpool.panels.round_models import RoundConfirmation, RoundRun
from expertpool.panels.runs import Claim

LEASE = timedelta(minutes=15)
"""How long a worker may be at one stage; the engine's own limit is four minutes."""

Work = TypeVar("Work", RoundRun, RoundConfirmation)


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


def _claimable(work: type[Work], now: datetime) -> sa.ColumnElement[bool]:
    lost = sa.and_(work.state == RunState.RUNNING, work.lease_until < now)
    return sa.or_(work.state == RunState.QUEUED, lost)


def _is_held(work: type[Work], held: Claim) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        work.id == held.run_id,
        work.state == RunState.RUNNING,
        work.attempts == held.attempt,
    )
