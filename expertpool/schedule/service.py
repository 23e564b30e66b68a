"""Ask for a job, and note what came of its runs without burdening the database with idle ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.events import Actor
from expertpool.schedule import queries
from expertpool.schedule.events import JobAsked
from expertpool.schedule.models import Job, JobRun, Outcome

REST = timedelta(minutes=1)
"""A run that only says again what the last one said is noted when the last note is this old."""
KEPT = 200
"""Runs that are kept of each job and outcome."""


@dataclass(frozen=True)
class Ran:
    """How a run went; moments are aware, `seconds` is how long it took."""

    name: str
    every: timedelta
    began_at: datetime
    ended_at: datetime
    seconds: float
    done: int = 0
    error: str | None = None
    failed: int = 0
    """Single things that could not be done and stopped no other."""

    @property
    def outcome(self) -> Outcome:
        """What is told of it."""
        if self.error is not None or (self.failed and not self.done):
            return Outcome.FAILED
        return Outcome.DONE if self.done else Outcome.IDLE


def ask(session: Session, job: Job, *, actor: Actor, now: datetime) -> bool:
    """Ask for a run of `job`; return False when one is waited for already."""
    free = sa.update(Job).where(Job.id == job.id, Job.asked_at.is_(None))
    asked = free.values(asked_at=now, asked_by_id=actor.user_id).returning(Job.id)
    if session.scalar(asked) is None:
        return False
    record(session, JobAsked(job.id, job.name), actor=actor, now=now)
    session.flush()
    return True


def is_news(job: Job | None, ran: Ran) -> bool:
    """Tell whether a run says more than the job's row does: most idle ones do not, and write nothing."""
    if job is None or ran.outcome is Outcome.DONE or ran.outcome is not job.outcome:
        return True
    return _was_asked(job, ran) or ran.ended_at - job.ran_at >= REST


def note(session: Session, ran: Ran) -> None:
    """Note a run on the job's row, and keep it when it did something, failed or was asked for."""
    job = queries.by_name(session, ran.name)
    if job is None:
        job = Job(name=ran.name)
        session.add(job)
    asked_by_id = job.asked_by_id
    was_asked, repeated = _was_asked(job, ran), _is_same_failure(session, job, ran)
    job.every, job.ran_at, job.outcome = int(ran.every.total_seconds()), ran.ended_at, ran.outcome
    if was_asked:
        job.asked_at = job.asked_by_id = None
    session.flush()
    if repeated is not None and not was_asked:
        repeated.ended_at, repeated.failed = ran.ended_at, ran.failed
    elif was_asked or ran.outcome is not Outcome.IDLE:
        _keep(session, job, ran, asked_by_id if was_asked else None)
    session.flush()


def _was_asked(job: Job, ran: Ran) -> bool:
    """Tell whether the run answers a wish: it began after somebody asked."""
    return job.asked_at is not None and job.asked_at <= ran.began_at


def _is_same_failure(session: Session, job: Job, ran: Ran) -> JobRun | None:
    """Return the kept run that failed just before, for the same reason."""
    if job.id is None or not job.outcome is ran.outcome is Outcome.FAILED:
        return None
    last = queries.latest(session, job, limit=1)
    return last[0] if last and last[0].error == ran.error else None


def _keep(session: Session, job: Job, ran: Ran, asked_by_id: int | None) -> None:
    """Keep a run, and let go of the oldest of its kind beyond `KEPT`."""
    session.add(
        JobRun(
            job_id=job.id,
            began_at=ran.began_at,
            ended_at=ran.ended_at,
            outcome=ran.outcome,
            done=ran.done,
            failed=ran.failed,
            seconds=ran.seconds,
            error=ran.error,
            asked_by_id=asked_by_id,
        )
    )
    session.flush()
    alike = sa.select(JobRun.id).where(JobRun.job_id == job.id, JobRun.outcome == ran.outcome)
    oldest_kept = session.scalar(alike.order_by(JobRun.id.desc()).offset(KEPT - 1).limit(1))
    if oldest_kept is not None:
        session.execute(sa.delete(JobRun).where(JobRun.id.in_(alike.where(JobRun.id < oldest_kept))))
