"""Rows as a problem: days by the office's table, who is busy, what is pinned and what is published."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.availability import service as availability
from expertpool.errors import Invalid
from expertpool.planning import composition, drafts, kept, outlines, periods, teachers, timetables
from expertpool.planning.models import Delivery, LessonKind
from expertpool.planning.outlines import Row
from expertpool.planning.teachers import Terms
from expertpool.planning.wishes import HALF_DAYS
from expertpool.settings import holidays
from expertpool.settings.models import DayKind as OfficeDay
from expertpool.settings.models import Holiday
from expertpool.timetabling.plans import scoring
from expertpool.timetabling.plans.problem import Busy, DayKind, Kind, Mode, Order, Placement, Span, Time
from expertpool.timetabling.plans.result import Rule
from expertpool.training import teachings
from expertpool.training.models import TeachingState
from tests.builders.planning import MONDAY, at, list_lessons, make_timetable, put
from tests.builders.training import ACTOR, enrol, make_cohort, make_lesson, make_room, make_teacher
from tests.conftest import NOW


def composed(session, timetable):
    return composition.compose(session, timetable, now=NOW)


def named(found, key):
    return next(each for each in found if each.id == key)


def test_the_days_are_those_of_the_office_s_table(session, office, cohort):
    for day, kind in ((2, OfficeDay.HOLIDAY), (5, OfficeDay.WORKDAY)):
        holidays.set_day(session, MONDAY + timedelta(days=day), kind, "节日", actor=ACTOR, now=NOW)
    session.add(Holiday(day=MONDAY + timedelta(days=8), name="春节", provisional=True))
    timetable = make_timetable(session, office, cohort)
    found = {(each.date - MONDAY).days: each.kind for each in composed(session, timetable).problem.days}
    working = dict.fromkeys((0, 1, 3, 4, 7, 9, 10, 11), DayKind.WORKING)
    assert found == working | {2: DayKind.HOLIDAY, 5: DayKind.MADE_UP, 8: DayKind.PROVISIONAL}


def test_periods_become_spans_a_grid_and_windows():
    assert periods.spans(timetables.PERIODS) == (Span(510, 710), Span(840, 1040))
    assert periods.grid(timetables.PERIODS) == 10
    assert periods.windows(timetables.PERIODS, 90) == tuple(
        Time(start, start + 90) for start in (510, 620, 840, 950)
    )
    assert periods.windows(timetables.PERIODS, 195) == (Time(510, 710), Time(840, 1040))
    assert periods.windows(timetables.PERIODS, 300) == ()


def test_a_lesson_asks_for_what_its_list_says(session, office, cohort):
    teacher = make_teacher(session, cohort)
    rows = list_lessons(
        session,
        cohort,
        Row("上机", 180, LessonKind.EXERCISE, Delivery.BOTH, ("电脑",)),
        Row("考核", 90, LessonKind.EXAM, Delivery.ONLINE, teaching_id=teacher.id),
    )
    problem = composed(session, make_timetable(session, office, cohort)).problem
    one, two = problem.lessons
    assert (one.minutes, one.kind, one.mode, one.equipment) == (
        180,
        Kind.EXERCISE,
        Mode.BOTH,
        frozenset({"电脑"}),
    )
    assert (two.kind, two.mode, two.teachers) == (Kind.EXAM, Mode.ONLINE, (f"p{teacher.person_id}",))
    assert one.cohorts == (f"c{cohort.id}",)
    assert problem.orders == (Order(f"l{rows[0].id}", f"l{rows[1].id}"),)
    assert named(problem.cohorts, f"c{cohort.id}").size == 20
    assert problem.not_before == MONDAY


def test_nobody_to_teach_asks_for_no_teacher_and_one_who_left_is_no_choice(session, office, cohort):
    (row,) = list_lessons(session, cohort, "方法")
    timetable = make_timetable(session, office, cohort)
    assert not composed(session, timetable).problem.lessons[0].taught
    here, gone = make_teacher(session, cohort), make_teacher(session, cohort)
    teachings.end(session, gone, TeachingState.WITHDRAWN, "出差", actor=ACTOR, now=NOW)
    lesson = composed(session, timetable).problem.lessons[0]
    assert (lesson.id, lesson.taught, lesson.teachers) == (f"l{row.id}", True, (f"p{here.person_id}",))


def test_bookings_elsewhere_and_absences_are_told_by_day_and_by_what_they_are(
    session, office, course, cohort
):
    list_lessons(session, cohort, "方法")
    teacher, room = make_teacher(session, cohort), make_room(session, office, "201")
    other = make_cohort(session, course)
    make_teacher(session, other, teacher.person)
    elsewhere = make_lesson(session, other, room_id=room.id, title="别班的课")
    teaching = other.teachings[0]
    availability.add_busy_time(
        session, teacher.person, at(1, "20:00"), at(3, "09:00"), reason="出差", actor=ACTOR, now=NOW
    )
    availability.book(session, {teacher.person_id: 77}, at(4, "08:30"), at(4, "11:30"), source_kind="seat")
    availability.book(
        session, {teacher.person_id: elsewhere.id}, elsewhere.starts, elsewhere.ends, source_kind="lesson"
    )
    found = composed(session, make_timetable(session, office, cohort))
    busy = named(found.problem.teachers, f"p{teacher.person_id}").busy
    days = {MONDAY + timedelta(days=each): each for each in range(14)}
    assert sorted((days[each.date], each.start, each.end, each.what) for each in busy) == [
        (1, 1200, 1440, ""),
        (2, 0, 1440, ""),
        (2, 600, 780, f"lesson-{elsewhere.id}"),
        (3, 0, 540, ""),
        (4, 510, 690, "seat-77"),
    ]
    assert str(found.bookings["seat-77"]) == "another appointment"
    assert found.bookings[f"lesson-{elsewhere.id}"] == f"{other.number} 别班的课"
    assert named(found.problem.rooms, f"r{room.id}").busy == (
        Busy(date(2026, 12, 2), 600, 780, what=f"lesson-{elsewhere.id}"),
    )
    assert teaching.id not in found.teachings


def test_trainees_are_asked_for_only_where_their_cohort_does_not_stand_for_them(
    session, office, course, cohort
):
    other = make_cohort(session, course)
    list_lessons(session, cohort, "方法")
    both, busy, _plain = (enrol(session, cohort).person for _each in range(3))
    enrol(session, other, both)
    availability.book(session, {busy.id: 5}, at(0, "08:30"), at(0, "11:30"), source_kind="seat")
    problem = composed(session, make_timetable(session, office, cohort, other)).problem
    found = {each.id: (each.cohorts, len(each.busy)) for each in problem.trainees}
    assert found == {
        f"p{both.id}": ((f"c{cohort.id}", f"c{other.id}"), 0),
        f"p{busy.id}": ((f"c{cohort.id}",), 1),
    }


def test_published_lessons_are_moved_and_pinned_ones_are_not(session, office, cohort, room):
    teacher = make_teacher(session, cohort)
    lesson = make_lesson(session, cohort, room_id=room.id, teaching_id=teacher.id)
    timetable = make_timetable(session, office, cohort)
    (row,) = list_lessons(session, cohort)
    was = Placement(f"l{row.id}", date(2026, 12, 2), 600, f"r{room.id}", f"p{teacher.person_id}")
    found = composed(session, timetable)
    assert (found.problem.published, found.problem.pins, found.plan) == ((was,), (), (was,))
    assert named(found.problem.rooms, f"r{room.id}").busy == ()
    assert named(found.problem.teachers, f"p{teacher.person_id}").busy == ()
    put(session, timetable, row, at(0, "08:30"), room_id=room.id, teaching_id=teacher.id)
    drafts.pin(session, timetable, row, True, actor=ACTOR, now=NOW)
    found = composed(session, timetable)
    now = Placement(f"l{row.id}", MONDAY, 510, f"r{room.id}", f"p{teacher.person_id}")
    assert (found.problem.published, found.problem.pins, found.plan) == ((was,), (now,), (now,))
    assert lesson.starts == at(2, "10:00")


def test_a_published_lesson_outside_of_the_days_keeps_its_cohort_busy(session, office, cohort):
    make_lesson(session, cohort, day=60)
    early = make_lesson(session, cohort, day=8, title="第一天")
    timetable = make_timetable(session, office, cohort, first=MONDAY + timedelta(days=1))
    drafts.leave(
        session,
        timetable,
        next(each for each in list_lessons(session, cohort) if each.title == "第 60 天"),
        True,
        actor=ACTOR,
        now=NOW,
    )
    assert composed(session, timetable).problem.lessons == ()
    longer = make_timetable(session, office, cohort, first=NOW.date())
    later = composition.compose(session, longer, now=early.starts - timedelta(hours=2))
    assert later.problem.lessons == ()
    assert [each.what for each in later.problem.cohorts[0].busy] == [f"lesson-{early.id}"]


def test_the_same_rows_are_the_same_question(session, office, cohort):
    list_lessons(session, cohort, Row("方法", 90, equipment=("电脑", "投影")), "考核")
    timetable = make_timetable(session, office, cohort)
    first = kept.packed(composed(session, timetable).problem)
    assert kept.packed(composed(session, timetable).problem) == first
    timetables.set_weights(session, timetable, {"gap": 7}, actor=ACTOR, now=NOW)
    assert composed(session, timetable).problem.weights.gap == 7
    assert kept.packed(composed(session, timetable).problem)[1] != first[1]


def test_days_between_lessons_are_orders_even_where_lessons_need_not_follow_each_other(
    session, office, cohort
):
    rows = list_lessons(
        session,
        cohort,
        "导论",
        Row("方法", 90, least_days=2),
        Row("上机", 90),
        Row("考核", 90, least_days=1, most_days=4),
    )
    first, second, third, fourth = (f"l{row.id}" for row in rows)
    timetable = make_timetable(session, office, cohort)
    spaced = {Order(first, second, 2), Order(third, fourth, 1, 4)}
    assert set(composed(session, timetable).problem.orders) == {
        *spaced,
        *(Order(first, each) for each in (third, fourth)),
        *(Order(second, each) for each in (third, fourth)),
    }
    timetable.in_order = False
    assert set(composed(session, timetable).problem.orders) == spaced


def test_days_count_from_a_published_lesson_that_stays_where_it_is(session, office, cohort):
    make_lesson(session, cohort, title="导论", day=8)
    timetable = make_timetable(session, office, cohort, first=MONDAY + timedelta(days=1))
    rows = outlines.lessons_of(session, [cohort.id])
    list_lessons(session, cohort, Row("方法", 90, least_days=2, most_days=5))
    (lesson,) = composed(session, timetable).problem.lessons
    published = rows[0].lesson.starts.date()
    assert (lesson.earliest, lesson.latest) == (
        published + timedelta(days=2),
        published + timedelta(days=5),
    )


def test_languages_loads_and_wishes_of_teachers_are_asked_for(session, office, cohort):
    one, two = make_teacher(session, cohort), make_teacher(session, cohort)
    one.person.languages = ["英文", "法语"]
    list_lessons(session, cohort, Row("方法", 90, language="English"), "考核")
    timetable = make_timetable(session, office, cohort, teacher_week_minutes=600)
    agreed = Terms(270, ("1-am", "5-pm"))
    acting = {"actor": ACTOR, "now": NOW}
    assert teachers.set_terms(session, office, one.person, agreed, **acting)
    assert not teachers.set_terms(session, office, one.person, agreed, **acting)
    problem = composed(session, timetable).problem
    assert [each.language for each in problem.lessons] == ["en", None]
    first = named(problem.teachers, f"p{one.person_id}")
    assert (first.languages, first.most_a_week) == (frozenset({"en"}), 270)
    assert len(first.prefers) == 12
    assert Time(0, 720, weekday=1) not in first.prefers
    assert Time(720, 1440, weekday=1) in first.prefers
    second = named(problem.teachers, f"p{two.person_id}")
    assert (second.languages, second.most_a_week, second.prefers) == (frozenset(), 600, ())
    told = session.scalars(sa.select(AuditEntry).where(AuditEntry.subject_kind == "person")).all()[-1]
    assert (told.subject_id, told.facts["owner_id"]) == (one.person_id, office.id)
    assert told.personal["changes"] == {"week_minutes": [None, 270], "unwished": [[], ["1-am", "5-pm"]]}


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (Terms(5), "week_minutes"),
        (Terms(10**20), "week_minutes"),
        (Terms(None, ("8-am",)), "unwished"),
        (Terms(None, HALF_DAYS), "unwished"),
    ],
)
def test_what_can_not_be_agreed_is_told_at_its_field(session, office, cohort, terms, field):
    person = make_teacher(session, cohort).person
    with pytest.raises(Invalid) as error:
        teachers.set_terms(session, office, person, terms, actor=ACTOR, now=NOW)
    assert error.value.field == field


@pytest.fixture
def counted(session):
    statements = []
    listener = lambda *arguments: statements.append(arguments[2])  # noqa: E731
    sa.event.listen(session.get_bind(), "before_cursor_execute", listener)
    yield statements
    sa.event.remove(session.get_bind(), "before_cursor_execute", listener)


def test_more_lessons_take_no_more_reads(session, office, course, cohort, counted):
    list_lessons(session, cohort, "方法")
    small = make_timetable(session, office, cohort)
    large = make_timetable(session, office, cohort, *(make_cohort(session, course) for _each in range(3)))
    for each in range(3):
        list_lessons(session, session.merge(cohort), *(f"第 {each} 课" for each in range(20)))
    session.expire_all()
    counted.clear()
    composed(session, small)
    few = len(counted)
    session.expire_all()
    counted.clear()
    composed(session, large)
    assert len(counted) <= few + 1


def test_a_lesson_without_a_place_does_not_cut_the_order_in_two(session, office, cohort):
    rows = list_lessons(session, cohort, "导论", "方法", "考核")
    timetable = make_timetable(session, office, cohort)
    put(session, timetable, rows[0], at(1, "08:30"))
    put(session, timetable, rows[2], at(0, "08:30"))
    draft = composed(session, timetable)
    broken = scoring.check(draft.problem, draft.plan).breaches
    assert [each.params["before"] for each in broken if each.rule is Rule.ORDER] == [f"l{rows[0].id}"]
