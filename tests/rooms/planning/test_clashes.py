"""What the diary will refuse is told before: bookings of teachers, trainees and rooms, by the minute."""

from datetime import timedelta

import pytest

from expertpool.availability import service as availability
from expertpool.planning import clashes, composition
from expertpool.planning.differences import differences
from expertpool.planning.outlines import Row
from expertpool.timetabling.plans import scoring
from expertpool.timetabling.plans.result import Rule
from tests.builders.planning import at, list_lessons, make_timetable, put
from tests.builders.training import ACTOR, enrol, make_cohort, make_teacher
from tests.conftest import NOW


def refused(session, timetable):
    draft = composition.compose(session, timetable, now=NOW)
    broken = scoring.check(draft.problem, draft.plan).breaches
    found = differences(session, timetable, now=NOW).changes
    return [each.rule for each in clashes.of_changes(clashes.doubles(draft, draft.plan, broken), found)]


@pytest.fixture
def rows(session, cohort):
    return list_lessons(session, cohort, Row("导论", 95), "方法")


@pytest.fixture
def timetable(session, office, cohort, rows):
    return make_timetable(session, office, cohort, in_order=False)


@pytest.mark.parametrize("whose", ["trainee", "teacher"])
def test_somebody_s_booking_is_refused_and_their_absence_is_not(session, cohort, timetable, rows, whose):
    teacher, trainee = make_teacher(session, cohort), enrol(session, cohort).person
    person = trainee if whose == "trainee" else teacher.person
    put(session, timetable, rows[0], at(0, "08:30"), teaching_id=teacher.id)
    hour = timedelta(hours=1)
    availability.add_busy_time(
        session, person, at(0, "09:00"), at(0, "09:00") + hour, reason=None, actor=ACTOR, now=NOW
    )
    assert refused(session, timetable) == []
    availability.book(session, {person.id: 7}, at(0, "09:00"), at(0, "12:00"), source_kind="seat")
    assert refused(session, timetable) == [Rule.GROUP_BUSY if whose == "trainee" else Rule.TEACHER_BUSY]


def test_a_booking_that_only_touches_the_grid_is_not_refused(session, cohort, timetable, rows, room):
    put(session, timetable, rows[0], at(0, "08:30"), room_id=room.id)
    availability.book_room(session, room, 7, at(0, "10:05"), at(0, "11:00"), source_kind="panel")
    draft = composition.compose(session, timetable, now=NOW)
    assert [each.rule for each in scoring.check(draft.problem, draft.plan).breaches] == [Rule.ROOM_BUSY]
    assert refused(session, timetable) == []
    put(session, timetable, rows[0], at(0, "10:20"), room_id=room.id)
    assert refused(session, timetable) == [Rule.ROOM_BUSY]


def test_a_trainee_of_two_cohorts_is_refused_two_lessons_at_once(session, office, course, cohort, rows):
    other = make_cohort(session, course)
    enrol(session, other, enrol(session, cohort).person)
    (theirs,) = list_lessons(session, other, "案例")
    timetable = make_timetable(session, office, cohort, other)
    put(session, timetable, rows[0], at(0, "08:30"))
    put(session, timetable, theirs, at(0, "08:30"))
    assert refused(session, timetable) == [Rule.GROUP_TWICE]
