"""What runs by the clock: how each job goes, its runs, and asking for one now."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.accounts.models import User
from expertpool.errors import N_, NotFound
from expertpool.extensions import db
from expertpool.schedule import queries, service
from expertpool.schedule.models import Job, JobRun, Outcome
from expertpool.web.admin import job_words
from expertpool.web.admin.job_words import JOBS, Words
from expertpool.web.kit import guards

SHOWN = 100
"""Runs on the page of one job."""


@dataclass(frozen=True)
class Line:
    """A job of the list: its words, its row, its last run that did something, its last failure."""

    words: Words
    job: Job
    did: JobRun | None
    failed: JobRun | None
    is_late: bool


@guards.requires("jobs.view")
def jobs() -> ResponseReturnValue:
    """All jobs, with what came of their last runs."""
    guards.require_scope("jobs.view", None)
    now = clock.now()
    found = queries.all_jobs(db.session)
    known = {job.name: job for job in found}
    did, failed = queries.newest(db.session, Outcome.DONE), queries.newest(db.session, Outcome.FAILED)
    lines = [
        Line(words, job, did.get(job.id), failed.get(job.id), queries.is_late(job, now))
        for name, words in JOBS.items()
        if (job := known.get(name))
    ]
    return render_template(
        "admin/jobs.html",
        lines=lines,
        last=max((job.ran_at for job in found), default=None),
        stopped=queries.are_stopped(found, now),
        words=job_words,
    )


@guards.requires("jobs.view")
def job(name: str) -> ResponseReturnValue:
    """One job: the runs of it that did something, failed, or were asked for, newest first."""
    found = _found(name)
    runs = queries.latest(db.session, found, limit=SHOWN)
    ids = {run.asked_by_id for run in runs} | {found.asked_by_id}
    named = db.session.execute(sa.select(User.id, User.name).where(User.id.in_(ids - {None})))
    return render_template(
        "admin/job.html",
        job=found,
        about=JOBS[name],
        runs=runs,
        did=next((run for run in runs if run.outcome is Outcome.DONE), None),
        askers={row.id: row.name for row in named},
        is_late=queries.is_late(found, clock.now()),
        words=job_words,
    )


@guards.requires("settings.edit")
def ask(name: str) -> ResponseReturnValue:
    """Ask for a run now: the process that runs the jobs does it within seconds."""
    found = _found(name)
    title = JOBS[name].title
    if service.ask(db.session, found, actor=guards.actor(), now=clock.now()):
        flash(gettext("“%(job)s” is asked for, and begins within seconds.", job=title), "success")
    else:
        flash(gettext("“%(job)s” was asked for already.", job=title), "info")
    db.session.commit()
    return redirect(url_for("admin.job", name=name))


def _found(name: str) -> Job:
    guards.require_scope("jobs.view", None)
    found = queries.by_name(db.session, name) if name in JOBS else None
    if found is None:
        raise NotFound(N_("There is no such job."))
    return found
