"""What is to be taught: listed for a course, copied for a cohort, joined with what it has already."""

import pytest

from expertpool.errors import Invalid
from expertpool.planning import outlines
from expertpool.planning.models import Delivery, LessonKind
from expertpool.planning.outlines import Row
from expertpool.planning.rows import is_published
from expertpool.training import lessons
from tests.builders.planning import at, list_lessons, make_timetable, put
from tests.builders.training import ACTOR, make_cohort, make_lesson, make_teacher
from tests.conftest import NOW


def listed(session, cohort):
    return [(each.title, each.minutes) for each in outlines.lessons_of(session, [cohort.id])]


def test_an_outline_is_kept_in_its_order_and_copied_for_a_cohort_that_has_none(session, course, cohort):
    rows = [
        Row("导论", 90),
        Row("上机", 180, LessonKind.EXERCISE, Delivery.BOTH, ("电脑", " 电脑 ", "投影")),
        Row("考核", 60, LessonKind.EXAM, language=" 英  语 ", least_days=2, most_days=5),
    ]
    outlines.set_outline(session, course, rows, actor=ACTOR, now=NOW)
    outlines.adopt(session, cohort, now=NOW)
    outlines.adopt(session, cohort, now=NOW)
    assert listed(session, cohort) == [("导论", 90), ("上机", 180), ("考核", 60)]
    second = outlines.lessons_of(session, [cohort.id])[1]
    assert (second.kind, second.delivery) == (LessonKind.EXERCISE, Delivery.BOTH)
    assert second.equipment == ["电脑", "投影"]
    third = outlines.lessons_of(session, [cohort.id])[2]
    assert (third.language, third.least_days, third.most_days) == ("en", 2, 5)


def test_lessons_planned_by_hand_join_the_list_under_their_title(session, course, cohort):
    outlines.set_outline(session, course, [Row("导论", 90), Row("考核", 60)], actor=ACTOR, now=NOW)
    by_hand = make_lesson(session, cohort, title="导论")
    other = make_lesson(session, cohort, title="参观", day=12)
    outlines.adopt(session, cohort, now=NOW)
    rows = outlines.lessons_of(session, [cohort.id])
    assert [(each.title, each.lesson_id) for each in rows] == [
        ("导论", by_hand.id),
        ("考核", None),
        ("参观", other.id),
    ]
    assert rows[2].minutes == 180


def test_a_saved_list_adds_changes_and_removes_but_leaves_what_is_published(session, cohort):
    by_hand = make_lesson(session, cohort, title="导论")
    outlines.adopt(session, cohort, now=NOW)
    first, second = list_lessons(session, cohort, "方法", "考核")[1:]
    rows = [Row("考核与点评", 60, id=second.id), Row("答疑", 45)]
    outlines.set_lessons(session, cohort, rows, actor=ACTOR, now=NOW)
    assert listed(session, cohort) == [("导论", 180), ("考核与点评", 60), ("答疑", 45)]
    rows = outlines.lessons_of(session, [cohort.id])
    assert rows[0].lesson_id == by_hand.id
    assert rows[1].id == second.id
    assert first.id not in {each.id for each in rows}


def test_a_lesson_made_longer_is_longer_where_it_is_placed(session, office, cohort):
    (row,) = list_lessons(session, cohort, "方法")
    placement = put(session, make_timetable(session, office, cohort), row, at(0, "08:30"))
    list_lessons(session, cohort, Row("方法", 180, id=row.id))
    assert placement.ends == at(0, "11:30")


def test_a_cancelled_lesson_waits_for_a_time_again(session, cohort):
    lesson = make_lesson(session, cohort)
    outlines.adopt(session, cohort, now=NOW)
    (row,) = outlines.lessons_of(session, [cohort.id])
    assert is_published(row)
    lessons.cancel(session, lesson, "教师生病", actor=ACTOR, now=NOW)
    assert not is_published(row)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (Row(" ", 90), "rows-1-title"),
        (Row("方法", 5), "rows-1-minutes"),
        (Row("方法", 90, equipment=("电" * 300,)), "rows-1-equipment"),
        (Row("方法", 90, language="语" * 41), "rows-1-language"),
        (Row("方法", 90, least_days=201), "rows-1-least_days"),
        (Row("方法", 90, most_days=10**30), "rows-1-most_days"),
        (Row("方法", 90, least_days=3, most_days=2), "rows-1-most_days"),
    ],
)
def test_what_is_wrong_is_told_at_its_line(session, course, row, field):
    with pytest.raises(Invalid) as error:
        outlines.set_outline(session, course, [Row("导论", 90), row], actor=ACTOR, now=NOW)
    assert error.value.field == field


def test_only_a_teacher_of_the_cohort_is_named(session, cohort):
    stranger = make_teacher(session, make_cohort(session))
    with pytest.raises(Invalid, match="teacher of this cohort"):
        list_lessons(session, cohort, Row("方法", 90, teaching_id=stranger.id))
