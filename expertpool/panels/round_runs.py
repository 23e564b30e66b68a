"""Runs of rounds as a worker holds them (see `leases`): claimed, answered or failed."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy.orm import Session

from expertpool import leases
from expertpool.audit.service import record
from expertpool.database import insert_rows
from expertpool.events import SYSTEM
from expertpool.leases import MOST_ATTEMPTS, Claim, RunState
from expertpool.panels import rounds
from expertpool.panels.round_events import AssignmentFailed, AssignmentRecorded
from expertpool.panels.round_models import RoundAlternate, RoundPlace, RoundRun
from expertpool.panels.round_solving import Scored, Solved


def claim(session: Session, *, now: datetime) -> Claim | None:
    """Take the oldest waiting run, or one whose worker was lost; None when there is none."""
    held = leases.claim(session, RoundRun, rounds.STAGES[0], now=now)
    if held is not None and held.attempt > MOST_ATTEMPTS:
        record_failure(session, held, "lost", now=now)
        return claim(session, now=now)
    return held


def record_answer(session: Session, held: Claim, solved: Solved, *, now: datetime) -> bool:
    """Store what was worked out; False when the run is no longer this worker's."""
    run = leases.held_by(session, RoundRun, held)
    if run is None:
        return False
    insert_rows(session, RoundPlace, (_row(run, each) for each in solved.places))
    insert_rows(
        session,
        RoundAlternate,
        (
            _row(run, each) | {"position": position}
            for _item, theirs in groupby(solved.alternates, key=itemgetter(0))
            for position, each in enumerate(theirs, 1)
        ),
    )
    run.summary, run.input_hash, run.versions = solved.summary, solved.input_hash, solved.versions
    run.end(RunState.DONE, now)
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


def _row(run: RoundRun, scored: Scored) -> dict[str, Any]:
    item, person, score, parts = scored
    return {"run_id": run.id, "item_id": item, "person_id": person, "score": score, "parts": parts}


def record_failure(session: Session, held: Claim, error: str, *, now: datetime) -> bool:
    """Store that the run could not be worked out; `error` is a code of `web.rounds.wording.FAILURES`."""
    run = leases.held_by(session, RoundRun, held)
    if run is None:
        return False
    run.end(RunState.FAILED, now, error)
    session.flush()
    event = AssignmentFailed(run.round_id, run_id=run.id, number=run.number, error=error)
    record(session, event, actor=SYSTEM, now=now)
    return True
