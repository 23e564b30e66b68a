"""Reads of entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.calendars.event import CalendarEvent, of_entry
from expertpool.calendars.models import CalendarEntry, EntryState
from expertpool.training.models import Course

KEPT = timedelta(days=2 * 365)
"""How long feeds tell of what is over, or was cancelled."""


@dataclass(frozen=True)
class Listed:
    """An entry as pages list it."""

    entry_id: int
    event: CalendarEvent


def events(session: Session, condition: sa.ColumnElement[bool]) -> list[CalendarEvent]:
    """Return the events of the entries that meet a condition, in the order of their time."""
    return [each.event for each in _listed(session, _entries().where(condition))]


def of_person(session: Session, person_id: int, now: datetime) -> list[CalendarEvent]:
    """Return what a person's feed tells."""
    return events(session, sa.and_(CalendarEntry.person_id == person_id, _is_kept(now)))


def of_course(session: Session, course_id: int, now: datetime) -> list[CalendarEvent]:
    """Return what the public feed of a course tells."""
    condition = sa.and_(CalendarEntry.course_id == course_id, CalendarEntry.person_id.is_(None))
    return events(session, sa.and_(condition, _is_kept(now)))


def between(session: Session, person_id: int, first: datetime, last: datetime) -> list[Listed]:
    """Return a person's entries that touch `[first, last)`, the cancelled too."""
    overlaps = sa.and_(CalendarEntry.starts < last, CalendarEntry.ends > first)
    return _listed(session, _entries().where(CalendarEntry.person_id == person_id, overlaps))


def next_after(session: Session, person_id: int, moment: datetime) -> datetime | None:
    """Return when a person's first entry that is not cancelled begins after a moment."""
    query = sa.select(sa.func.min(CalendarEntry.starts)).where(
        CalendarEntry.person_id == person_id,
        CalendarEntry.starts >= moment,
        CalendarEntry.state != EntryState.CANCELLED,
    )
    return session.scalar(query)


def _entries() -> sa.Select[CalendarEntry, Course]:
    return (
        sa.select(CalendarEntry, Course)
        .outerjoin(Course, Course.id == CalendarEntry.course_id)
        .order_by(CalendarEntry.starts, CalendarEntry.id)
    )


def _listed(session: Session, query: sa.Select[CalendarEntry, Course]) -> list[Listed]:
    return [Listed(entry.id, of_entry(entry, course)) for entry, course in session.execute(query)]


def _is_kept(now: datetime) -> sa.ColumnElement[bool]:
    """Changed lately or not over for long. A whole day's feed is the same: the limit lies at midnight UTC."""
    limit = now.replace(hour=0, minute=0, second=0, microsecond=0) - KEPT
    return sa.or_(CalendarEntry.ends >= limit, CalendarEntry.changed_at >= limit)
