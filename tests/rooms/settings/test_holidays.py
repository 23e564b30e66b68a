from datetime import date

import pytest
import sqlalchemy as sa

from expertpool.errors import Invalid
from expertpool.settings.holidays import between, remove_day, seed, set_day, warning, warnings, working_days
from expertpool.settings.models import DayKind, Holiday
from expertpool.translations import gettext_of


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


@pytest.mark.parametrize(
    ("day", "english", "chinese"),
    [
        (
            date(2026, 10, 1),
            "2026-10-01 is a public holiday (National Day).",
            "2026-10-01 是节假日（国庆节）。",
        ),
        (
            date(2026, 10, 10),
            "2026-10-10 is a weekend day that is worked (Make-up workday).",
            "2026-10-10 是周末，但要上班（调休上班）。",
        ),
        (date(2026, 10, 11), "2026-10-11 is a weekend day.", "2026-10-11 是周末。"),
        (date(2026, 10, 12), None, None),
        (date(2026, 12, 25), "2026-12-25 is a public holiday (馆休).", "2026-12-25 是节假日（馆休）。"),
        (
            date(2028, 10, 1),
            "2028-10-01 should be a public holiday (National Day); the days are not announced yet.",
            "2028-10-01 应是节假日（国庆节）；当年放假安排尚未公布。",
        ),
    ],
)
def test_a_day_that_does_not_suit_a_meeting_warns(session, actor, now, day, english, chinese):
    for year in (2026, 2028):
        seed(session, year, actor=actor, now=now)
    set_day(session, date(2026, 12, 25), DayKind.HOLIDAY, "馆休", actor=actor, now=now)
    found = warning(session, day)
    assert (found and str(found), found and found.translated(gettext_of("zh_Hans"))) == (english, chinese)


def test_warnings_of_several_days_leave_out_the_usual_ones(session, actor, now):
    seed(session, 2026, actor=actor, now=now)
    days = [date(2026, 10, number) for number in (1, 9, 11)]
    assert list(warnings(session, days)) == [days[0], days[2]]
