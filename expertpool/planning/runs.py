"""Runs: ask for a plan, stop or call it off; as a worker holds them: claimed, told on, answered or failed.

A worker that dies leaves its claim to expire; another begins the run anew, from the seed that it has. A run
that was called off is no longer its worker's, which notices when it next tells of its best.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid, NotFound
from expertpool.events import SYSTEM, Actor
from expertpool.planning import drafts, steps, timetables
from expertpool.planning.drafts import Spot
from expertpool.planning.events import PlanCancelled, PlanFailed, PlanRecorded, PlanRequested, PlanStopped
from expertpool.planning.models import StepKind, Timetable
from expertpool.planning.run_models import TimetableRun, TimetableRunState
from expertpool.planning.timetables import WAITING

LEASE = timedelta(minutes=2)
"""How long a worker holds a run without telling of it; it does so every few seconds."""
MOST_ATTEMPTS = 3
LEAST_SECONDS, MOST_SECONDS = 5, 600
SEEDS = 2**31


@dataclass(frozen=True)
class Claim:
    """A run that a worker holds; `attempt` tells its holder from an earlier one that lost it."""

    run_id: int
    attempt: int


@dataclass(frozen=True)
class Answer:
    """All that a run keeps of its end; `spots` are those of lessons to place, of those `asked`."""

    spots: Mapping[int, Spot]
    asked: Sequence[int]
    best: dict[str, Any]


def request(
    session: Session, timetable: Timetable, *, seconds: int, actor: Actor, now: datetime
) -> TimetableRun:
    """Queue a run of at most so many seconds; raises `Invalid` while one works at the draft."""
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        raise Invalid(
            N_("Give a number from %(least)s to %(most)s."),
            field="seconds",
            least=LEAST_SECONDS,
            most=MOST_SECONDS,
        )
    timetables.lock(session, timetable)
    timetables.take_over(session, timetable, actor=actor, now=now)
    last = sa.select(sa.func.max(TimetableRun.number)).where(TimetableRun.timetable_id == timetable.id)
    run = TimetableRun(
        timetable_id=timetable.id,
        number=(session.scalar(last) or 0) + 1,
        state=TimetableRunState.QUEUED,
        seconds=seconds,
        attempts=0,
        seed=secrets.randbelow(SEEDS),
        versions={},
        requested_by_id=actor.user_id,
        requested_at=now,
    )
    session.add(run)
    session.flush()
    event = PlanRequested(timetable.id, run_id=run.id, number=run.number, seconds=seconds, seed=run.seed)
    record(session, event, actor=actor, now=now)
    session.flush()
    return run


def stop(session: Session, run: TimetableRun, *, actor: Actor, now: datetime) -> None:
    """Be content with the best so far: the worker puts it into the draft within seconds."""
    asked = _changed(session, run, stop_asked=True)
    if not asked:
        raise Invalid(N_("This run is over already."))
    event = PlanStopped(run.timetable_id, run_id=run.id, number=run.number)
    record(session, event, actor=actor, now=now)
    session.flush()


def cancel(session: Session, run: TimetableRun, *, actor: Actor, now: datetime) -> None:
    """Call a run off: the draft stays as it was."""
    over = _changed(session, run, state=TimetableRunState.CANCELLED, finished_at=now, lease_until=None)
    if not over:
        raise Invalid(N_("This run is over already."))
    event = PlanCancelled(run.timetable_id, run_id=run.id, number=run.number)
    record(session, event, actor=actor, now=now)
    session.flush()


def run_of(session: Session, timetable: Timetable, number: int) -> TimetableRun:
    """Return a run of a timetable by its number, or raise `NotFound`."""
    query = sa.select(TimetableRun).where(
        TimetableRun.timetable_id == timetable.id, TimetableRun.number == number
    )
    run = session.scalar(query)
    if run is None:
        raise NotFound(N_("There is no such run of this timetable."))
    return run


def is_waiting(session: Session, *, now: datetime) -> bool:
    """Whether there is something to claim."""
    return session.scalar(sa.select(TimetableRun.id).where(_claimable(now)).limit(1)) is not None


def claim(session: Session, *, now: datetime) -> Claim | None:
    """Take the oldest waiting run, or one whose worker was lost; None when there is none."""
    waiting = _claimable(now)
    oldest = (
        sa.select(TimetableRun.id)
        .where(waiting)
        .order_by(TimetableRun.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).scalar_subquery()
    taken = session.execute(
        sa.update(TimetableRun)
        .where(TimetableRun.id == oldest, waiting)
        .values(
            state=TimetableRunState.RUNNING,
            lease_until=now + LEASE,
            started_at=now,
            attempts=TimetableRun.attempts + 1,
        )
        .returning(TimetableRun.id, TimetableRun.attempts)
        .execution_options(synchronize_session=False)
    ).first()
    if taken is None:
        return None
    held = Claim(run_id=taken.id, attempt=taken.attempts)
    if held.attempt > MOST_ATTEMPTS:
        record_failure(session, held, "lost", now=now)
        return claim(session, now=now)
    return held


def keep(session: Session, held: Claim, now: datetime, **values: Any) -> bool | None:
    """Keep columns of a run and hold it on; return whether to stop, None when it is another's by now."""
    kept = session.execute(
        sa.update(TimetableRun)
        .where(*_is_held(held))
        .values(lease_until=now + LEASE, **values)
        .returning(TimetableRun.stop_asked)
        .execution_options(synchronize_session=False)
    ).first()
    return None if kept is None else bool(kept.stop_asked)


