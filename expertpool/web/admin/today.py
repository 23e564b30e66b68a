"""Of the front page: what administrators must mend, and how the audit trail stands, for auditors."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from expertpool.access import queries
from expertpool.accounts.models import User
from expertpool.audit import sealing, verifying
from expertpool.outbox import queries as outbox
from expertpool.outbox.models import MessageState
from expertpool.panels import sealed
from expertpool.schedule import queries as schedule
from expertpool.schedule.models import Outcome
from expertpool.web.home.today import Section, Task
from expertpool.web.kit import guards


def tasks(session: Session, now: datetime) -> list[Task]:
    """Return what does not go right by itself."""
    return [*_unsent(session, now), *_unrun(session, now), *_unused(session), *_broken(session)]


def sections(session: Session, now: datetime) -> list[Section]:
    """Return how the audit trail stands."""
    if not _reads_whole_trail():
        return []
    values = {"head": sealing.head(session), "verification": verifying.state(session)}
    return [Section("admin/today.html", order=90, values=values)]


def _unsent(session: Session, now: datetime) -> list[Task]:
    """Count what the list of messages shows; those about sealed rosters are told to their keepers."""
    if not guards.may("jobs.view"):
        return []
    dead = outbox.counts(session, sealed.topics(now))[MessageState.DEAD]
    text = ngettext("%(num)s message could not be sent", "%(num)s messages could not be sent", dead)
    url = url_for("settings.messages", state=MessageState.DEAD.value)
    return (
        [Task(text, gettext("Look at the messages"), url, state=("failed", gettext("Failed")))]
        if dead
        else []
    )


def _unrun(session: Session, now: datetime) -> list[Task]:
    if not guards.may("jobs.view") or guards.grants().scope("jobs.view") is not None:
        return []
    jobs = schedule.all_jobs(session)
    failed = sum(job.outcome is Outcome.FAILED for job in jobs)
    if schedule.are_stopped(jobs, now):
        text = gettext("No process runs the jobs")
    elif failed:
        text = ngettext("%(num)s job failed", "%(num)s jobs failed", failed)
    else:
        return []
    return [
        Task(text, gettext("Look at the jobs"), url_for("admin.jobs"), state=("failed", gettext("Failed")))
    ]


def _unused(session: Session) -> list[Task]:
    if not guards.may("accounts.manage"):
        return []
    listed = queries.users(guards.grants().scope("accounts.manage")).order_by(None)
    waiting = listed.where(User.active, User.confirmed_at.is_(None)).with_only_columns(sa.func.count())
    count = session.scalar(waiting) or 0
    text = ngettext(
        "%(num)s user has not confirmed the mail address",
        "%(num)s users have not confirmed the mail address",
        count,
    )
    url = url_for("admin.users")
    return (
        [Task(text, gettext("Look at the users"), url, state=("invited", gettext("Waiting")))]
        if count
        else []
    )


def _broken(session: Session) -> list[Task]:
    if not _reads_whole_trail():
        return []
    state = verifying.state(session)
    if state.last is None or state.is_whole:
        return []
    text, verb = gettext("The audit trail is broken"), gettext("Look at the audit trail")
    return [Task(text, verb, url_for("admin.audit"), state=("conflict", gettext("Failed")))]


def _reads_whole_trail() -> bool:
    return guards.may("audit.view") and guards.grants().scope("audit.view") is None
