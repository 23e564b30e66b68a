"""One's own agenda, the private address and what it serves."""

import logging
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.calendars import lessons, seats
from expertpool.calendars.models import CalendarEntry, EntryState, Feed
from expertpool.panels.models import SeatState
from tests.builders.calendars import (
    make_cohort,
    make_enrolment,
    make_lesson,
    make_panel,
    make_seat,
)
from tests.builders.people import make_person
from tests.conftest import NOW
from tests.web.counting import statements_of

LINK = re.compile(r"http://localhost:\d+(/calendar/[\w-]+\.ics)")


@pytest.fixture
def expert(as_role):
    return as_role("expert")


@pytest.fixture
def myself(database, expert):
    person = make_person(database, "何霁", user_id=expert.user_id)
    panel = make_panel(database, title="轴承标准审查")
    make_seat(database, panel, person, SeatState.ACCEPTED)
    other = make_panel(database, title="别人的评审")
    make_seat(database, other, make_person(database, "陆文澜"), SeatState.ACCEPTED)
    seats.follow_panels(database, [panel.id, other.id], now=NOW)
    database.commit()
    return person


def entry_of(database, title):
    return database.scalar(sa.select(CalendarEntry).where(CalendarEntry.title == title))


def made_address(client):
    page = client.post("/me/calendar/address")
    assert page.headers["Cache-Control"] == "no-store"
    return LINK.search(page.text).group(1)


def test_the_agenda_shows_own_panels_and_lessons_of_the_month(expert, database, myself):
    cohort = make_cohort(database, lessons=2)
    make_lesson(database, cohort, 8, title="明年的课")
    make_enrolment(database, cohort, myself)
    lessons.follow_cohort(database, cohort.id, now=NOW)
    page = expert.get("/me/calendar?month=2026-12").text
    assert re.findall(r"<p>([^<]+) <span class=\"ep-state", page) == [
        "轴承标准审查",
        "Writing standards: 第 1 讲",
        "Writing standards: 第 2 讲",
    ]
    assert "别人的评审" not in page
    assert "明年的课" in expert.get("/me/calendar?month=2027-01").text


def test_an_empty_month_leads_to_the_next_that_is_not(expert, myself):
    page = expert.get("/me/calendar?month=2026-05").text
    assert "What comes next is in December 2026." in page
    assert "/me/calendar?month=2026-12" in page


@pytest.mark.parametrize("month", ["", "x", "2026-13", "99999-01", "0001-01", "2026-12-01"])
def test_a_wrong_month_is_none(expert, myself, month):
    assert expert.get(f"/me/calendar?month={month}").status_code == 200


def test_an_entry_on_a_holiday_says_so(expert, database, myself):
    entry = entry_of(database, "轴承标准审查")
    entry.starts, entry.ends = entry.starts + timedelta(days=2), entry.ends + timedelta(days=2)
    assert "2026-12-05 is a weekend day." in expert.get("/me/calendar?month=2026-12").text


def test_only_what_waits_for_an_answer_leads_to_the_invitations(expert, database, myself):
    assert "Answer my invitations" not in expert.get("/me/calendar?month=2026-12").text
    entry_of(database, "轴承标准审查").state = EntryState.TENTATIVE
    assert expert.get("/me/calendar?month=2026-12").text.count("Answer my invitations") == 1


def test_an_account_without_a_record_says_whom_to_ask(as_role, myself):
    page = as_role("trainee").get("/me/calendar")
    assert (page.status_code, "Ask the office" in page.text) == (200, True)
    assert as_role("trainee").get("/me/calendar/address").status_code == 404


def test_a_single_entry_is_a_file_and_nobody_elses_is(expert, database, myself):
    mine, other = entry_of(database, "轴承标准审查"), entry_of(database, "别人的评审")
    answer = expert.get(f"/me/calendar/{mine.id}.ics")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="entry-{mine.id}.ics"'
    assert re.findall(r"UID:(\S+)", answer.text) == [mine.uid]
    assert expert.get(f"/me/calendar/{other.id}.ics").status_code == 404
    assert re.findall(r"UID:(\S+)", expert.get("/me/calendar/all.ics").text) == [mine.uid]


def test_the_private_address_needs_no_session_and_shows_only_own_entries(app, expert, database, myself):
    path = made_address(expert)
    answer = app.test_client().get(path)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in answer.headers
    assert re.findall(r"UID:(\S+)", answer.text) == [entry_of(database, "轴承标准审查").uid]


def test_who_asks_again_gets_304_until_something_changes(app, expert, database, myself):
    client, path = app.test_client(), made_address(expert)
    first = client.get(path, headers={"Accept-Encoding": "gzip"})
    again = {"If-None-Match": first.headers["ETag"], "Accept-Encoding": "gzip"}
    unchanged = client.get(path, headers=again)
    assert (unchanged.status_code, unchanged.data, unchanged.headers["ETag"]) == (
        304,
        b"",
        first.headers["ETag"],
    )
    head = client.head(path)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", first.headers["ETag"])
    entry_of(database, "轴承标准审查").place = "洛阳"
    assert client.get(path, headers=again).status_code == 200


