"""The calendar part of mails: as mail programs look for it, and never another recipient or header."""

import email
import email.policy
from datetime import timedelta

import pytest
from icalendar import Calendar

from expertpool.calendars import lessons, mail, seats
from expertpool.calendars.models import EntrySource, EntryState
from expertpool.outbox.rendering import Letter, Renderer, attach
from expertpool.outbox.service import enqueue
from expertpool.panels.models import SeatState
from tests.builders.calendars import entries_of, make_cohort, make_enrolment, make_panel, make_seat
from tests.builders.people import make_person

KIND = "test-calendar"
LETTER = Letter(
    "lan@example.org", "en", "https://pool.example", "Pool <pool@office.example>", "Asia/Shanghai"
)


@pytest.fixture
def renderer(tmp_path):
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / f"{KIND}.txt").write_text("Invitation\n\nPlease come.\n")
    (folder / f"{KIND}.html").write_text("<p>Please come.</p>")
    attach(KIND, mail.part)
    return Renderer("https://pool.example", "Pool <pool@office.example>", "Asia/Shanghai", tmp_path)


@pytest.fixture
def rendered(session, renderer, now):
    """Render a mail with these events as it arrives."""

    def rendering(snapshot, locale="en"):
        message = enqueue(
            session,
            kind=KIND,
            to="lan@example.org",
            locale=locale,
            snapshot={mail.KEY: snapshot},
            dedupe_key="k",
            now=now,
        )
        return email.message_from_bytes(renderer(message).as_bytes(), policy=email.policy.default)

    return rendering


@pytest.fixture
def seated(session, now):
    panel, person = make_panel(session), make_person(session)
    seat = make_seat(session, panel, person)
    seats.follow_panels(session, [panel.id], now=now)
    return panel, person, seat


def event_in(part):
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    (event,) = calendar.events
    return calendar, event


def test_an_invitation_is_a_form_of_the_text_and_a_file(session, seated, rendered):
    _panel, person, seat = seated
    arrived = rendered(mail.snapshot(session, EntrySource.SEAT, [seat.id], person.id))
    assert [part.get_content_type() for part in arrived.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    *_, inline, file = arrived.walk()
    assert (inline.get_param("method"), inline.get_content_charset()) == ("REQUEST", "utf-8")
    assert inline.get_content_disposition() is None
    assert (file.get_filename(), file.get_content_disposition()) == ("invite.ics", "attachment")
    assert inline.get_payload(decode=True) == file.get_payload(decode=True)
    assert b"\r\n" in inline.get_payload(decode=True)


def test_it_asks_the_recipient_alone_and_names_the_feeds_uid_and_sequence(session, seated, rendered, now):
    panel, person, seat = seated
    (entry,) = entries_of(session, person)
    calendar, event = event_in(
        [*rendered(mail.snapshot(session, EntrySource.SEAT, [seat.id], person.id)).walk()][-1]
    )
    assert calendar["METHOD"] == "REQUEST"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (entry.uid, 0, "TENTATIVE")
    assert event["ORGANIZER"] == "mailto:pool@office.example"
    assert event["ATTENDEE"] == "mailto:lan@example.org"
    assert dict(event["ATTENDEE"].params) == {"PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"}
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == now
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (panel.starts, panel.ends)
    assert "does not reach us" in event["DESCRIPTION"]


@pytest.mark.parametrize(
    ("state", "method", "sequence"), [(SeatState.ACCEPTED, "REQUEST", 1), (SeatState.WITHDRAWN, "CANCEL", 1)]
)
def test_acceptance_and_cancellation_are_of_the_same_entry(
    session, seated, rendered, now, state, method, sequence
):
    panel, person, seat = seated
    (uid,) = [entry.uid for entry in entries_of(session, person)]
    seat.state = state
    seats.follow_panels(session, [panel.id], now=now + timedelta(minutes=1))
    *_, inline, _file = rendered(mail.snapshot(session, EntrySource.SEAT, [seat.id], person.id)).walk()
    calendar, event = event_in(inline)
    assert (inline.get_param("method"), calendar["METHOD"]) == (method, method)
    assert (event["UID"], event["SEQUENCE"]) == (uid, sequence)


def test_a_mail_tells_what_was_true_when_it_was_written(session, seated, now):
    panel, person, seat = seated
    before = mail.snapshot(session, EntrySource.SEAT, [seat.id], person.id)
    panel.place = "洛阳"
    seats.follow_panels(session, [panel.id], now=now)
    assert [each["place"] for each in before["events"]] == ["郑州"]


def test_the_lessons_of_a_cohort_go_as_one_file(session, rendered, now):
    cohort, person, other = make_cohort(session), make_person(session), make_person(session, "何霁")
    make_enrolment(session, cohort, person)
    make_enrolment(session, cohort, other)
    lessons.follow_cohort(session, cohort.id, now=now)
    entries = entries_of(session, person)
    entries[0].state = EntryState.CANCELLED
    ids = [lesson.id for lesson in cohort.lessons]
    arrived = rendered(mail.snapshot(session, EntrySource.STUDY, ids, person.id), "zh_Hans")
    (file,) = arrived.iter_attachments()
    assert (file.get_content_type(), file.get_param("method"), file.get_filename()) == (
        "text/calendar",
        "PUBLISH",
        "calendar.ics",
    )
    calendar = Calendar.from_ical(file.get_payload(decode=True))
    assert [(event["UID"], event["SUMMARY"], event["STATUS"]) for event in calendar.events] == [
        (entries[0].uid, "已取消：标准编写：第 1 讲", "CANCELLED"),
        (entries[1].uid, "标准编写：第 2 讲", "CONFIRMED"),
    ]


def test_nothing_booked_adds_nothing(session, rendered):
    person = make_person(session)
    assert mail.snapshot(session, EntrySource.SEAT, [1], person.id) is None
    arrived = rendered(None)
    assert arrived.get_content_type() == "multipart/alternative"
    assert mail.part({}, LETTER) == []


@pytest.mark.parametrize(
    "text",
    [
        "a\r\nATTENDEE:mailto:victim@example.org\r\nBEGIN:VALARM",
        'quotes " and \\ backslashes; commas, colons: 😀👩‍🔬 标准\u2028分隔\x85行\x0b垂直',
        "\nEND:VEVENT\nEND:VCALENDAR\n",
    ],
)
def test_no_text_makes_a_line_of_its_own(session, seated, rendered, now, text):
    panel, person, seat = seated
    panel.title = panel.place = text
    seats.follow_panels(session, [panel.id], now=now)
    arrived = rendered(mail.snapshot(session, EntrySource.SEAT, [seat.id], person.id))
    calendar, event = event_in([*arrived.walk()][-1])
    kept = text.replace("\r\n", "\n").replace("\x0b", "")
    assert event["SUMMARY"] == f"Please answer: {kept}"
    assert event["LOCATION"] == kept
    assert event["ATTENDEE"] == "mailto:lan@example.org"
    assert [part.name for part in calendar.walk()] == ["VCALENDAR", "VTIMEZONE", "STANDARD", "VEVENT"]
    assert arrived["To"] == "lan@example.org"
