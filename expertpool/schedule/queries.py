"""Jobs and their runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.schedule.models import Job, JobRun, Outcome

LATE = timedelta(minutes=3)
"""How far a job may be behind its turn before it counts as late: notes of idle runs may be a minute old."""


def by_name(session: Session, name: str) -> Job | None:
    """Return the job, once it ran."""
    return session.scalar(sa.select(Job).where(Job.name == name))


def all_jobs(session: Session) -> Sequence[Job]:
    """Return the jobs that ever ran, by name."""
    return session.scalars(sa.select(Job).order_by(Job.name)).all()


def asked(session: Session) -> Sequence[str]:
    """Return the names of the jobs that are asked for, in the order of asking."""
    return session.scalars(sa.select(Job.name).where(Job.asked_at.is_not(None)).order_by(Job.asked_at)).all()


def newest(session: Session, outcome: Outcome) -> dict[int, JobRun]:
    """Return the newest kept run that ended so, by id of its job."""
    last = sa.select(sa.func.max(JobRun.id)).where(JobRun.outcome == outcome).group_by(JobRun.job_id)
    return {run.job_id: run for run in session.scalars(sa.select(JobRun).where(JobRun.id.in_(last)))}


def latest(session: Session, job: Job, *, limit: int) -> Sequence[JobRun]:
    """Return the newest kept runs of a job, newest first."""
    of_job = sa.select(JobRun).where(JobRun.job_id == job.id)
    return session.scalars(of_job.order_by(JobRun.id.desc()).limit(limit)).all()


def undone(session: Session, since: datetime) -> dict[str, int]:
    """Return for each job how many single things its kept runs since then could not do.

    A failure that came back at each turn is one run.
    """
    recent = sa.and_(JobRun.job_id == Job.id, JobRun.ended_at >= since)
    counted = sa.select(Job.name, sa.func.coalesce(sa.func.sum(JobRun.failed), 0)).outerjoin(JobRun, recent)
    return dict(session.execute(counted.group_by(Job.name)).all())


def is_late(job: Job, now: datetime) -> bool:
    """Tell whether a job should have run since its last note."""
    return job.ran_at + timedelta(seconds=job.every) + LATE < now


def are_stopped(jobs: Sequence[Job], now: datetime) -> bool:
    """Tell whether jobs ran once, and no process seems to run any now."""
    return bool(jobs) and max(job.ran_at for job in jobs) + LATE < now
