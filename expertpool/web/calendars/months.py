"""A month of the agenda, in the reader's time zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import format_date, gettext
from sqlalchemy.orm import Session

from expertpool import clock
from expertpool.calendars.event import CalendarEvent
from expertpool.calendars.models import EntryState
from expertpool.calendars.queries import Listed
from expertpool.settings import holidays
from expertpool.web.kit.dates import moment, zone_name

EARLIEST, LATEST = 2000, 2100


@dataclass(frozen=True)
class Month:
    """A month: its first day and the first of the next."""

    begins: date
    zone: ZoneInfo

    @property
    def first(self) -> datetime:
        return datetime.combine(self.begins, datetime.min.time(), self.zone)

    @property
    def last(self) -> datetime:
        return datetime.combine(self.after, datetime.min.time(), self.zone)

    @property
    def after(self) -> date:
        return (self.begins + timedelta(days=31)).replace(day=1)

    @property
    def before(self) -> date:
        return (self.begins - timedelta(days=1)).replace(day=1)

    @property
    def is_present(self) -> bool:
        return self.begins == _present(self.zone)


def asked(text: str) -> Month:
    """Return the month of `2026-12`; the present one for anything else."""
    zone = ZoneInfo(zone_name())
    try:
        begins = date.fromisoformat(f"{text}-01")
    except ValueError:
        begins = _present(zone)
    return Month(begins.replace(year=min(max(begins.year, EARLIEST), LATEST)), zone)


def named(day: date) -> str:
    """Return what readers call the month of a day."""
    return str(format_date(day, gettext("MMMM y")))


def warnings_of(session: Session, entries: Sequence[Listed], month: Month) -> dict[int, str]:
    """Return which entries begin on a holiday or a weekend, by their id."""
    days = {
        entry.entry_id: entry.event.starts.astimezone(month.zone).date()
        for entry in entries
        if entry.event.state is not EntryState.CANCELLED
    }
    found = holidays.warnings(session, set(days.values()))
    return {number: found[day].translated(gettext) for number, day in days.items() if day in found}


def until(event: CalendarEvent) -> str:
    """Return when an event ends: the time, with its day when that is another than it begins on."""
    zone = ZoneInfo(zone_name())
    begins, ends = (each.astimezone(zone) for each in (event.starts, event.ends))
    return f"{ends:%H:%M}" if begins.date() == ends.date() else moment(event.ends)


def _present(zone: ZoneInfo) -> date:
    return clock.now().astimezone(zone).date().replace(day=1)
