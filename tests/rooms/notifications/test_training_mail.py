"""What trainees and teachers are told by mail: once, in their language, in order, with their calendar."""

import pytest
import sqlalchemy as sa

from expertpool import wiring
from expertpool.events import Actor
from expertpool.outbox.models import Message
from expertpool.outbox.rendering import Renderer
from expertpool.outbox.service import snapshot_of
from expertpool.training import certificates, cohorts, completing, enrolling, lessons, links
from expertpool.training.models import Certificate, CertificateState
from tests.builders.access import make_user
from tests.builders.training import (
    DAY,
    HOUR,
    enrol,
    make_cohort,
    make_course,
    make_lesson,
    make_room,
    make_teacher,
    make_trainee,
)

wiring.connect()
RENDER = Renderer("https://pool.example.org", "Pool <pool@example.org>", "Asia/Shanghai")


def told(session, person):
    """The mails to a person, oldest first."""
    address = person.addresses[0].address
    query = sa.select(Message).where(Message.recipient == address, Message.kind.startswith("training/"))
    return session.scalars(query.order_by(Message.id)).all()


def kinds(session, person):
    return [message.kind.removeprefix("training/") for message in told(session, person)]


def text(message):
    mail = RENDER(message)
    return f"{mail['Subject']}\n{mail.get_body(('plain',)).get_content()}"


def methods(message):
    """The iTIP methods of the calendar parts of a mail."""
    parts = [part for part in RENDER(message).walk() if part.get_content_type() == "text/calendar"]
    return [part.get_param("method") for part in parts]


@pytest.fixture
def cohort(session):
    return make_cohort(session, capacity=1, title="春季班")


def test_a_trainee_is_told_of_their_place_with_lessons_and_calendar(session, cohort):
    room = make_room(session, cohort.course.owner, "201")
    make_lesson(session, cohort, title="第一讲", room_id=room.id)
    mine = enrol(session, cohort)
    (message,) = told(session, mine.person)
    written = text(message)
    for part in (f"标准编写基础 (春季班)（{cohort.number}）", "第一讲", "2026-12-02", "10:00", "地点：201"):
        assert part in written
    assert methods(message) == ["REQUEST"]
    assert message.thread == f"person-{mine.person_id}"


def test_who_waits_is_told_the_position_then_the_offer_with_a_link_that_leads_there(
    session, cohort, actor, now
):
    first, second = enrol(session, cohort), enrol(session, cohort)
    enrolling.cancel(session, first, actor=actor, now=now)
    queued, offered = told(session, second.person)
    assert "第 1 位" in text(queued)
    assert "2026-11-23" in text(offered)
    for message in (queued, offered):
        path = snapshot_of(message)["path"]
        assert f"https://pool.example.org{path}" in text(message)
        assert links.find(session, path.removeprefix("/offer/")) is second
    assert links.find(session, "wrong") is None
    enrolling.accept_offer(session, second, actor=actor, now=now)
    assert kinds(session, second.person) == ["queued", "offered", "enrolled"]


def test_a_lapsed_offer_is_told_but_a_declined_one_is_known(session, cohort, actor, now):
    first, second, third = enrol(session, cohort), enrol(session, cohort), enrol(session, cohort)
    enrolling.cancel(session, first, actor=actor, now=now)
    enrolling.decline_offer(session, second, actor=actor, now=now)
    enrolling.lapse_due(session, now + 24 * HOUR)
    assert kinds(session, second.person) == ["queued", "offered"]
    assert kinds(session, third.person) == ["queued", "offered", "lapsed"]
    assert f"https://pool.example.org/courses/{cohort.course.number}" in text(told(session, third.person)[-1])


def test_a_shortened_offer_is_told_anew(session, cohort, actor, now):
    first, second = enrol(session, cohort), enrol(session, cohort)
    enrolling.cancel(session, first, actor=actor, now=now)
    make_lesson(session, cohort, starts=now + 5 * HOUR, ends=now + 6 * HOUR)
    assert kinds(session, second.person) == ["queued", "offered", "offered"]
    assert "2026-11-22 周日 15:00" in text(told(session, second.person)[-1])


