"""Days of a timetable by the office's table, and moments as days and minutes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

import config
from expertpool.planning import periods
from expertpool.planning.models import Timetable
from expertpool.settings import holidays
from expertpool.settings.models import DayKind as OfficeDay
from expertpool.settings.models import Holiday
from expertpool.timetabling.plans.problem import Day, DayKind

SATURDAY = 5


def days(session: Session, timetable: Timetable) -> tuple[Day, ...]:
    """Return the days of a timetable by the office's table: weekends are listed only when they are worked."""
    special = {each.day: each for each in holidays.between(session, timetable.first, timetable.last)}
    spans = periods.spans(timetable.periods)
    found = []
    for number in range((timetable.last - timetable.first).days + 1):
        day = timetable.first + timedelta(days=number)
        kind = _kind(day, special.get(day))
        if kind is not None:
            found.append(Day(day, spans, kind))
    return tuple(found)


def moment(day: date, minutes: int) -> datetime:
    """Return the moment of a local day and minutes from its midnight."""
    clock = time(*divmod(minutes, 60)) if minutes < 24 * 60 else time()
    return datetime.combine(day + timedelta(days=minutes // (24 * 60)), clock, config.zone_of())


def minutes_into(local: datetime) -> int:
    """Return the minutes from the midnight of a local time."""
    return local.hour * 60 + local.minute


def _kind(day: date, special: Holiday | None) -> DayKind | None:
    if special is None:
        return DayKind.WORKING if day.weekday() < SATURDAY else None
    if special.kind is OfficeDay.WORKDAY:
        return DayKind.MADE_UP if day.weekday() >= SATURDAY else DayKind.WORKING
    if special.provisional:
        return DayKind.PROVISIONAL if day.weekday() < SATURDAY else None
    return DayKind.HOLIDAY
