"""The jobs in plain words: what each is called and for, what it did, how often it runs, why it failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import format_decimal, gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from expertpool.schedule.models import JobRun

A_MINUTE = timedelta(minutes=1)
UNITS: dict[int, tuple[LazyString, Callable[[int], str]]] = {
    86_400: (_l("every day"), lambda n: ngettext("every %(num)s day", "every %(num)s days", n)),
    3600: (_l("every hour"), lambda n: ngettext("every %(num)s hour", "every %(num)s hours", n)),
    60: (_l("every minute"), lambda n: ngettext("every %(num)s minute", "every %(num)s minutes", n)),
    1: (_l("every second"), lambda n: ngettext("every %(num)s second", "every %(num)s seconds", n)),
}
"""Seconds of a unit -> how often that is, once and several times."""


@dataclass(frozen=True)
class Words:
    """Title and purpose of a job, and what a run of it did, by how many."""

    title: LazyString
    purpose: LazyString
    did: Callable[[int], str]


def _worker_started(count: int) -> str:
    return str(gettext("the worker was started"))


JOBS = {
    "send-mail": Words(
        _l("Send mail"),
        _l("Sends the messages that wait in the outbox."),
        lambda n: ngettext("%(num)s message sent", "%(num)s messages sent", n),
    ),
    "invitations": Words(
        _l("Remind and close invitations"),
        _l("Reminds those who have not answered, closes what was not answered in time, asks the next."),
        lambda n: ngettext("%(num)s reminded or closed", "%(num)s reminded or closed", n),
    ),
    "recheck-panels": Words(
        _l("Check confirmed panels again"),
        _l("Looks for new conflicts when facts about a confirmed panel change, and tells its organisers."),
        lambda n: ngettext("%(num)s panel checked", "%(num)s panels checked", n),
    ),
    "proposals": Words(
        _l("Answer proposals of panels"),
        _l("Keeps the worker alive that proposes people and dates; results stand on the panels' pages."),
        _worker_started,
    ),
    "rounds": Words(
        _l("Assign whole rounds"),
        _l("Starts a worker while rounds wait to be assigned or made into panels."),
        _worker_started,
    ),
    "affinity-lists": Words(
        _l("Work out affinity lists"),
        _l("Starts a worker while affinity lists wait."),
        _worker_started,
    ),
    "timetables": Words(
        _l("Plan timetables"),
        _l("Starts a worker while plans of timetables wait."),
        _worker_started,
    ),
    "bring-in-files": Words(
        _l("Bring in large files"),
        _l("Brings in the files of more than 500 rows that somebody ordered to come in."),
        lambda n: ngettext("%(num)s file worked on", "%(num)s files worked on", n),
    ),
    "training": Words(
        _l("Pass freed places on"),
        _l("Ends offers of places that were not answered in time, and offers them to the next in line."),
        lambda n: ngettext("%(num)s offer ended", "%(num)s offers ended", n),
    ),
    "bring-people-back": Words(
        _l("Bring people back"),
        _l("Makes those active again whose rest or suspension is over."),
        lambda n: ngettext("%(num)s person back", "%(num)s people back", n),
    ),
    "seal-audit": Words(
        _l("Seal the audit trail"),
        _l("Numbers the new entries of the audit trail and chains their hashes."),
        lambda n: ngettext("%(num)s entry sealed", "%(num)s entries sealed", n),
    ),
    "verify-audit": Words(
        _l("Verify the audit trail"),
        _l("Walks the whole chain once a week, and when somebody asks on the page of the trail."),
        lambda n: gettext("the trail was walked"),
    ),
    "mail-audit-head": Words(
        _l("Mail the trail's head"),
        _l("Mails the newest hash of the audit trail to the auditors once a day."),
        lambda n: ngettext("%(num)s mail written", "%(num)s mails written", n),
    ),
    "seed-holidays": Words(
        _l("Keep the holidays"),
        _l("Adds the public holidays of this year and the next where they are missing."),
        lambda n: ngettext("%(num)s day added", "%(num)s days added", n),
    ),
    "ship-presets": Words(
        _l("Keep the presets"),
        _l("Adds the presets that come with the program and are missing; what the office changed stays."),
        lambda n: ngettext("%(num)s preset added", "%(num)s presets added", n),
    ),
}
"""In the order in which the page lists them: what people outside wait for comes first."""

ERRORS = {
    "OperationalError": _l("The database did not answer."),
    "TimeoutError": _l("Something outside did not answer in time."),
    "ConnectionRefusedError": _l("Something outside could not be reached."),
    "PermissionError": _l("A file may not be read or written by the user that runs the jobs."),
    "FileNotFoundError": _l("A file is missing."),
    "OSError": _l("A file or the network could not be used; the disk may be full."),
    "MemoryError": _l("There was not enough memory."),
}


def failure(run: JobRun) -> str:
    """Return why a run failed, as a sentence; the kind of error goes with what is unforeseen."""
    if run.error is None:
        return str(gettext("%(failed)s; the jobs' log has the rest.", failed=undone(run)))
    known = ERRORS.get(run.error or "")
    unforeseen = gettext("Something unforeseen (%(error)s); the jobs' log has the rest.", error=run.error)
    return str(known or unforeseen)


def undone(run: JobRun) -> str:
    """Return how many single things a run could not do; empty for none."""
    if not run.failed:
        return ""
    return str(ngettext("%(num)s could not be done", "%(num)s could not be done", run.failed))


def did(words: Words, run: JobRun) -> str:
    """Return what a run did, and how many things it could not do."""
    told = (words.did(run.done) if run.done else "", undone(run))
    return str(gettext(", ")).join(filter(None, told))


def every(seconds: int) -> str:
    """Return how often a job runs."""
    for unit, (once, often) in UNITS.items():
        if seconds % unit == 0:
            return str(once) if seconds == unit else str(often(seconds // unit))
    raise ValueError(seconds)


def lasted(seconds: float) -> str:
    """Return how long a run took."""
    if seconds < 0.1:
        return str(gettext("under 0.1 s"))
    if seconds < 60:
        return str(gettext("%(seconds)s s", seconds=format_decimal(seconds, "0.0")))
    return str(gettext("%(minutes)s min", minutes=format_decimal(seconds / 60, "0.0")))
