"""Start a worker process while rounds wait, to be assigned or made into panels; proposals never do.

A run is claimed and told on in short transactions, its rows are read in one that only reads, nothing is
open while the engine works. A confirmation is checked in a transaction that only reads, and its panels are
written in one short one. Killing the worker at any moment loses nothing: its claim expires and the work is
begun again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from expertpool import clock, leases
from expertpool.database import is_busy, patiently, reading
from expertpool.errors import Invalid
from expertpool.jobs import workers
from expertpool.leases import CalledOff, Claim
from expertpool.panels import round_forming, round_runs
from expertpool.panels.round_checking import Checked, check
from expertpool.panels.round_composition import compose, read
from expertpool.panels.round_models import ReviewRound, RoundConfirmation, RoundRun
from expertpool.panels.round_solving import Solved, assign, wish_of

EVERY = timedelta(seconds=3)
KNOWN_FAILURES = ("scored_pairs_only", "time_limit", "quality")
"""Fields of Invalid by which the engine says why a wish can't be kept."""

log = structlog.get_logger("expertpool.rounds")


def tick(session: Session, now: datetime) -> int:
    """Start this node's worker if a run waits and none is at work; return how many were started."""
    return workers.start(session, "rounds", serve, waits=lambda: _is_waiting(session, now))


def serve(url: str, parent: int) -> None:
    """Work out the runs of the database at `url` until none waits or the process `parent` is gone."""
    workers.serve(url, parent, work)


def work(engine: sa.Engine) -> bool:
    """Make panels of one confirmed run, else work out one waiting run; False when nothing waits."""
    with reading(), Session(engine) as session:
        if not _is_waiting(session, clock.now()):
            return False
    return _form_panels(engine) or _work_out(engine)


def _is_waiting(session: Session, now: datetime) -> bool:
    to_confirm = leases.is_waiting(session, RoundConfirmation, now=now)
    return to_confirm or leases.is_waiting(session, RoundRun, now=now)


def _form_panels(engine: sa.Engine) -> bool:
    with Session(engine) as session:
        held = round_forming.claim(session, now=clock.now())
        session.commit()
    if held is None:
        return False
    try:
        checked = _checked(engine, held)
        with Session(engine) as session:
            round_forming.form(session, held, checked, now=clock.now())
            session.commit()
    except CalledOff:
        log.info("a confirmation was taken back", confirmation=held.run_id)
    except Exception:
        log.exception("a round could not be made into panels", confirmation=held.run_id)
        with Session(engine) as session:
            round_forming.record_failure(session, held, "unexpected", now=clock.now())
            session.commit()
    return True


def _checked(engine: sa.Engine, held: Claim) -> Checked:
    told = partial(workers.advance, engine, RoundConfirmation, held)
    with reading(), Session(engine) as session:
        confirmation = session.get_one(RoundConfirmation, held.run_id)
        checked = check(session, confirmation, now=clock.now(), told=told)
    told("forming")
    return checked


def _work_out(engine: sa.Engine) -> bool:
    with Session(engine) as session:
        held = round_runs.claim(session, now=clock.now())
        session.commit()
    if held is None:
        return False
    try:
        solved = _solved(engine, held)
        patiently(lambda: _keep(engine, held, solved))
    except CalledOff:
        log.info("a run was called off", run=held.run_id)
    except Invalid as error:
        _fail(engine, held, error.field if error.field in KNOWN_FAILURES else "unexpected")
    except Exception as error:
        if is_busy(error):
            log.info("the database is busy, and the run is begun again", run=held.run_id)
            return True
        log.exception("a run failed", run=held.run_id)
        _fail(engine, held, "unexpected")
    return True


def _solved(engine: sa.Engine, held: Claim) -> Solved:
    """Read what is asked in one transaction; compare texts and assign outside of any."""

    told = partial(workers.advance, engine, RoundRun, held)
    with reading(), Session(engine) as session:
        run = session.get_one(RoundRun, held.run_id)
        round_ = session.get_one(ReviewRound, run.round_id)
        asked = read(session, round_, now=clock.now(), told=told)
        wish = wish_of(round_, run.seed)
    composed = compose(asked, told=told)
    del asked
    told("assigning")
    solved = assign(composed, wish)
    told("keeping")
    return solved


def _keep(engine: sa.Engine, held: Claim, solved: Solved) -> None:
    with Session(engine) as session:
        round_runs.record_answer(session, held, solved, now=clock.now())
        session.commit()


def _fail(engine: sa.Engine, held: Claim, error: str) -> None:
    with Session(engine) as session:
        round_runs.record_failure(session, held, error, now=clock.now())
        session.commit()
