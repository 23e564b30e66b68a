"""Time zones as calendar programs need them: VTIMEZONE with one yearly rule for each change of the clock.

Lists of dates (RDATE) are legal too, but ical.js shows what lies behind the last one an hour off.
"""

from __future__ import annotations

import calendar
import functools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
YEARS = 9
"""How many years ahead a rule is compared with: in so many, the fourth and the last Sunday part."""


@dataclass(frozen=True)
class Change:
    """The clock is set from one offset to another; `local` is what it shows just before."""

    local: datetime
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool


def component(zone: str, first: int) -> Timezone | None:
    """Return VTIMEZONE of `zone` for times from the year `first` on.

    None for a zone whose clock follows no yearly rule in the next years; its times are written in UTC.
    """
    info = ZoneInfo(zone)
    years = [changes(zone, year) for year in range(first - 1, first + YEARS)]
    found = Timezone()
    found.add("tzid", zone)
    if not any(years):
        found.add_component(_fixed(info, first - 1))
        return found
    if len({len(year) for year in years}) > 1:
        return None
    for column in zip(*years, strict=True):
        rule = _rule(column)
        if rule is None:
            return None
        found.add_component(_observance(column[0], rule))
    return found


@functools.lru_cache(maxsize=256)
def changes(zone: str, year: int) -> tuple[Change, ...]:
    """Return when the clock of `zone` is set in `year` of UTC, in order."""
    info = ZoneInfo(zone)
    moment, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    found = []
    while moment < end:
        following = moment + timedelta(days=1)
        if _offset(info, moment) != _offset(info, following):
            found.append(_change(info, moment))
        moment = following
    return tuple(found)


def _change(info: ZoneInfo, day: datetime) -> Change:
    """Return the change within 24 hours of `day`, to the minute."""
    minute = timedelta(minutes=1)
    low, high = 0, 24 * 60
    before = _offset(info, day)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(info, day + middle * minute) == before else (low, middle)
    local = (day + high * minute + before).replace(tzinfo=None)
    then = (day + high * minute).astimezone(info)
    return Change(local, before, _offset(info, then), then.tzname() or "", bool(then.dst()))


def _rule(column: tuple[Change, ...]) -> dict[str, object] | None:
    """Return the yearly rule that all these changes, one a year, follow."""
    alike = {
        (each.local.month, each.local.weekday(), each.local.time(), each.before, each.after)
        for each in column
    }
    weeks = set.intersection(*(_weeks(each.local) for each in column))
    if len(alike) > 1 or not weeks:
        return None
    month, weekday, *_ = alike.pop()
    return {"freq": "yearly", "bymonth": month, "byday": f"{max(weeks)}{DAYS[weekday]}"}


def _weeks(day: datetime) -> set[int]:
    """Return which weekday of its month a day is, from the front, and -1 for the last."""
    last = calendar.monthrange(day.year, day.month)[1]
    return {(day.day - 1) // 7 + 1} | ({-1} if day.day + 7 > last else set())


def _observance(change: Change, rule: dict[str, object] | None) -> TimezoneStandard | TimezoneDaylight:
    part = TimezoneDaylight() if change.is_summer else TimezoneStandard()
    part.add("dtstart", change.local)
    part.add("tzoffsetfrom", change.before)
    part.add("tzoffsetto", change.after)
    part.add("tzname", change.name)
    if rule:
        part.add("rrule", rule)
    return part


def _fixed(info: ZoneInfo, first: int) -> TimezoneStandard | TimezoneDaylight:
    start = datetime(first, 1, 1, tzinfo=info)
    offset = _offset(info, start)
    return _observance(Change(start.replace(tzinfo=None), offset, offset, start.tzname() or "", False), None)


def _offset(info: ZoneInfo, moment: datetime) -> timedelta:
    offset = moment.astimezone(info).utcoffset()
    assert offset is not None
    return offset