def test_a_cancellation_says_whose_it_was_and_takes_the_calendar_back(session, cohort, actor, now):
    make_lesson(session, cohort)
    user = make_user(session)
    own = enrol(session, cohort, make_trainee(session, user_id=user.id))
    enrolling.cancel(session, own, actor=Actor(user.id, user.name), now=now)
    other = enrol(session, cohort)
    enrolling.cancel(session, other, reason="资格不符", actor=actor, now=now)
    mine, theirs = told(session, own.person)[-1], told(session, other.person)[-1]
    assert "按照您的意愿" in text(mine)
    assert "主办部门已将您" in text(theirs)
    assert "原因：资格不符" in text(theirs)
    assert [methods(each) for each in (mine, theirs)] == [["CANCEL"], ["CANCEL"]]


def test_changes_of_lessons_are_told_to_the_enrolled_and_the_teacher_once(session, cohort, actor, now):
    old, new = make_teacher(session, cohort, make_trainee(session, "唐以宁")), None
    lesson = make_lesson(session, cohort, title="第一讲", teaching_id=old.id)
    trainee, waiting = enrol(session, cohort), enrol(session, cohort)
    facts = lessons.facts_of(lesson)

    def change(**values):
        wanted = lessons.LessonFacts(**{**lessons.facts_of(lesson).__dict__, **values})
        lessons.change(session, lesson, wanted, actor=actor, now=now)

    change(title="绪论")
    assert kinds(session, trainee.person) == ["enrolled"]
    change(starts=facts.starts + DAY, ends=facts.ends + DAY)
    new = make_teacher(session, cohort, make_trainee(session, "苏砚"))
    change(teaching_id=new.id)
    lessons.cancel(session, lesson, "停电", actor=actor, now=now)
    assert kinds(session, waiting.person) == ["queued"]
    assert kinds(session, trainee.person) == ["enrolled", "lesson", "lesson"]
    whats = {
        person.name: [snapshot_of(each).get("what") for each in told(session, person)]
        for person in (trainee.person, old.person, new.person)
    }
    assert whats == {
        "何霁": [None, "moved", "cancelled"],
        "唐以宁": ["planned", "moved", "released"],
        "苏砚": ["planned", "cancelled"],
    }
    moved = text(told(session, trainee.person)[1])
    assert "原定 2026-12-02 周三 10:00" in moved
    assert "2026-12-03 周四 10:00" in moved
    for person in (trainee.person, old.person, new.person):
        assert methods(told(session, person)[-1]) == ["CANCEL"]


def test_a_cancelled_cohort_is_told_to_all_who_learn_or_wait_in_it(session, cohort, actor, now):
    teacher = make_teacher(session, cohort, make_trainee(session, "唐以宁"))
    make_lesson(session, cohort, teaching_id=teacher.id)
    here, waiting, gone = enrol(session, cohort), enrol(session, cohort), enrol(session, cohort)
    enrolling.cancel(session, gone, actor=actor, now=now)
    cohorts.cancel(session, cohort, "报名人数不足", actor=actor, now=now)
    assert kinds(session, here.person) == ["enrolled", "cohort-cancelled"]
    assert kinds(session, waiting.person) == ["queued", "cohort-cancelled"]
    assert kinds(session, gone.person) == ["queued", "cancelled"]
    assert kinds(session, teacher.person) == ["lesson"]
    assert "原因：报名人数不足" in text(told(session, waiting.person)[-1])


def test_a_certificate_is_sent_and_its_marks_are_told_in_the_readers_language(session, actor, now):
    user = make_user(session, locale="en")
    cohort = make_cohort(session, make_course(session), capacity=1)
    make_lesson(session, cohort)
    mine = enrol(session, cohort, make_trainee(session, user_id=user.id))
    completing.finish(session, cohort, {mine.id: True}, actor=actor, now=now + 20 * DAY)
    certificate = session.scalars(sa.select(Certificate)).one()
    for state in (CertificateState.SUSPENDED, CertificateState.VALID, CertificateState.WITHDRAWN):
        certificates.mark(session, certificate, state, "核查", actor=actor, now=now)
    subjects = [RENDER(message)["Subject"] for message in told(session, mine.person)]
    assert subjects == [
        "You have a place: Writing standards",
        "Your certificate: Writing standards",
        f"Your certificate {certificate.number} was suspended",
        f"Your certificate {certificate.number} is valid again",
        f"Your certificate {certificate.number} was withdrawn",
    ]
    link = f"https://pool.example.org/certificates/{certificate.code}"
    assert link in text(told(session, mine.person)[1])


def test_who_has_no_address_is_enrolled_all_the_same(session, cohort):
    trainee = make_trainee(session)
    trainee.addresses.clear()
    session.flush()
    assert enrol(session, cohort, trainee).place_id is not None
    assert session.scalars(sa.select(Message)).all() == []