def test_every_way_to_subscribe_says_whether_it_was_tried(expert, myself):
    page = expert.get("/me/calendar/address").text
    marks = re.findall(r"<h3>([^<]+) <span class=\"ep-state is-(\w+)\">([^<]+)</span></h3>", page)
    assert [(name.split(",")[0], mark, words) for name, mark, words in marks] == [
        ("Thunderbird", "passed", "tested"),
        *((name, "expired", "not tried") for name in ("iPhone", "Mac", "Outlook", "Google Calendar")),
        *((name, "expired", "not tried") for name in ("WeCom", "Huawei and Xiaomi phones")),
    ]
    assert [
        name for name in ("icalendar", "ical.js", "node-ical", "libical", "khal") if name not in page
    ] == []


def test_a_replaced_or_revoked_address_is_gone(app, expert, database, myself):
    client = app.test_client()
    first = made_address(expert)
    second = made_address(expert)
    assert [client.get(path).status_code for path in (first, second)] == [404, 200]
    expert.post("/me/calendar/address/revoke")
    assert client.get(second).status_code == 404
    expert.post("/me/calendar/address/revoke")
    facts = database.execute(
        sa.select(AuditEntry.event, AuditEntry.facts).where(AuditEntry.event.like("person.calendar%"))
    ).all()
    assert [(event, told.get("replaced")) for event, told in facts] == [
        ("person.calendar-address-made", False),
        ("person.calendar-address-made", True),
        ("person.calendar-address-revoked", None),
    ]


def test_the_address_of_a_closed_account_is_gone(app, expert, database, myself):
    path = made_address(expert)
    database.execute(sa.text("UPDATE users SET active = false"))
    assert app.test_client().get(path).status_code == 404


def test_the_token_is_kept_nowhere(app, expert, database, myself, capsys, caplog):
    caplog.set_level(logging.DEBUG)
    path = made_address(expert)
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    app.test_client().get(path)
    app.test_client().get(path[:-5] + "x.ics")
    printed = "".join(capsys.readouterr()) + caplog.text
    assert printed.count("/calendar/<token>.ics") == 2
    assert token[:12] not in printed
    assert token not in str(database.execute(sa.select(Feed.__table__)).all())
    assert token not in str(database.execute(sa.select(AuditEntry.__table__)).all())
    assert token[:12] not in expert.get("/me/calendar/address").text
    assert token[:12] not in app.test_client().get("/metrics").text


def test_fetching_writes_nothing(app, expert, database, myself):
    path = made_address(expert)
    before = rows(database)
    for method in ("GET", "HEAD"):
        for each in (path, "/calendar/wrong.ics", "/courses/none/calendar.ics"):
            app.test_client().open(each, method=method)
        for each in ("/me/calendar", "/me/calendar/address", "/me/calendar/all.ics"):
            assert expert.open(each, method=method).status_code == 200
    assert rows(database) == before


def rows(database):
    tables = sa.inspect(database.get_bind()).get_table_names()
    return {name: database.execute(sa.text(f'SELECT * FROM "{name}"')).all() for name in tables}


def test_many_entries_take_no_more_statements(app, expert, database, myself):
    def page():
        return expert.get("/me/calendar?month=2026-12")

    path = made_address(expert)
    one = statements_of(app, page), statements_of(app, lambda: app.test_client().get(path))
    cohort = make_cohort(database, lessons=3)
    make_enrolment(database, cohort, myself)
    for _ in range(20):
        make_seat(database, panel := make_panel(database), myself, SeatState.ACCEPTED)
        seats.follow_panels(database, [panel.id], now=NOW)
    lessons.follow_cohort(database, cohort.id, now=NOW)
    database.commit()
    many = statements_of(app, page), statements_of(app, lambda: app.test_client().get(path))
    assert many == one
    assert page().text.count("<li>\n      <time") == 24


def test_a_courses_public_calendar_tells_no_person_and_not_how_to_join(app, database, myself):
    cohort = make_cohort(database, lessons=1)
    make_enrolment(database, cohort, myself)
    lessons.follow_cohort(database, cohort.id, now=NOW)
    database.commit()
    client, path = app.test_client(), f"/courses/{cohort.course.number}/calendar.ics"
    answer = client.get(path)
    assert re.findall(r"SUMMARY:(.+)\r", answer.text) == ["Writing standards: 第 1 讲"]
    assert re.findall(r"SUMMARY:(.+)\r", client.get(f"{path}?language=zh_Hans").text) == ["标准编写：第 1 讲"]
    assert "secret" not in answer.text
    assert "何霁" not in answer.text
    assert answer.headers["Cache-Control"] == "public, max-age=900"
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_a_draft_course_has_no_public_calendar(app, database):
    cohort = make_cohort(database)
    cohort.course.state = "draft"
    database.commit()
    assert app.test_client().get(f"/courses/{cohort.course.number}/calendar.ics").status_code == 404
