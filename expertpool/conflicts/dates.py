"""Calendar arithmetic of look-backs. Intervals have inclusive ends; None is unknown."""

from __future__ import annotations

import calendar
from datetime import date

from expertpool.conflicts.policy import Treatment


def months_before(on: date, months: int) -> date:
    """Return the day `months` calendar months before `on`, or that month's last day if it has no such day."""
    count = on.year * 12 + on.month - 1 - months
    if count < 12:
        return date.min
    year, month = divmod(count, 12)
    return date(year, month + 1, min(on.day, calendar.monthrange(year, month + 1)[1]))


def lasts(since: date | None, until: date | None, on: date) -> bool:
    """Tell whether `on` lies within the interval; an unknown end is still to come."""
    return (since is None or since <= on) and (until is None or until >= on)


class LookBack:
    """How far back one rule looks from the meeting on the day `on`."""

    __slots__ = ("earliest", "on", "undated_expire")

    def __init__(self, treatment: Treatment, on: date, *, undated_expire: bool = False) -> None:
        self.on = on
        self.earliest = date.min if treatment.never_expires else months_before(on, treatment.within_months)
        self.undated_expire = undated_expire and treatment.within_months > 0

    def reaches(self, since: date | None, until: date | None) -> bool:
        """Tell whether a fact of this interval still counts; one that begins after the meeting does not."""
        if since is not None and since > self.on:
            return False
        if until is None and self.undated_expire:
            until = since or date.min
        return until is None or until >= self.earliest
