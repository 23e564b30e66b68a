"""The worker process that answers stored questions: it loads the solver once and then waits for runs.

A run is claimed in one short transaction, its rows are read in another, nothing is open while the engine
works, and the answer is written in a third. Killing the worker at any moment loses nothing: its claim
expires and the run is begun again.
"""

from __future__ import annotations

import os
import signal
import time
from functools import partial

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from expertpool import clock, wiring
from expertpool.database import patiently, reading
from expertpool.errors import Invalid
from expertpool.leases import Claim
from expertpool.matching.model import warm
from expertpool.panels import runs, solving
from expertpool.panels.composition import compose
from expertpool.panels.models import Panel, Purpose, Run
from expertpool.panels.question import of_panel
from expertpool.panels.solving import Answered
from expertpool.people.models import Person

PAUSE = 0.3
"""Seconds between two looks for work."""

log = structlog.get_logger("expertpool.solver")


def serve(url: str, parent: int) -> None:
    """Answer runs of the database at `url` until the process `parent` is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wiring.connect()
    warm()
    engine = sa.create_engine(url)
    while os.getppid() == parent:
        try:
            worked = work(engine)
        except sa.exc.OperationalError as error:
            log.warning("the database does not answer", error=type(error.orig).__name__)
            worked = False
        if not worked:
            time.sleep(PAUSE)


def work(engine: sa.Engine) -> bool:
    """Answer one waiting run; False when there is none."""
    with reading(), Session(engine) as session:
        if not runs.is_waiting(session, now=clock.now()):
            return False
    with Session(engine) as session:
        held = runs.claim(session, now=clock.now())
        session.commit()
    if held is None:
        return False
    try:
        answered = _answer(engine, held)
    except Invalid as error:
        _fail(engine, held, error.field if error.field == "lock" else "unexpected")
    except Exception:
        log.exception("a run failed", run=held.run_id)
        _fail(engine, held, "unexpected")
    else:
        patiently(lambda: _keep(engine, held, answered))
    return True


def _answer(engine: sa.Engine, held: Claim) -> Answered:
    """Read what is asked in one transaction, and answer it outside of any."""
    with reading(), Session(engine) as session:
        run = session.get_one(Run, held.run_id)
        panel = session.get_one(Panel, run.panel_id)
        if run.purpose is Purpose.PROPOSE:
            ask = partial(solving.solve, compose(session, of_panel(panel, run.seed), now=clock.now()))
        else:
            base = runs.run_of(session, panel, run.number)
            kept = (base.problem or b"", base.input_hash or "")
            if run.about_id is not None:
                ask = partial(solving.swap, *kept, session.get_one(Person, run.about_id).number)
            else:
                ask = partial(solving.replayed, *kept, base.result or {})
    return ask()


def _keep(engine: sa.Engine, held: Claim, answered: Answered) -> None:
    with Session(engine) as session:
        runs.record_answer(session, held, answered=answered, now=clock.now())
        session.commit()


def _fail(engine: sa.Engine, held: Claim, error: str) -> None:
    with Session(engine) as session:
        runs.record_failure(session, held, error, now=clock.now())
        session.commit()
