"""Runs: one stored question to the engine, claimed by a worker for a time, and its answer.

A worker that dies leaves its claim to expire; another then begins the run again. After `leases.MOST_ATTEMPTS`
beginnings without an answer the run has failed, so that one bad question never blocks the queue.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid, NotFound
from expertpool.events import SYSTEM, Actor
from expertpool.leases import MOST_ATTEMPTS, Claim
from expertpool.panels.events import ProposalFailed, ProposalRecorded, ProposalRequested
from expertpool.panels.models import Panel, Purpose, Run, RunState
from expertpool.panels.request import only_draft
from expertpool.panels.solving import Answered

LEASE = timedelta(minutes=3)
"""How long a worker holds a run; the engine's own limit is a minute."""
SEEDS = 2**31


def request_run(
    session: Session, panel: Panel, *, seed: int | None = None, actor: Actor, now: datetime
) -> Run:
    """Queue a proposal; one that still waits for this panel is called off."""
    only_draft(panel)
    call_off(session, panel, now=now)
    last = session.scalar(sa.select(sa.func.max(Run.number)).where(Run.panel_id == panel.id)) or 0
    seed = secrets.randbelow(SEEDS) if seed is None else seed
    return _queue(session, panel.id, last + 1, seed, Purpose.PROPOSE, actor, now)


def call_off(session: Session, panel: Panel, *, now: datetime) -> None:
    """Cancel what still waits for the panel."""
    session.execute(
        sa.update(Run)
        .where(Run.panel_id == panel.id, Run.state == RunState.QUEUED)
        .values(state=RunState.CANCELLED, finished_at=now)
        .execution_options(synchronize_session="fetch")
    )


def request_swap(session: Session, run: Run, person_id: int, *, actor: Actor, now: datetime) -> Run:
    """Queue the question what proposal `run` would lose if this person had to sit; asked once a run."""
    _finished(run)
    asked = session.scalar(
        sa.select(Run).where(
            Run.panel_id == run.panel_id, Run.number == run.number, Run.about_id == person_id
        )
    )
    if asked is not None:
        return asked
    return _queue(session, run.panel_id, run.number, run.seed, Purpose.SWAP, actor, now, about_id=person_id)


def request_replay(session: Session, run: Run, *, actor: Actor, now: datetime) -> Run:
    """Queue the stored problem of a finished proposal to be asked once more."""
    _finished(run)
    return _queue(session, run.panel_id, run.number, run.seed, Purpose.REPLAY, actor, now)


def is_waiting(session: Session, *, now: datetime) -> bool:
    """Whether there is something to claim; a read, so that idle workers lock nothing."""
    return session.scalar(sa.select(Run.id).where(_claimable(now)).limit(1)) is not None


def claim(session: Session, *, now: datetime) -> Claim | None:
    """Take the oldest waiting run, or one whose worker was lost; None when there is none."""
    waiting = _claimable(now)
    oldest = (
        sa.select(Run.id).where(waiting).order_by(Run.id).limit(1).with_for_update(skip_locked=True)
    ).scalar_subquery()
    taken = session.execute(
        sa.update(Run)
        .where(Run.id == oldest, waiting)
        .values(state=RunState.RUNNING, lease_until=now + LEASE, attempts=Run.attempts + 1)
        .returning(Run.id, Run.attempts)
        .execution_options(synchronize_session=False)
    ).first()
    if taken is None:
        return None
    held = Claim(run_id=taken.id, attempt=taken.attempts)
    if held.attempt > MOST_ATTEMPTS:
        record_failure(session, held, "lost", now=now)
        return claim(session, now=now)
    return held


def record_answer(session: Session, held: Claim, *, answered: Answered, now: datetime) -> bool:
    """Store what the engine answered; False when the run is no longer this worker's."""
    run = _held(session, held)
    if run is None:
        return False
    run.problem, run.input_hash, run.versions = answered.problem, answered.input_hash, answered.versions
    run.result, run.evidence = answered.result, answered.evidence
    run.state, run.finished_at, run.lease_until, run.error = RunState.DONE, now, None, None
    session.flush()
    event = ProposalRecorded(
        run.panel_id,
        run_id=run.id,
        number=run.number,
        purpose=run.purpose.value,
        feasible=bool(answered.result["feasible"]),
        input_hash=answered.input_hash,
        member_ids=[member["person_id"] for member in answered.result["members"]],
    )
    record(session, event, actor=SYSTEM, now=now)
    return True


def record_failure(session: Session, held: Claim, error: str, *, now: datetime) -> bool:
    """Store that the run could not be answered; `error` is a code of `wording.FAILURES`."""
    run = _held(session, held)
    if run is None:
        return False
    run.state, run.error, run.finished_at, run.lease_until = RunState.FAILED, error, now, None
    session.flush()
    event = ProposalFailed(run.panel_id, run_id=run.id, number=run.number, error=error)
    record(session, event, actor=SYSTEM, now=now)
    return True


def run_of(session: Session, panel: Panel, number: int) -> Run:
    """Return a proposal of the panel by its number, else NotFound."""
    run = session.scalar(
        sa.select(Run).where(Run.panel_id == panel.id, Run.number == number, Run.purpose == Purpose.PROPOSE)
    )
    if run is None:
        raise NotFound(N_("There is no such proposal of this panel."))
    return run


def of_number(session: Session, panel: Panel, number: int, purpose: Purpose) -> Sequence[Run]:
    """Return the swaps or replays of a proposal, newest first."""
    return session.scalars(
        sa.select(Run)
        .where(Run.panel_id == panel.id, Run.number == number, Run.purpose == purpose)
        .order_by(Run.id.desc())
    ).all()


def latest(session: Session, panel: Panel) -> Run | None:
    """Return the panel's newest proposal that was not called off."""
    return session.scalar(
        sa.select(Run)
        .where(Run.panel_id == panel.id, Run.purpose == Purpose.PROPOSE, Run.state != RunState.CANCELLED)
        .order_by(Run.number.desc())
        .limit(1)
    )


def _claimable(now: datetime) -> sa.ColumnElement[bool]:
    lost = sa.and_(Run.state == RunState.RUNNING, Run.lease_until < now)
    return sa.or_(Run.state == RunState.QUEUED, lost)


def _finished(run: Run) -> None:
    if run.state is not RunState.DONE or run.purpose is not Purpose.PROPOSE:
        raise Invalid(N_("This is no finished proposal."))
    if run.problem is None:
        raise Invalid(N_("This proposal was drawn by lot: its record repeats it."))


def _queue(
    session: Session,
    panel_id: int,
    number: int,
    seed: int,
    purpose: Purpose,
    actor: Actor,
    now: datetime,
    *,
    about_id: int | None = None,
) -> Run:
    run = Run(
        panel_id=panel_id,
        number=number,
        purpose=purpose,
        about_id=about_id,
        state=RunState.QUEUED,
        attempts=0,
        seed=seed,
        versions={},
        requested_by_id=actor.user_id,
        requested_at=now,
    )
    session.add(run)
    session.flush()
    event = ProposalRequested(
        panel_id, run_id=run.id, number=number, purpose=purpose.value, seed=seed, about_id=about_id
    )
    record(session, event, actor=actor, now=now)
    return run


def _held(session: Session, held: Claim) -> Run | None:
    return session.scalar(
        sa.select(Run)
        .where(Run.id == held.run_id, Run.state == RunState.RUNNING, Run.attempts == held.attempt)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
