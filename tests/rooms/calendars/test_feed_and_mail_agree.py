"""What is done to panels and lessons reaches the same entry by mail and by feed, in the same order."""

import dataclasses
from datetime import timedelta

import pytest
from icalendar import Calendar

from expertpool import wiring
from expertpool.calendars import queries, writing
from expertpool.invitations import answering
from expertpool.invitations.declaring import Declaration
from expertpool.invitations.models import Channel
from expertpool.outbox.delivery import deliver
from expertpool.outbox.rendering import Renderer
from expertpool.panels import confirmation, moving
from expertpool.training import enrolling, lessons
from tests.builders.invitations import Invited, by_mail
from tests.builders.training import enrol, make_cohort, make_lesson, make_trainee

STYLE = writing.Style("zh_Hans", "https://pool.example", "Asia/Shanghai")
NOTHING = Declaration(False, "", False, "", None, False, "")


@pytest.fixture(autouse=True)
def wired():
    wiring.connect()


@pytest.fixture
def committed_work_is_undone(session):
    """Delivery commits: let its commits end savepoints only."""
    connection = session.get_bind().connect()
    outer = connection.begin()
    session.bind = connection
    session.join_transaction_mode = "create_savepoint"
    yield
    session.close()
    outer.rollback()
    connection.close()


@pytest.fixture
def arrived(session, committed_work_is_undone, now):
    """Send what waits; return the calendar files that one address got, in their order."""
    renderer = Renderer("https://pool.example", "Pool <pool@office.example>", "Asia/Shanghai")
    mails = []

    class Post:
        def send(self, mail):
            mails.append(mail)

    def arriving(address):
        deliver(session, Post(), renderer, clock=lambda: now + timedelta(days=1), limit=500)
        files = [
            part.get_payload(decode=True)
            for mail in mails
            if mail["To"] == address
            for part in mail.iter_attachments()
        ]
        return [Calendar.from_ical(file) for file in files]

    return arriving


def facts(event):
    return (
        str(event["UID"]),
        event["SEQUENCE"],
        str(event["STATUS"]),
        event["DTSTART"].dt,
        event["DTSTAMP"].dt,
    )


def feed_of(session, person, now):
    content = writing.feed(queries.of_person(session, person.id, now), "x", STYLE)
    return [facts(event) for event in Calendar.from_ical(content).events]


def test_a_trainees_lessons(session, arrived, actor, now):
    cohort, person = make_cohort(session), make_trainee(session)
    make_lesson(session, cohort, day=10)
    lesson = make_lesson(session, cohort, day=11)
    enrolment = enrol(session, cohort, person)
    later = {"starts": lesson.starts + timedelta(hours=4), "ends": lesson.ends + timedelta(hours=4)}
    changed = dataclasses.replace(lessons.facts_of(lesson), **later)
    lessons.change(session, lesson, changed, actor=actor, now=now + timedelta(minutes=1))
    lessons.cancel(session, lesson, "停电", actor=actor, now=now + timedelta(minutes=2))
    enrolling.cancel(session, enrolment, reason="出差", actor=actor, now=now + timedelta(minutes=3))
    calendars = arrived(person.addresses[0].address)
    assert [(str(each["METHOD"]), [event["SEQUENCE"] for event in each.events]) for each in calendars] == [
        ("PUBLISH", [0, 0]),
        ("REQUEST", [1]),
        ("CANCEL", [2]),
        ("PUBLISH", [1, 2]),
    ]
    assert len({str(event["UID"]) for each in calendars for event in each.events}) == 2
    assert [facts(event) for event in calendars[-1].events] == feed_of(session, person, now)
    assert {state for _uid, _sequence, state, *_ in feed_of(session, person, now)} == {"CANCELLED"}


def test_a_panel_that_is_accepted_moved_and_cancelled(session, arrived, now):
    invited = Invited(session)
    invitations = invited.invite()
    for each in invitations:
        answering.accept(session, each, NOTHING, by=Channel.MAIL, actor=by_mail(each), now=now)
    panel, person = invited.panel, invitations[0].person
    week = timedelta(days=7)
    moving.move(
        session,
        panel,
        panel.starts + week,
        panel.ends + week,
        place="洛阳",
        room=None,
        actor=invited.actor,
        now=now + timedelta(minutes=1),
    )
    session.flush()
    confirmation.cancel(session, panel, "会议延期举行", actor=invited.actor, now=now + timedelta(minutes=2))
    calendars = arrived(person.addresses[0].address)
    told = [(str(each["METHOD"]), facts(each.events[0])) for each in calendars]
    assert len({uid for _method, (uid, *_) in told}) == 1
    sequences = [sequence for _method, (_uid, sequence, *_) in told]
    assert sequences == sorted(sequences)
    assert [method for method, _facts in told][-2:] == ["REQUEST", "CANCEL"]
    assert told[-1][1] == feed_of(session, person, now)[0]
    assert told[-1][1][2:4] == ("CANCELLED", panel.starts)
