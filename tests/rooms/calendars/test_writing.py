"""Any text round-trips, no line splits a character, equal events are equal bytes, and zones hold."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from expertpool.calendars import zones
from expertpool.calendars.event import CalendarEvent, of_plain
from expertpool.calendars.models import EntrySource, EntryState
from expertpool.calendars.writing import CONTROLS, Style, feed, file, message

MADE = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
STYLE = Style("en", "https://pool.example", "Asia/Shanghai")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)
ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Europe/Dublin"]


def event(**values):
    made = {
        "uid": "0123@expertpool.invalid",
        "source": EntrySource.SEAT,
        "state": EntryState.CONFIRMED,
        "starts": datetime(2026, 12, 3, 1, tzinfo=UTC),
        "ends": datetime(2026, 12, 3, 4, tzinfo=UTC),
        "place": "郑州",
        "title": "标准审查",
        "details": "标准处",
        "path": "/me/calendar",
        "sequence": 2,
        "created_at": MADE,
        "changed_at": MADE,
    }
    return CalendarEvent(**(made | values))


def kept(text):
    return CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


@given(title=TEXT, place=TEXT, details=TEXT, name=TEXT)
def test_any_text_round_trips_and_no_line_is_made_or_split_wrongly(title, place, details, name):
    written = feed([event(title=title, place=place, details=details)], name, STYLE)
    plain = feed([event(title="t", place="p", details="d")], "n", STYLE)
    calendar = Calendar.from_ical(written)
    (found,) = calendar.events
    assert str(found["SUMMARY"]) == kept(title)
    assert str(found.get("LOCATION", "")) == kept(place)
    url = "https://pool.example/me/calendar"
    assert str(found["DESCRIPTION"]) == kept("\n".join(filter(None, (details, url))))
    assert [said(written, each) for each in (b"NAME:", b"X-WR-CALNAME:")] == [kept(name)] * 2
    properties = [line.split(b":")[0].split(b";")[0] for line in unfolded(written)]
    expected = [line.split(b":")[0].split(b";")[0] for line in unfolded(plain)]
    assert properties == [line for line in expected if place or line != b"LOCATION"]


@given(title=TEXT, place=TEXT)
def test_lines_are_at_most_75_octets_of_whole_characters(title, place):
    written = message(event(title=title, place=place), "pool@office.example", "lan@example.org", STYLE)
    for line in written.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
        assert b"\n" not in line
        assert b"\r" not in line


@given(title=TEXT, details=TEXT, course=st.none() | TEXT)
def test_a_snapshot_keeps_an_event_whole(title, details, course):
    whole = event(title=title, details=details, course_zh=course)
    assert of_plain(whole.plain()) == whole


def said(content, name):
    """The value of a calendar's own property, read without the library: it keeps X- values escaped."""
    (line,) = [line for line in unfolded(content) if line.startswith(name)]
    value = line.removeprefix(name).decode()
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], value)


def unfolded(content):
    return content.replace(b"\r\n ", b"").split(b"\r\n")


def test_equal_events_are_equal_bytes():
    events = [event(), event(uid="4567@expertpool.invalid", state=EntryState.TENTATIVE)]
    assert feed(events, "x", STYLE) == feed([of_plain(each.plain()) for each in events], "x", STYLE)


def test_a_cancelled_event_is_marked_and_blocks_no_time():
    (found,) = Calendar.from_ical(file([event(state=EntryState.CANCELLED)], STYLE)).events
    assert (found["STATUS"], found["TRANSP"], found["SUMMARY"]) == (
        "CANCELLED",
        "TRANSPARENT",
        "Cancelled: 标准审查",
    )


def test_an_address_with_other_characters_is_quoted():
    (found,) = Calendar.from_ical(file([event(path="/courses/标准 1")], STYLE)).events
    assert found["URL"] == "https://pool.example/courses/%E6%A0%87%E5%87%86%201"


@pytest.mark.parametrize("zone", ZONES)
def test_times_hold_on_both_sides_of_each_change_of_the_clock(zone):
    events = [
        event(uid=f"{day}-{hour}@x", starts=start, ends=start + timedelta(hours=1))
        for day in range(0, 800, 3)
        for hour in (0, 12)
        for start in [datetime(2026, 1, 1, hour, tzinfo=UTC) + timedelta(days=day)]
    ]
    written = file(events, Style("en", "", zone))
    assert f"TZID={zone}".encode() in written
    assert b"RDATE" not in written
    calendar = Calendar.from_ical(written)
    assert [each["DTSTART"].dt.astimezone(UTC) for each in calendar.events] == [
        each.starts for each in events
    ]
    own = calendar.timezones[0].to_tz(lookup_tzid=False)
    for each in events:
        local = each.starts.astimezone(ZoneInfo(zone))
        assert own.utcoffset(local.replace(tzinfo=None, fold=0)) in {
            local.replace(fold=fold).utcoffset() for fold in (0, 1)
        }


@pytest.mark.parametrize("zone", ["Africa/Casablanca", "America/Nuuk", "UTC"])
def test_a_zone_without_a_yearly_rule_is_written_in_utc(zone):
    written = file([event()], Style("en", "", zone))
    assert b"DTSTART:20261203T010000Z" in written
    assert b"VTIMEZONE" not in written


def test_a_zone_begins_before_its_first_event():
    berlin = zones.component("Europe/Berlin", 2026).to_ical().decode()
    assert "DTSTART:20250330T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in berlin
    assert "DTSTART:20251026T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10" in berlin
