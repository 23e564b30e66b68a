"""Lessons: room and teacher are booked or the clash is named; trainees who can't come are told of."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from expertpool.availability import service as availability
from expertpool.availability.models import Commitment, RoomCommitment
from expertpool.availability.service import DoubleBooked, RoomTaken
from expertpool.errors import Invalid, Stale
from expertpool.ledger.models import LedgerEntry
from expertpool.training import lessons, presence, queries, rosters, teachings
from expertpool.training.models import LessonState, TeachingState
from tests.builders.organisations import make_organisation
from tests.builders.people import make_person
from tests.builders.training import (
    DAY,
    HOUR,
    enrol,
    make_cohort,
    make_course,
    make_lesson,
    make_room,
    make_teacher,
)


@pytest.fixture
def office(session):
    return make_organisation(session, "标准处")


@pytest.fixture
def cohort(session, office):
    return make_cohort(session, make_course(session, office))


def facts(lesson, **changes):
    return lessons.LessonFacts(**{**lessons.facts_of(lesson).__dict__, **changes})


def committed(session, lesson):
    query = sa.select(Commitment.person_id).where(
        Commitment.source_kind == "lesson", Commitment.source_id == lesson.id
    )
    return set(session.scalars(query))


def test_a_lesson_books_its_room_its_teacher_and_the_enrolled(session, cohort, office):
    room, teaching = make_room(session, office), make_teacher(session, cohort)
    trainee, _second, waiting = enrol(session, cohort), enrol(session, cohort), enrol(session, cohort)
    lesson = make_lesson(session, cohort, room_id=room.id, teaching_id=teaching.id)
    assert committed(session, lesson) == {teaching.person_id, trainee.person_id, _second.person_id}
    assert waiting.person_id not in committed(session, lesson)
    assert session.scalars(sa.select(RoomCommitment.source_id)).all() == [lesson.id]


def test_a_taken_room_and_a_booked_teacher_are_named(session, cohort, office, now):
    room = make_room(session, office, "201")
    make_lesson(session, make_cohort(session), room_id=room.id, title="别的课")
    teaching = make_teacher(session, cohort, make_person(session, "唐以宁"))
    with pytest.raises(RoomTaken, match="201 is booked at this time for"), session.begin_nested():
        make_lesson(session, cohort, room_id=room.id)
    starts = now + 20 * DAY
    availability.book(session, {teaching.person_id: 1}, starts, starts + HOUR, source_kind="seat")
    with (
        pytest.raises(DoubleBooked, match="唐以宁 is booked for another appointment"),
        session.begin_nested(),
    ):
        make_lesson(session, cohort, day=20, teaching_id=teaching.id)
    assert queries.lessons_of(session, [cohort.id]) == {}


def test_a_trainee_who_is_booked_elsewhere_stops_nothing_and_is_told_of(session, cohort, actor, now):
    busy, free = enrol(session, cohort), enrol(session, cohort)
    starts = now + 10 * DAY
    availability.book(session, {busy.person_id: 1}, starts, starts + HOUR, source_kind="seat")
    planned = lessons.plan(
        session, cohort, lessons.LessonFacts("绪论", starts, starts + 3 * HOUR), actor=actor, now=now
    )
    assert planned.unbooked == [busy.person]
    assert committed(session, planned.lesson) == {free.person_id}
    assert rosters.unbooked(session, cohort, now=now) == {busy.person_id: [planned.lesson]}
    moved = lessons.change(
        session,
        planned.lesson,
        facts(planned.lesson, starts=starts + DAY, ends=starts + DAY + HOUR),
        actor=actor,
        now=now,
    )
    assert moved.unbooked == []
    assert committed(session, planned.lesson) == {busy.person_id, free.person_id}


def test_a_moved_lesson_moves_its_bookings_or_nothing(session, cohort, office, actor, now):
    room, other = make_room(session, office, "201"), make_room(session, office, "202")
    trainee = enrol(session, cohort)
    lesson = make_lesson(session, cohort, room_id=room.id)
    make_lesson(session, make_cohort(session), day=12, room_id=other.id)
    new = now + 12 * DAY
    changed = facts(lesson, starts=new, ends=new + HOUR, room_id=other.id)
    with pytest.raises(RoomTaken, match="202 is booked"), session.begin_nested():
        lessons.change(session, lesson, changed, actor=actor, now=now)
    session.refresh(lesson)
    assert lesson.starts == now + 10 * DAY
    lessons.change(session, lesson, facts(lesson, starts=new, ends=new + HOUR), actor=actor, now=now)
    booked = session.execute(
        sa.select(RoomCommitment.starts, RoomCommitment.ends).where(RoomCommitment.source_id == lesson.id)
    ).one()
    assert tuple(booked) == (new, new + HOUR)
    times = session.scalars(
        sa.select(Commitment.starts).where(Commitment.person_id == trainee.person_id)
    ).all()
    assert times == [new]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "课" * 201}, "title"),
        ({"ends": timedelta(0)}, "ends"),
        ({"ends": timedelta(hours=25)}, "ends"),
        ({"online_url": "javascript:alert(1)"}, "online_url"),
        ({"online_url": "meeting 123"}, "online_url"),
        ({"teaching_id": 99_999}, "teaching_id"),
    ],
    ids=str,
)
def test_a_wrong_lesson_is_refused_at_its_field(session, cohort, actor, now, changes, field):
    starts = now + DAY
    values = {"title": "绪论", "starts": starts, "ends": timedelta(hours=2), **changes}
    values["ends"] = starts + values["ends"]
    with pytest.raises(Invalid) as error:
        lessons.plan(session, cohort, lessons.LessonFacts(**values), actor=actor, now=now)
    assert error.value.field == field


def test_lessons_of_one_cohort_are_apart_ahead_and_not_stale(session, cohort, actor, now):
    lesson = make_lesson(session, cohort, title="绪论")
    with pytest.raises(Invalid, match="“绪论” of this cohort is at the same time"):
        make_lesson(session, cohort, starts=lesson.starts + HOUR, ends=lesson.ends + HOUR)
    with pytest.raises(Invalid, match="over already"):
        make_lesson(session, cohort, day=-1)
    with pytest.raises(Stale):
        lessons.change(session, lesson, facts(lesson, title="导论"), version=0, actor=actor, now=now)
    lessons.change(session, lesson, facts(lesson, title="导论"), version=lesson.version, actor=actor, now=now)
    assert lesson.title == "导论"


def test_a_cancelled_lesson_frees_everybody_unless_somebody_was_there(session, cohort, office, actor, now):
    room = make_room(session, office)
    trainee = enrol(session, cohort)
    first, second = (make_lesson(session, cohort, day=day, room_id=room.id) for day in (1, 2))
    lessons.cancel(session, first, "教师生病", actor=actor, now=now)
    assert (first.state, committed(session, first)) == (LessonState.CANCELLED, set())
    presence.note(session, second, [trainee.id], actor=actor, now=second.starts)
    with pytest.raises(Invalid, match="it has taken place"):
        lessons.cancel(session, second, "教师生病", actor=actor, now=now)
    assert session.scalars(sa.select(RoomCommitment.source_id)).all() == [second.id]


def test_a_teacher_is_booked_from_the_invitation_on_and_free_when_they_decline(session, cohort, actor, now):
    person = make_person(session, "唐以宁")
    teaching = teachings.propose(session, cohort, person, actor=actor, now=now)
    first = make_lesson(session, cohort, day=3, teaching_id=teaching.id)
    assert committed(session, first) == set()
    teachings.mark_invited(session, teaching, now=now)
    second = make_lesson(session, cohort, day=4, teaching_id=teaching.id)
    assert committed(session, first) == committed(session, second) == {person.id}
    teachings.accept(session, teaching, actor=actor, now=now)
    with pytest.raises(Invalid, match="answered already"):
        teachings.accept(session, teaching, actor=actor, now=now)
    teachings.end(session, teaching, TeachingState.WITHDRAWN, "出差", actor=actor, now=now + 3.5 * DAY)
    assert committed(session, first) == {person.id}
    assert committed(session, second) == set()
    credited = session.execute(sa.select(LedgerEntry.person_id, LedgerEntry.minutes, LedgerEntry.source_id))
    assert [tuple(row) for row in credited] == [(person.id, 180, first.id)]


def test_an_invitation_to_teach_fails_when_the_teacher_is_booked(session, cohort, actor, now):
    teaching = teachings.propose(session, cohort, make_person(session, "唐以宁"), actor=actor, now=now)
    lesson = make_lesson(session, cohort, teaching_id=teaching.id)
    availability.book(session, {teaching.person_id: 1}, lesson.starts, lesson.ends, source_kind="seat")
    with pytest.raises(DoubleBooked, match="唐以宁 is booked for another appointment"):
        teachings.mark_invited(session, teaching, now=now)
    assert teaching.state is TeachingState.PROPOSED


def test_who_learns_in_a_cohort_does_not_teach_in_it(session, cohort, actor, now):
    trainee = enrol(session, cohort)
    with pytest.raises(Invalid, match="is in this cohort already"):
        teachings.propose(session, cohort, trainee.person, actor=actor, now=now)
    teaching = make_teacher(session, cohort)
    with pytest.raises(Invalid, match="teaches in this cohort"):
        teachings.propose(session, cohort, teaching.person, actor=actor, now=now)
