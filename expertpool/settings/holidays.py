"""Holidays and make-up workdays of China: seeded from a library, edited by the office."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid, Sentence
from expertpool.events import Actor
from expertpool.settings.events import HolidayRemoved, HolidaySet, HolidaysSeeded
from expertpool.settings.models import DayKind, Holiday

SATURDAY = 5
NAME = N_("%(name).0s%(name_en)s")
"""A holiday's name: each language writes one of the two, and the other to a length of nothing."""


def between(session: Session, first: date, last: date) -> list[Holiday]:
    """Return the days of a span (both ends included) that are not what their weekday says."""
    query = sa.select(Holiday).where(Holiday.day.between(first, last)).order_by(Holiday.day)
    return list(session.scalars(query))


def working_days(session: Session, first: date, last: date) -> list[date]:
    """Return the days that are worked, from `first` to `last`, both included."""
    special = {holiday.day: holiday.kind for holiday in between(session, first, last)}
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if _is_worked(day, special.get(day))]


def warning(session: Session, day: date) -> Sentence | None:
    """Return what speaks against meeting on a day: a holiday, a weekend, or a weekend that is worked."""
    return warnings(session, [day]).get(day)


def warnings(session: Session, days: Collection[date]) -> dict[date, Sentence]:
    """Return the warnings of several days; working days like any other are left out."""
    special = {each.day: each for each in session.scalars(sa.select(Holiday).where(Holiday.day.in_(days)))}
    found = {day: _warning(day, special.get(day)) for day in days}
    return {day: sentence for day, sentence in found.items() if sentence}


def set_day(
    session: Session,
    day: date,
    kind: DayKind,
    name: str,
    name_en: str = "",
    *,
    actor: Actor,
    now: datetime,
) -> Holiday:
    """Declare a day a holiday or a workday; what the office says is not provisional."""
    if not name.strip():
        raise Invalid(N_("Give the day a name."), field="name")
    holiday = session.scalar(sa.select(Holiday).where(Holiday.day == day)) or Holiday(day=day)
    holiday.kind, holiday.provisional = kind, False
    holiday.name, holiday.name_en = name.strip(), name_en.strip()
    session.add(holiday)
    session.flush()
    record(session, HolidaySet(holiday.id, day=day, kind=kind, called=holiday.name), actor=actor, now=now)
    return holiday


def remove_day(session: Session, holiday: Holiday, *, actor: Actor, now: datetime) -> None:
    """Let a day be what its weekday says."""
    session.delete(holiday)
    record(session, HolidayRemoved(holiday.id, day=holiday.day, called=holiday.name), actor=actor, now=now)
    session.flush()


def seed(session: Session, year: int, *, actor: Actor, now: datetime) -> int:
    """Add the days of `year` that the library knows and the table lacks; return how many.

    A year is provisional until its make-up workdays, which are announced the November before, are
    known; then its provisional days give way.
    """
    found = _of_library(year)
    of_year = Holiday.day.between(date(year, 1, 1), date(year, 12, 31))
    if not any(day.provisional for day in found):
        session.execute(sa.delete(Holiday).where(of_year, Holiday.provisional))
    known = set(session.scalars(sa.select(Holiday.day).where(of_year)))
    days = [day for day in found if day.day not in known]
    session.add_all(days)
    if days:
        record(session, HolidaysSeeded(year, days=len(days)), actor=actor, now=now)
    session.flush()
    return len(days)


def _of_library(year: int) -> list[Holiday]:
    import holidays  # the library takes 0.2 s to load; pages never need it

    chinese = holidays.country_holidays("CN", years=year, language="zh_CN")
    english = holidays.country_holidays("CN", years=year, language="en_US")
    workdays = {day for day in chinese.weekend_workdays if day.year == year}
    provisional = not workdays
    named = [(day, DayKind.WORKDAY, "调休上班", "Make-up workday") for day in workdays]
    named += [(day, DayKind.HOLIDAY, name, english.get(day, "")) for day, name in chinese.items()]
    return [
        Holiday(day=day, kind=kind, name=zh[:80], name_en=en[:80], provisional=provisional)
        for day, kind, zh, en in sorted(named)
    ]


def _is_worked(day: date, kind: DayKind | None) -> bool:
    return kind is DayKind.WORKDAY if kind else day.weekday() < SATURDAY


def _warning(day: date, special: Holiday | None) -> Sentence | None:
    if special is None:
        weekend = Sentence(N_("%(day)s is a weekend day."), {"day": day.isoformat()})
        return weekend if day.weekday() >= SATURDAY else None
    name = Sentence(NAME, {"name": special.name, "name_en": special.name_en or special.name})
    message = N_("%(day)s is a public holiday (%(name)s).")
    if special.kind is DayKind.WORKDAY:
        message = N_("%(day)s is a weekend day that is worked (%(name)s).")
    elif special.provisional:
        message = N_("%(day)s should be a public holiday (%(name)s); the days are not announced yet.")
    return Sentence(message, {"day": day.isoformat(), "name": name})
