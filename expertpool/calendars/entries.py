"""Bring stored entries in line with what they stand for.

An entry keeps its UID for life. SEQUENCE goes up when time, place or state changes, and only then
(RFC 5546, 2.1.4: changes that matter to who attends); any change moves the stamp.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.calendars.models import CalendarEntry, EntrySource, EntryState

HOST = "expertpool.invalid"
"""Right part of every UID: no host has it (RFC 2606), so that a service may move to another address."""
MATTERS = ("state", "starts", "ends", "place")
SAID = (*MATTERS, "title", "details", "path", "course_id")


@dataclass(frozen=True)
class Wanted:
    """What one entry should say. `person_id` is None in a course's public calendar."""

    source: EntrySource
    source_id: int
    person_id: int | None
    state: EntryState
    starts: datetime
    ends: datetime
    title: str
    place: str = ""
    details: str = ""
    path: str = ""
    course_id: int | None = None


def reconcile(
    session: Session, wanted: Sequence[Wanted], present: sa.ColumnElement[bool], *, now: datetime
) -> None:
    """Make, change and cancel entries so that those which meet the condition `present` are as `wanted`.

    The rows are locked in the order of their ids, so that no raise of a SEQUENCE is lost.
    """
    session.flush()
    locked = sa.select(CalendarEntry).where(present).order_by(CalendarEntry.id).with_for_update()
    rows = session.scalars(locked, execution_options={"populate_existing": True})
    known = {_whose(row): row for row in rows}
    for each in wanted:
        entry = known.pop(_whose(each), None)
        if entry is None:
            session.add(_new(each, now))
        else:
            _change(entry, {name: getattr(each, name) for name in SAID}, now)
    for entry in known.values():
        _change(entry, {"state": EntryState.CANCELLED}, now)
    session.flush()


def _whose(entry: Wanted | CalendarEntry) -> tuple[EntrySource, int, int | None, int | None]:
    """Return what tells an entry from others: its person, or its course in public calendars."""
    course_id = entry.course_id if entry.person_id is None else None
    return entry.source, entry.source_id, entry.person_id, course_id


def _new(wanted: Wanted, now: datetime) -> CalendarEntry:
    return CalendarEntry(
        uid=f"{secrets.token_hex(16)}@{HOST}",
        source=wanted.source,
        source_id=wanted.source_id,
        person_id=wanted.person_id,
        sequence=0,
        created_at=now,
        changed_at=now,
        **{name: getattr(wanted, name) for name in SAID},
    )


def _change(entry: CalendarEntry, said: dict[str, object], now: datetime) -> None:
    changed = {name: value for name, value in said.items() if getattr(entry, name) != value}
    for name, value in changed.items():
        setattr(entry, name, value)
    if changed:
        entry.changed_at = now
    if any(name in MATTERS for name in changed):
        entry.sequence += 1
