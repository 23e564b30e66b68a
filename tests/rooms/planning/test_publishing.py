"""Publishing: all at once or nothing, lessons may change places, everybody is told once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from expertpool.availability import queries as diary
from expertpool.availability import service as availability
from expertpool.availability.models import RoomCommitment
from expertpool.calendars.models import CalendarEntry, EntrySource, EntryState
from expertpool.errors import Invalid
from expertpool.outbox.models import Message
from expertpool.outbox.service import snapshot_of
from expertpool.planning import drafts, outlines, timetables
from expertpool.planning.differences import What, differences
from expertpool.planning.publishing import publish
from expertpool.training import lessons
from expertpool.training.models import Lesson, LessonState
from tests.builders.people import make_person
from tests.builders.planning import at, list_lessons, make_timetable, put
from tests.builders.training import ACTOR, enrol, make_cohort, make_lesson, make_teacher, propose_teacher
from tests.conftest import NOW


def published(session, timetable, reason="", now=NOW):
    return publish(session, timetable, reason=reason, actor=ACTOR, now=now)


def lessons_of(session, cohort):
    query = sa.select(Lesson).where(Lesson.cohort_id == cohort.id, Lesson.state == LessonState.PLANNED)
    return session.scalars(query.order_by(Lesson.starts)).all()


def mails(session):
    query = sa.select(Message).where(
        Message.kind.startswith("training/"), Message.kind != "training/enrolled"
    )
    return session.scalars(query.order_by(Message.id)).all()


def test_a_draft_becomes_lessons_with_room_and_teacher_booked(session, office, cohort, room):
    teacher = make_teacher(session, cohort)
    one, two = list_lessons(session, cohort, "导论", "方法")
    timetable = make_timetable(session, office, cohort)
    put(session, timetable, one, at(0, "08:30"), room_id=room.id, teaching_id=teacher.id)
    put(session, timetable, two, at(1, "14:00"), room_id=room.id)
    done = published(session, timetable)
    assert [each.what for each in done.changes] == [What.PLANNED, What.PLANNED]
    first, second = lessons_of(session, cohort)
    assert (first.title, first.starts, first.ends) == ("导论", at(0, "08:30"), at(0, "10:00"))
    assert (first.room_id, first.teaching_id, second.teaching_id) == (room.id, teacher.id, None)
    assert set(session.scalars(sa.select(RoomCommitment.source_id))) == {first.id, second.id}
    assert [each.lesson_id for each in outlines.lessons_of(session, [cohort.id])] == [first.id, second.id]
    assert timetable.published_at == NOW
    assert differences(session, timetable, now=NOW).changes == []
    with pytest.raises(Invalid, match="published already"):
        published(session, timetable)


def test_two_lessons_change_places(session, office, course, cohort, room):
    other = make_cohort(session, course)
    teacher = make_teacher(session, cohort)
    make_teacher(session, other, teacher.person)
    mine = make_lesson(session, cohort, day=8, room_id=room.id, teaching_id=teacher.id)
    theirs = make_lesson(session, other, day=9, room_id=room.id, teaching_id=other.teachings[0].id)
    before = mine.starts, theirs.starts
    timetable = make_timetable(session, office, cohort, other)
    rows = {each.lesson_id: each for each in outlines.lessons_of(session, [cohort.id, other.id])}
    spots = {"room_id": room.id}
    put(session, timetable, rows[mine.id], theirs.starts, teaching_id=teacher.id, **spots)
    put(session, timetable, rows[theirs.id], mine.starts, teaching_id=other.teachings[0].id, **spots)
    assert [each.parts for each in differences(session, timetable, now=NOW).changes] == [("time",), ("time",)]
    published(session, timetable)
    assert (theirs.starts, mine.starts) == before


def test_a_booking_that_came_meanwhile_refuses_all_and_is_named(session, office, cohort, room):
    one, two = list_lessons(session, cohort, "导论", "方法")
    timetable = make_timetable(session, office, cohort)
    put(session, timetable, one, at(0, "08:30"), room_id=room.id)
    put(session, timetable, two, at(1, "08:30"), room_id=room.id)
    availability.book_room(session, room, 7, at(1, "09:00"), at(1, "10:00"), source_kind="panel")
    with pytest.raises(Invalid, match=rf"“方法” of {cohort.number}: 第一教室 is booked .* for a panel"):
        published(session, timetable)


def test_a_teacher_booked_meanwhile_is_named(session, office, cohort):
    teacher = make_teacher(session, cohort)
    (row,) = list_lessons(session, cohort, "导论")
    timetable = make_timetable(session, office, cohort)
    put(session, timetable, row, at(0, "08:30"), teaching_id=teacher.id)
    availability.book(session, {teacher.person_id: 7}, at(0, "09:00"), at(0, "12:00"), source_kind="seat")
    with pytest.raises(Invalid, match=r"“导论” of .*: 唐以宁 is booked for another appointment"):
        published(session, timetable)


def test_two_lessons_of_one_cohort_at_one_time_are_named(session, office, cohort):
    one, two = list_lessons(session, cohort, "导论", "方法")
    timetable = make_timetable(session, office, cohort)
    put(session, timetable, one, at(0, "08:30"))
    put(session, timetable, two, at(0, "09:00"))
    with pytest.raises(Invalid, match="“导论” and “方法” of"):
        published(session, timetable)


def test_everybody_is_told_once_with_all_their_lessons(session, office, course, cohort, room):
    teacher, trainee = make_teacher(session, cohort), enrol(session, cohort).person
    other = make_cohort(session, course, draft=True)
    moved = make_lesson(session, cohort, day=9, title="方法", teaching_id=teacher.id)
    going = make_lesson(session, cohort, day=11, title="参观")
    new, unseen = list_lessons(session, cohort, "导论")[-1], list_lessons(session, other, "导论")[0]
    timetable = make_timetable(session, office, cohort, other)
    rows = {each.lesson_id: each for each in outlines.lessons_of(session, [cohort.id])}
    put(session, timetable, new, at(0, "08:30"), room_id=room.id)
    put(session, timetable, unseen, at(0, "14:00"))
    put(session, timetable, rows[moved.id], at(2, "08:30"), room_id=room.id, teaching_id=teacher.id)
    drafts.leave(session, timetable, rows[going.id], True, actor=ACTOR, now=NOW)
    before = len(mails(session))
    sequences = {each.source_id: each.sequence for each in entries(session, trainee)}
    published(session, timetable, reason="场馆关闭")
    fresh = mails(session)[before:]
    assert [each.kind for each in fresh] == ["training/timetable"]
    told = snapshot_of(fresh[0])
    assert [(line["what"], line["lesson"]["title"]) for line in told["lines"]] == [
        ("planned", "导论"),
        ("moved", "方法"),
        ("cancelled", "参观"),
    ]
    assert told["reason"] == "场馆关闭"
    after = {each.source_id: (each.sequence, each.state) for each in entries(session, trainee)}
    assert after[moved.id] == (sequences[moved.id] + 1, EntryState.CONFIRMED)
    assert after[going.id] == (sequences[going.id] + 1, EntryState.CANCELLED)
    assert len(after) == 3
    in_mail = {(each["uid"], each["sequence"]) for each in told["calendar"]["events"]}
    assert in_mail == {(each.uid, each.sequence) for each in entries(session, trainee)}
    assert going.state is LessonState.CANCELLED
    assert going.id not in {each.lesson_id for each in outlines.lessons_of(session, [cohort.id])}


def entries(session, person):
    query = sa.select(CalendarEntry).where(
        CalendarEntry.person_id == person.id, CalendarEntry.source == EntrySource.STUDY
    )
    return session.scalars(query.order_by(CalendarEntry.id)).all()


def test_teachers_who_come_and_go_are_told_so(session, office, cohort):
    going, coming = make_teacher(session, cohort, addressed(session, "甲")), None
    lesson = make_lesson(session, cohort, teaching_id=going.id)
    coming = make_teacher(session, cohort, addressed(session, "乙"))
    timetable = make_timetable(session, office, cohort)
    (row,) = outlines.lessons_of(session, [cohort.id])
    put(session, timetable, row, lesson.starts, teaching_id=coming.id)
    trainee = enrol(session, cohort).person
    before = len(mails(session))
    published(session, timetable)
    told = {each.recipient: snapshot_of(each) for each in mails(session)[before:]}
    assert {snapshot["name"]: [line["what"] for line in snapshot["lines"]] for snapshot in told.values()} == {
        "甲": ["released"],
        "乙": ["planned"],
    }
    assert trainee.name not in {snapshot["name"] for snapshot in told.values()}


def addressed(session, name):
    return make_person(session, name, addresses=(f"{ord(name)}@example.org",))


def test_a_lesson_that_was_moved_on_its_own_page_waits_for_a_decision(session, office, cohort):
    lesson = make_lesson(session, cohort)
    timetable = make_timetable(session, office, cohort)
    (row,) = outlines.lessons_of(session, [cohort.id])
    put(session, timetable, row, at(0, "08:30"))
    facts = lessons.facts_of(lesson)
    day = timedelta(days=1)
    elsewhere = lessons.LessonFacts(facts.title, facts.starts + day, facts.ends + day)
    lessons.change(session, lesson, elsewhere, actor=ACTOR, now=NOW)
    with pytest.raises(Invalid, match="changed on its own page"):
        published(session, timetable)
    timetables.take_over(session, timetable, actor=ACTOR, now=NOW)
    assert differences(session, timetable, now=NOW).changes == []


def test_cancelling_asks_for_a_reason(session, office, cohort):
    make_lesson(session, cohort)
    timetable = make_timetable(session, office, cohort)
    (row,) = outlines.lessons_of(session, [cohort.id])
    drafts.leave(session, timetable, row, True, actor=ACTOR, now=NOW)
    with pytest.raises(Invalid) as error:
        published(session, timetable)
    assert error.value.field == "reason"


def booked_on_a_panel(session, person, starts, ends):
    availability.book(session, {person.id: 7}, starts, ends, source_kind="seat")


def drafted(session, office, cohort, starts, *, title="导论", **spot):
    (row,) = list_lessons(session, cohort, title)
    timetable = make_timetable(session, office, cohort)
    put(session, timetable, row, starts, **spot)
    return timetable


def test_a_trainee_who_is_booked_elsewhere_refuses_all_and_is_named(session, office, cohort):
    trainee = enrol(session, cohort).person
    booked_on_a_panel(session, trainee, at(0, "08:00"), at(0, "12:00"))
    timetable = drafted(session, office, cohort, at(0, "08:30"))
    found = rf"“导论” of {cohort.number}: {trainee.name} is booked for another appointment"
    with pytest.raises(Invalid, match=found):
        published(session, timetable)


def test_several_trainees_who_are_booked_elsewhere_are_all_named(session, office, cohort):
    people = [enrol(session, cohort, addressed(session, name)).person for name in "甲乙"]
    for each in people:
        booked_on_a_panel(session, each, at(0, "09:00"), at(0, "12:00"))
    with pytest.raises(Invalid, match="甲、乙"):
        published(session, drafted(session, office, cohort, at(0, "08:30")))


def test_a_trainee_of_two_cohorts_is_not_taught_twice_at_once(session, office, course, cohort):
    other = make_cohort(session, course)
    trainee = enrol(session, cohort).person
    enrol(session, other, trainee)
    (one,), (two,) = list_lessons(session, cohort, "导论"), list_lessons(session, other, "方法")
    timetable = make_timetable(session, office, cohort, other)
    put(session, timetable, one, at(0, "08:30"))
    put(session, timetable, two, at(0, "09:00"))
    with pytest.raises(Invalid, match=f"“方法” of {other.number}: {trainee.name} is booked"):
        published(session, timetable)


@pytest.mark.parametrize("whose", ["trainee", "teacher"])
def test_the_diary_itself_refuses_what_no_look_into_it_found(session, office, cohort, monkeypatch, whose):
    teacher, trainee = make_teacher(session, cohort), enrol(session, cohort).person
    person = trainee if whose == "trainee" else teacher.person
    booked_on_a_panel(session, person, at(0, "09:00"), at(0, "12:00"))
    timetable = drafted(session, office, cohort, at(0, "08:30"), teaching_id=teacher.id)
    monkeypatch.setattr(diary, "committed", lambda *_args: frozenset())
    monkeypatch.setattr(diary, "bookings_of", lambda *_args: [])
    with pytest.raises(Invalid, match=r"“导论” of .*: Somebody was booked elsewhere at this moment"):
        published(session, timetable)


def test_a_trainee_who_could_not_come_before_stops_only_another_time(session, office, cohort, room):
    trainee = enrol(session, cohort).person
    booked_on_a_panel(session, trainee, at(0, "08:00"), at(0, "12:00"))
    facts = lessons.LessonFacts("导论", at(0, "08:30"), at(0, "10:00"))
    assert lessons.plan(session, cohort, facts, actor=ACTOR, now=NOW).unbooked == [trainee]
    timetable = make_timetable(session, office, cohort)
    (row,) = outlines.lessons_of(session, [cohort.id])
    put(session, timetable, row, at(0, "08:30"), room_id=room.id)
    assert published(session, timetable).unbooked == {"导论": [trainee]}
    put(session, timetable, row, at(0, "10:20"), room_id=room.id)
    with pytest.raises(Invalid, match=f"{trainee.name} is booked"):
        published(session, timetable)


@pytest.mark.parametrize("clash", ["panel", "lesson"])
def test_a_teacher_who_was_not_asked_yet_is_not_published_twice_at_once(
    session, office, course, cohort, clash
):
    other = make_cohort(session, course)
    proposed = propose_teacher(session, cohort)
    again = propose_teacher(session, other, proposed.person)
    (one,), (two,) = list_lessons(session, cohort, "导论"), list_lessons(session, other, "方法")
    timetable = make_timetable(session, office, cohort, other)
    put(session, timetable, one, at(0, "08:30"), teaching_id=proposed.id)
    put(session, timetable, two, at(0 if clash == "lesson" else 1, "08:30"), teaching_id=again.id)
    if clash == "panel":
        booked_on_a_panel(session, proposed.person, at(0, "09:00"), at(0, "12:00"))
    found = "is booked for another" if clash == "panel" else "teaches “方法” at the same time"
    with pytest.raises(Invalid, match=f"“导论” of {cohort.number}: {proposed.person.name} {found}"):
        published(session, timetable)
