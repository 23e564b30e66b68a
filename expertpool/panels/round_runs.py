"""Runs of rounds as a worker holds them: claimed for a time, told on in stages, answered or failed.

A worker that dies leaves its claim to expire; another begins the run anew. A run that was called off is no
longer its worker's, which notices at the end of each stage.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.database import insert_rows
from expertpool.events import SYSTEM
from expertpool.panels.models import RunState
from expertpool.panels.round_events import AssignmentFailed, AssignmentRecorded
from expertpool.panels.round_models import RoundPlace, RoundRun
from expertpool.panels.round_solving import Solved
from expertpool.panels.runs import MOST_ATTEMPTS, Claim

LEASE = timedelta(minutes=15)
"""How long a worker may be at one stage; the engine's own limit is four minutes."""
STAGES = ("pool", "conflicts", "assigning", "keeping")


class CalledOff(Exception):
    """The run is no longer this worker's."""


def is_waiting(session: Session, *, now: datetime) -> bool:
    """Whether there is something to claim."""
    return session.scalar(sa.select(RoundRun.id).where(_claimable(now)).limit(1)) is not None


def claim(session: Session, *, now: datetime) -> Claim | None:
    """Take the oldest waiting run, or one whose worker was lost; None when there is none."""
    waiting = _claimable(now)
    oldest = (
        sa.select(RoundRun.id).where(waiting).order_by(RoundRun.id).limit(1).with_for_update(skip_locked=True)
    ).scalar_subquery()
    taken = session.execute(
        sa.update(RoundRun)
        .where(RoundRun.id == oldest, waiting)
        .values(
            state=RunState.RUNNING,
            stage=STAGES[0],
            lease_until=now + LEASE,
            attempts=RoundRun.attempts + 1,
        )
        .returning(RoundRun.id, RoundRun.attempts)
        .execution_options(synchronize_session=False)
    ).first()
    if taken is None:
        return None
    held = Claim(run_id=taken.id, attempt=taken.attempts)
    if held.attempt > MOST_ATTEMPTS:
        record_failure(session, held, "lost", now=now)
        return claim(session, now=now)
    return held


def advance(session: Session, held: Claim, stage: str, *, now: datetime) -> None:
    """Say that the worker is at another stage, and hold the run on. Raises `CalledOff`."""
    kept = session.execute(
        sa.update(RoundRun)
        .where(*_is_held(held))
        .values(stage=stage, lease_until=now + LEASE)
        .returning(RoundRun.id)
        .execution_options(synchronize_session=False)
    ).first()
    if kept is None:
        raise CalledOff


def record_answer(session: Session, held: Claim, solved: Solved, *, now: datetime) -> bool:
    """Store what was worked out; False when the run is no longer this worker's."""
    run = _held(session, held)
    if run is None:
        return False
    insert_rows(
        session,
        RoundPlace,
        (
            {"run_id": run.id, "item_id": item, "person_id": person, "score": score, "parts": parts}
            for item, person, score, parts in solved.places
        ),
    )
    run.summary, run.input_hash, run.versions = solved.summary, solved.input_hash, solved.versions
    run.state, run.finished_at, run.lease_until, run.stage = RunState.DONE, now, None, None
    session.flush()
    event = AssignmentRecorded(
        run.round_id,
        run_id=run.id,
        number=run.number,
        feasible=bool(solved.summary["feasible"]),
        input_hash=solved.input_hash,
    )
    record(session, event, actor=SYSTEM, now=now)
    return True


def record_failure(session: Session, held: Claim, error: str, *, now: datetime) -> bool:
    """Store that the run could not be worked out; `error` is a code of `web.rounds.wording.FAILURES`."""
    run = _held(session, held)
    if run is None:
        return False
    run.state, run.error, run.finished_at, run.lease_until = RunState.FAILED, error, now, None
    session.flush()
    event = AssignmentFailed(run.round_id, run_id=run.id, number=run.number, error=error)
    record(session, event, actor=SYSTEM, now=now)
    return True


def _claimable(now: datetime) -> sa.ColumnElement[bool]:
    lost = sa.and_(RoundRun.state == RunState.RUNNING, RoundRun.lease_until < now)
    return sa.or_(RoundRun.state == RunState.QUEUED, lost)


def _is_held(held: Claim) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        RoundRun.id == held.run_id,
        RoundRun.state == RunState.RUNNING,
        RoundRun.attempts == held.attempt,
    )


def _held(session: Session, held: Claim) -> RoundRun | None:
    return session.scalar(
        sa.select(RoundRun).where(*_is_held(held)).with_for_update().execution_options(populate_existing=True)
    )