def record_answer(session: Session, held: Claim, answer: Answer, *, now: datetime) -> bool:
    """Put the plan into the draft and end the run; False when it is no longer this worker's."""
    run = _held(session, held)
    if run is None:
        return False
    timetable = session.get_one(Timetable, run.timetable_id)
    session.refresh(timetable, with_for_update=True)
    before = steps.states(session, timetable, answer.asked)
    drafts.replace(session, timetable, dict(answer.spots), answer.asked, now=now)
    steps.remember(session, timetable, StepKind.PLANNED, str(run.number), before, now=now)
    run.best, run.state = answer.best, TimetableRunState.DONE
    run.finished_at, run.lease_until = now, None
    session.flush()
    event = PlanRecorded(
        run.timetable_id,
        run_id=run.id,
        number=run.number,
        placed=len(answer.spots),
        unplaced=len(answer.asked) - len(answer.spots),
        input_hash=run.input_hash or "",
    )
    record(session, event, actor=SYSTEM, now=now)
    return True


def record_failure(session: Session, held: Claim, error: str, *, now: datetime) -> bool:
    """Store that a run could not be worked out; `error` is a code of `web.planning.wording.FAILURES`."""
    run = _held(session, held)
    if run is None:
        return False
    run.state, run.error, run.finished_at, run.lease_until = TimetableRunState.FAILED, error, now, None
    session.flush()
    event = PlanFailed(run.timetable_id, run_id=run.id, number=run.number, error=error)
    record(session, event, actor=SYSTEM, now=now)
    return True


def _changed(session: Session, run: TimetableRun, **values: Any) -> bool:
    """Change columns of a run that is not over; return whether it was not."""
    changed = session.execute(
        sa.update(TimetableRun)
        .where(TimetableRun.id == run.id, TimetableRun.state.in_(WAITING))
        .values(**values)
        .returning(TimetableRun.id)
        .execution_options(synchronize_session=False)
    ).first()
    session.refresh(run)
    return changed is not None


def _claimable(now: datetime) -> sa.ColumnElement[bool]:
    lost = sa.and_(TimetableRun.state == TimetableRunState.RUNNING, TimetableRun.lease_until < now)
    return sa.or_(TimetableRun.state == TimetableRunState.QUEUED, lost)


def _is_held(held: Claim) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        TimetableRun.id == held.run_id,
        TimetableRun.state == TimetableRunState.RUNNING,
        TimetableRun.attempts == held.attempt,
    )


def _held(session: Session, held: Claim) -> TimetableRun | None:
    return session.scalar(
        sa.select(TimetableRun)
        .where(*_is_held(held))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
