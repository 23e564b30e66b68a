"""Feeds and mails read alike in the programs that people use: same instances, titles, places and states."""

from datetime import UTC, datetime, timedelta

import pytest

from expertpool.calendars import words, writing
from expertpool.calendars.event import CalendarEvent
from expertpool.calendars.models import EntrySource, EntryState

MADE = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
ZONES = ["Asia/Shanghai", "Europe/Berlin", "Australia/Sydney", "America/Nuuk"]
"""China; two zones whose clocks change, north and south; one without a yearly rule, written in UTC."""
TITLES = [
    "《角接触球轴承》企业标准审查",
    'Quotes " and \\ backslashes; commas, colons: and 😀👩‍🔬',
    "标准" * 60,
    "BEGIN:VEVENT",
]
STATES = [EntryState.CONFIRMED, EntryState.TENTATIVE, EntryState.CANCELLED]


def event(number, **values):
    starts = datetime(2026, 1, 20, 6, 30, tzinfo=UTC) + timedelta(days=9 * number)
    made = {
        "uid": f"{number:032x}@expertpool.invalid",
        "source": EntrySource.SEAT,
        "state": STATES[number % len(STATES)],
        "starts": starts,
        "ends": starts + timedelta(hours=3),
        "place": ["第一会议室，花园路 8 号", "", "Room 1; floor 2, left"][number % 3],
        "title": TITLES[number % len(TITLES)],
        "details": "标准处\nPS-0001",
        "path": "/me/calendar",
        "sequence": number % 4,
        "created_at": MADE,
        "changed_at": MADE + timedelta(hours=number),
    }
    return CalendarEvent(**(made | values))


YEARS = [event(number) for number in range(60)]
"""Every ninth day of a year and a half, on both sides of each change of the clock."""
LESSON = event(
    60, source=EntrySource.STUDY, title="第 1 讲", course_zh="标准编写", course_en="Writing standards"
)


def expected(events, locale):
    return [
        {
            "uid": each.uid,
            "starts": int(each.starts.timestamp()),
            "ends": int(each.ends.timestamp()),
            "title": words.title(each, locale),
            "place": each.place,
            "status": each.state.upper(),
            "sequence": each.sequence,
        }
        for each in events
    ]


def told(name, found):
    """What a program tells of events, in the order of time."""
    unknown = ("uid", "sequence") if name == "khal" else ()
    ordered = sorted(found, key=lambda each: (each["starts"], each["title"]))
    return [{field: each[field] for field in each if field not in unknown} for each in ordered]


@pytest.mark.parametrize("zone", ZONES)
def test_a_feed_reads_alike(program, tmp_path, zone):
    name, read = program
    style = writing.Style("zh_Hans", "https://pool.example", zone)
    file = tmp_path / "feed.ics"
    file.write_bytes(writing.feed([*YEARS, LESSON], "我的评审与课程", style))
    assert told(name, read(file)) == told(name, expected([*YEARS, LESSON], "zh_Hans"))


def test_moves_and_cancellations_by_mail_are_of_the_event_in_the_feed(mail_program, tmp_path):
    name, read = mail_program
    style = writing.Style("en", "https://pool.example", "Europe/Berlin")
    asked = event(0, state=EntryState.TENTATIVE)
    later = {"starts": asked.starts + timedelta(days=70), "ends": asked.ends + timedelta(days=70)}
    moved = event(0, **later, place="洛阳", sequence=1)
    cancelled = event(0, **later, place="洛阳", sequence=2, state=EntryState.CANCELLED)
    for each in (asked, moved, cancelled):
        feed, mail = tmp_path / f"feed{each.sequence}.ics", tmp_path / f"mail{each.sequence}.ics"
        feed.write_bytes(writing.feed([each], "x", style))
        mail.write_bytes(writing.message(each, "pool@office.example", "lan@example.org", style))
        assert told(name, read(feed)) == told(name, read(mail)) == told(name, expected([each], "en"))
