"""Start a worker process while plans of timetables wait, so that other questions never wait behind them.

A run is claimed and told on in short transactions, its rows are read in one that only reads, nothing is open
while the engine works. Every few seconds its best so far is kept. Killing the worker at any moment loses
nothing but time: its claim expires and the run is begun again.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from expertpool import clock
from expertpool.database import reading
from expertpool.jobs import workers
from expertpool.planning import kept, runs, solving
from expertpool.planning.composition import Composed, compose
from expertpool.planning.models import Timetable
from expertpool.planning.run_models import TimetableRun
from expertpool.planning.runs import Answer, Claim
from expertpool.timetabling.plans.result import Progress

NAME = "timetables"
EVERY = timedelta(seconds=2)
KEEP = 2.0
"""Seconds between two looks at the database while the engine works."""

log = structlog.get_logger("expertpool.timetables")


class CalledOff(Exception):
    """The run is no longer this worker's."""


def tick(session: Session, now: datetime) -> int:
    """Start this node's worker if a run waits and none is at work; return how many were started.

    The first is started at once: it compiles the engine after an installation.
    """
    is_first = not workers.was_started(session, NAME)
    return workers.start(session, NAME, serve, waits=lambda: is_first or runs.is_waiting(session, now=now))


def serve(url: str, parent: int) -> None:
    """Work out the runs of the database at `url` until none waits or the process `parent` is gone."""
    workers.serve(url, parent, work, prepare=solving.warm)


def work(engine: sa.Engine) -> bool:
    """Work out one waiting run; False when there is none."""
    with reading(), Session(engine) as session:
        if not runs.is_waiting(session, now=clock.now()):
            return False
    with Session(engine) as session:
        held = runs.claim(session, now=clock.now())
        session.commit()
    if held is None:
        return False
    try:
        _keep_answer(engine, held, _solved(engine, held))
    except CalledOff:
        log.info("a run was called off", run=held.run_id)
    except Exception:
        log.exception("a run failed", run=held.run_id)
        with Session(engine) as session:
            runs.record_failure(session, held, "unexpected", now=clock.now())
            session.commit()
    return True


def _solved(engine: sa.Engine, held: Claim) -> Answer:
    """Read what is asked in one transaction, and solve outside of any."""
    with reading(), Session(engine, expire_on_commit=False) as session:
        run = session.get_one(TimetableRun, held.run_id)
        timetable = session.get_one(Timetable, run.timetable_id)
        composed = compose(session, timetable, now=clock.now())
    problem, input_hash = kept.packed(composed.problem)
    watch = _Watch(engine, held)
    watch.keep(problem=problem, input_hash=input_hash, versions=solving.versions())
    return _asked(composed, run, watch)


def _asked(composed: Composed, run: TimetableRun, watch: _Watch) -> Answer:
    return solving.solve(
        composed, seconds=run.seconds, seed=run.seed, watch=watch.told, stop=lambda: watch.is_to_stop
    )


class _Watch:
    """Keeps the best so far now and then, and hears whether somebody is content with it."""

    def __init__(self, engine: sa.Engine, held: Claim) -> None:
        self._engine, self._held = engine, held
        self._next = 0.0
        self.is_to_stop = False

    def told(self, progress: Progress) -> None:
        """Keep the best so far, if the last was kept long enough ago."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + KEEP
            self.keep(best=kept.of_progress(progress))

    def keep(self, **values: object) -> None:
        """Keep columns of the run; raises `CalledOff`."""
        with Session(self._engine) as session:
            to_stop = runs.keep(session, self._held, clock.now(), **values)
            session.commit()
        if to_stop is None:
            raise CalledOff
        self.is_to_stop = to_stop


def _keep_answer(engine: sa.Engine, held: Claim, answer: Answer) -> None:
    with Session(engine) as session:
        runs.record_answer(session, held, answer, now=clock.now())
        session.commit()
