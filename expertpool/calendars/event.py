"""One event as calendars are told of it: read from a stored entry, or from a mail's snapshot of one."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from expertpool.calendars.models import CalendarEntry, EntrySource, EntryState
from expertpool.training.models import Course

MOMENTS = ("starts", "ends", "created_at", "changed_at")


@dataclass(frozen=True)
class CalendarEvent:
    """What an entry says, with its course's title in both languages when it is a lesson."""

    uid: str
    source: EntrySource
    state: EntryState
    starts: datetime
    ends: datetime
    place: str
    title: str
    details: str
    path: str
    sequence: int
    created_at: datetime
    changed_at: datetime
    course_zh: str | None = None
    course_en: str | None = None

    def course(self, locale: str) -> str | None:
        """Return the course's title in a language; Chinese where it has no other."""
        return (self.course_en or self.course_zh) if locale == "en" else self.course_zh

    def plain(self) -> dict[str, Any]:
        """Return the event as JSON."""
        values = dataclasses.asdict(self)
        return values | {name: values[name].isoformat() for name in MOMENTS}


def of_entry(entry: CalendarEntry, course: Course | None) -> CalendarEvent:
    """Return the event of a stored entry."""
    own = {
        field.name: getattr(entry, field.name)
        for field in dataclasses.fields(CalendarEvent)
        if not field.name.startswith("course_")
    }
    return CalendarEvent(
        **own,
        course_zh=course.title_zh if course else None,
        course_en=course.title_en if course else None,
    )


def of_plain(values: dict[str, Any]) -> CalendarEvent:
    """Return the event that `plain` turned into JSON."""
    moments = {name: datetime.fromisoformat(values[name]) for name in MOMENTS}
    kinds = {"source": EntrySource(values["source"]), "state": EntryState(values["state"])}
    return CalendarEvent(**(values | moments | kinds))
