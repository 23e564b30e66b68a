"""Find the jobs and let each tick: APScheduler keeps the time, the database keeps the order."""

from __future__ import annotations

import pkgutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from prometheus_client import Counter, Histogram
from sqlalchemy.orm import Session

from expertpool import clock, jobs
from expertpool.database import is_busy
from expertpool.extensions import db

RUNS = Counter("expertpool_job_runs_total", "Runs of jobs, by how they ended", ["job", "outcome"])
DONE = Counter("expertpool_job_done_total", "Things that jobs did", ["job"])
SECONDS = Histogram("expertpool_job_seconds", "How long jobs run", ["job"])

SOON = timedelta(seconds=30)
"""After how long a job that found the database busy tries again, if its turn does not come sooner."""

log = structlog.get_logger("expertpool.jobs")


@dataclass(frozen=True)
class Job:
    """Something that is done every so often."""

    name: str
    every: timedelta
    tick: Callable[[Session, datetime], int]
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


def run(app: Flask, job: Job) -> int:
    """Run a job once, in its own session, and commit; raises what the job raises."""
    begun = time.monotonic()
    with app.app_context(), structlog.contextvars.bound_contextvars(job=job.name):
        try:
            done = job.tick(db.session, clock.now())
            db.session.commit()
        except Exception as error:
            db.session.rollback()
            RUNS.labels(job.name, "busy" if is_busy(error) else "failed").inc()
            raise
    RUNS.labels(job.name, "done").inc()
    DONE.labels(job.name).inc(done)
    SECONDS.labels(job.name).observe(time.monotonic() - begun)
    return done


def start(app: Flask) -> BackgroundScheduler:
    """Start all jobs in the background; `shutdown()` of what is returned waits for those that run."""
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None}
    )
    for job in discover():
        scheduler.add_job(
            _tick, "interval", seconds=job.every.total_seconds(), args=[app, job, scheduler], id=job.name,
            next_run_time=clock.now(),
        )  # fmt: skip
    scheduler.start()
    return scheduler


def _tick(app: Flask, job: Job, scheduler: BackgroundScheduler) -> None:
    """Run a job, and say so when it did something or failed; the next tick tries again."""
    try:
        done = run(app, job)
    except Exception as error:
        if is_busy(error):
            log.info("the database is busy", job=job.name)
            scheduler.modify_job(job.name, next_run_time=clock.now() + min(job.every, SOON))
            return
        log.exception("job failed", job=job.name, error=type(error).__name__)
        return
    details: dict[str, Any] = {"job": job.name, "done": done}
    if done:
        log.info("job done", **details)
