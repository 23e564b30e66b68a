"""Candidate dates on holidays and weekends are marked where they are typed, and before a proposal."""

from datetime import UTC, datetime

import pytest

from expertpool.panels import request
from expertpool.settings import holidays
from expertpool.settings.models import DayKind
from tests.builders.panels import Scene
from tests.conftest import NOW
from tests.web.counting import statements_of


@pytest.fixture
def organiser(as_role):
    return as_role("organiser")


@pytest.fixture
def panel(database, actor):
    holidays.seed(database, 2026, actor=actor, now=NOW)
    made = Scene(database, people=0).panel()
    starts = [datetime(2026, 12, day, 1, tzinfo=UTC) for day in (3, 5)] + [
        datetime(2027, 1, 3, 1, tzinfo=UTC)
    ]
    slots = [request.Slot(start, start.replace(hour=4)) for start in starts]
    request.set_terms(database, made, preset=made.preset, rules={}, slots=slots, actor=actor, now=NOW)
    holidays.set_day(database, starts[2].date(), DayKind.HOLIDAY, "元旦", "New Year", actor=actor, now=NOW)
    database.commit()
    return made


@pytest.mark.parametrize("page", ["request/terms", "proposals"])
def test_only_the_dates_that_do_not_suit_are_marked(organiser, panel, page):
    text = organiser.get(f"/panels/{panel.id}/{page}").text
    assert "2026-12-05 is a weekend day." in text
    assert "2027-01-03 is a public holiday (New Year)." in text
    assert "2026-12-03 is" not in text


def test_a_typed_date_is_marked_and_may_be_kept(organiser, panel):
    typed = {"preset": panel.preset_id, "odd": "", "date": "2026-12-06", "from": "09:00", "to": "12:00"}
    page = organiser.post(f"/panels/{panel.id}/request/terms", data=typed | {"do": "more"})
    assert "2026-12-06 is a weekend day." in page.text
    assert organiser.post(f"/panels/{panel.id}/request/terms", data=typed).status_code == 302


def test_many_dates_take_no_more_statements(app, organiser, panel, database, actor):
    def page():
        return organiser.get(f"/panels/{panel.id}/proposals")

    with_three = statements_of(app, page)
    starts = [datetime(2026, 12, day, 1, tzinfo=UTC) for day in range(1, 15)]
    slots = [request.Slot(start, start.replace(hour=4)) for start in starts]
    request.set_terms(database, panel, preset=panel.preset, rules={}, slots=slots, actor=actor, now=NOW)
    assert statements_of(app, page) == with_three
