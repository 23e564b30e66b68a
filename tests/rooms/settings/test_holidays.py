from datetime import date

import pytest
import sqlalchemy as sa

from expertpool.errors import Invalid
from expertpool.settings.holidays import between, remove_day, seed, set_day, working_days
from expertpool.settings.models import DayKind, Holiday


def test_a_year_is_seeded_once_with_its_holidays_and_make_up_workdays(session, actor, now):
    assert seed(session, 2026, actor=actor, now=now) == 28
    assert seed(session, 2026, actor=actor, now=now) == 0
    days = {holiday.day: holiday for holiday in between(session, date(2026, 1, 1), date(2026, 1, 4))}
    assert {day: holiday.kind for day, holiday in days.items()} == {
        date(2026, 1, 1): DayKind.HOLIDAY,
        date(2026, 1, 2): DayKind.HOLIDAY,
        date(2026, 1, 4): DayKind.WORKDAY,
    }
    new_year = days[date(2026, 1, 1)]
    assert (new_year.name, new_year.name_en, new_year.provisional) == ("元旦", "New Year's Day", False)


def test_working_days_know_holidays_and_make_up_days(session, actor, now):
    seed(session, 2026, actor=actor, now=now)
    worked = working_days(session, date(2026, 9, 30), date(2026, 10, 10))
    assert [day.day for day in worked] == [30, 8, 9, 10]


def test_a_year_without_announced_make_up_days_is_provisional(session, actor, now):
    seed(session, 2028, actor=actor, now=now)
    assert {holiday.provisional for holiday in session.scalars(sa.select(Holiday))} == {True}


def test_provisional_days_give_way_once_the_year_is_announced_but_the_offices_own_stay(session, actor, now):
    session.add(Holiday(day=date(2026, 3, 3), name="猜测", provisional=True))
    set_day(session, date(2026, 3, 4), DayKind.HOLIDAY, "本单位", actor=actor, now=now)
    seed(session, 2026, actor=actor, now=now)
    assert [holiday.name for holiday in between(session, date(2026, 3, 1), date(2026, 3, 31))] == ["本单位"]


def test_the_office_changes_and_removes_a_day(session, actor, now):
    day = date(2026, 12, 24)
    set_day(session, day, DayKind.WORKDAY, "调休", actor=actor, now=now)
    holiday = set_day(session, day, DayKind.HOLIDAY, " 馆休 ", "Closed", actor=actor, now=now)
    assert (holiday.kind, holiday.name, holiday.name_en) == (DayKind.HOLIDAY, "馆休", "Closed")
    assert working_days(session, day, day) == []
    remove_day(session, holiday, actor=actor, now=now)
    assert working_days(session, day, day) == [day]


def test_a_day_needs_a_name(session, actor, now):
    with pytest.raises(Invalid) as error:
        set_day(session, date(2026, 12, 24), DayKind.HOLIDAY, " ", actor=actor, now=now)
    assert error.value.field == "name"
