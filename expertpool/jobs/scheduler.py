"""Find the jobs and let each tick: APScheduler keeps the time, the database keeps the order."""

from __future__ import annotations

import pkgutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module

import sqlalchemy as sa
import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from prometheus_client import Counter, Histogram
from sqlalchemy.orm import Session

from expertpool import clock, jobs
from expertpool.database import is_busy, reading
from expertpool.extensions import db
from expertpool.jobs.alone import alone
from expertpool.jobs.tally import Tally
from expertpool.schedule import queries, service
from expertpool.schedule.service import Ran

RUNS = Counter("expertpool_job_runs_total", "Runs of jobs, by how they ended", ["job", "outcome"])
DONE = Counter("expertpool_job_done_total", "Things that jobs did", ["job"])
SECONDS = Histogram("expertpool_job_seconds", "How long jobs run", ["job"])

SOON = timedelta(seconds=30)
"""After how long a job that found the database busy tries again, if its turn does not come sooner."""
LOOK = timedelta(seconds=2)
"""How often somebody's wish that a job run now is looked for."""

log = structlog.get_logger("expertpool.jobs")


@dataclass(frozen=True)
class Job:
    """Something that is done every so often."""

    name: str
    every: timedelta
    tick: Callable[[Session, datetime], int | Tally]
    """Returns how many things it did."""
    purpose: str


def discover() -> list[Job]:
    """Return the jobs of this folder, by name."""
    found = []
    for info in pkgutil.iter_modules(jobs.__path__):
        module = import_module(f"{jobs.__name__}.{info.name}")
        if hasattr(module, "tick"):
            purpose = (module.__doc__ or "").partition("\n")[0]
            found.append(Job(info.name.replace("_", "-"), module.EVERY, module.tick, purpose))
    return sorted(found, key=lambda job: job.name)


def run(app: Flask, job: Job) -> Tally | None:
    """Run a job once, in its own session, commit, and note what came of it; raises what the job raises.

    None: it runs already, here or elsewhere.
    """
    with (
        app.app_context(),
        structlog.contextvars.bound_contextvars(job=job.name),
        alone(db.engine, job.name) as is_free,
    ):
        return _run(job) if is_free else None


def _run(job: Job) -> Tally:
    began, begun = clock.now(), time.monotonic()
    tally, error = Tally(0), None
    try:
        answer = job.tick(db.session, began)
        tally = answer if isinstance(answer, Tally) else Tally(answer)
        db.session.commit()
    except Exception as raised:
        db.session.rollback()
        error = raised
        raise
    finally:
        seconds = time.monotonic() - begun
        _count(job, tally, seconds, error)
        if error is None or not is_busy(error):
            named = type(error).__name__ if error else None
            of = partial(Ran, job.name, job.every, began, clock.now(), seconds)
            _note(of(done=tally.done, failed=tally.failed, error=named))
    return tally


def _count(job: Job, tally: Tally, seconds: float, error: Exception | None) -> None:
    if error is not None:
        RUNS.labels(job.name, "busy" if is_busy(error) else "failed").inc()
        return
    RUNS.labels(job.name, "failed" if tally.failed and not tally.done else "done").inc()
    DONE.labels(job.name).inc(tally.done)
    SECONDS.labels(job.name).observe(seconds)


def _note(ran: Ran) -> None:
    """Note a run; a database that can't take the note now has it with a later run, and stops no job."""
    try:
        with reading():
            is_news = service.is_news(queries.by_name(db.session, ran.name), ran)
            db.session.rollback()
        if is_news:
            service.note(db.session, ran)
            db.session.commit()
    except sa.exc.SQLAlchemyError as error:
        db.session.rollback()
        log.info("a run was not noted", job=ran.name, error=type(error).__name__)


def start(app: Flask) -> BackgroundScheduler:
    """Start all jobs in the background; `shutdown()` of what is returned waits for those that run."""
    defaults = {"coalesce": True, "misfire_grace_time": None, "max_instances": 2}  # the second finds it taken
    scheduler = BackgroundScheduler(timezone="UTC", job_defaults=defaults)
    for job in discover():
        scheduler.add_job(
            _tick, "interval", seconds=job.every.total_seconds(), args=[app, job, scheduler], id=job.name,
            next_run_time=clock.now(),
        )  # fmt: skip
    scheduler.add_job(_hasten, "interval", seconds=LOOK.total_seconds(), args=[app, scheduler])
    scheduler.start()
    return scheduler


def _hasten(app: Flask, scheduler: BackgroundScheduler) -> None:
    """Let the jobs that somebody asked for have their turn now."""
    with app.app_context(), reading():
        asked = queries.asked(db.session)
    for name in asked:
        if scheduler.get_job(name):
            scheduler.modify_job(name, next_run_time=clock.now())


def _tick(app: Flask, job: Job, scheduler: BackgroundScheduler) -> None:
    """Run a job, and say so when it did something or failed; the next tick tries again."""
    try:
        tally = run(app, job)
    except Exception as error:
        if is_busy(error):
            log.info("the database is busy", job=job.name)
            scheduler.modify_job(job.name, next_run_time=clock.now() + min(job.every, SOON))
            return
        log.exception("job failed", job=job.name, error=type(error).__name__)
        return
    if tally and (tally.done or tally.failed):
        log.info("job done", job=job.name, done=tally.done, failed=tally.failed)
