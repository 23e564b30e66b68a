"""Timetables: begun for cohorts of an office, in line with what is published, never changed under a run."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.errors import Invalid, NotFound, Stale
from expertpool.planning import composition, drafts, queries, runs, timetables, weights
from expertpool.planning.models import Placement
from expertpool.planning.publishing import publish
from expertpool.training import cohorts, lessons
from expertpool.training.models import CohortState
from tests.builders.planning import MONDAY, at, list_lessons, make_timetable, put
from tests.builders.training import ACTOR, DAY, make_cohort, make_course, make_lesson
from tests.conftest import NOW


def changed(session, timetable, **values):
    facts = timetables.facts_of(session, timetable)
    new = timetables.TimetableFacts(**{**facts.__dict__, **values})
    return timetables.change(session, timetable, new, actor=ACTOR, now=NOW)


def events(session, timetable):
    query = sa.select(AuditEntry.event).where(
        AuditEntry.subject_kind == "timetable", AuditEntry.subject_id == timetable.id
    )
    return list(session.scalars(query.order_by(AuditEntry.id)))


def test_published_lessons_are_placed_from_the_beginning(session, office, cohort, room):
    lesson = make_lesson(session, cohort, room_id=room.id)
    timetable = make_timetable(session, office, cohort)
    (placement,) = timetables.placements(session, timetable)
    assert (placement.starts, placement.ends) == (lesson.starts, lesson.ends)
    assert (placement.room_id, placement.lesson_version) == (room.id, lesson.version)
    assert events(session, timetable) == ["timetable.timetable-created", "timetable.published-taken-over"]


def test_what_was_moved_on_its_own_page_is_taken_over_and_the_draft_s_own_moves_stay(session, office, cohort):
    one, other = make_lesson(session, cohort), make_lesson(session, cohort, day=11)
    timetable = make_timetable(session, office, cohort)
    rows = {each.lesson_id: each for each in list_lessons(session, cohort)}
    put(session, timetable, rows[other.id], at(1, "14:00"))
    facts = lessons.facts_of(one)
    later = lessons.LessonFacts(facts.title, facts.starts + timedelta(days=2), facts.ends + timedelta(days=2))
    lessons.change(session, one, later, actor=ACTOR, now=NOW)
    assert timetables.take_over(session, timetable, actor=ACTOR, now=NOW) == 1
    placed = {each.cohort_lesson_id: each.starts for each in timetables.placements(session, timetable)}
    assert placed == {rows[one.id].id: one.starts, rows[other.id].id: at(1, "14:00")}
    assert timetables.take_over(session, timetable, actor=ACTOR, now=NOW) == 0


def test_cohorts_that_leave_take_their_placements_along(session, office, course, cohort):
    other = make_cohort(session, course)
    mine, theirs = list_lessons(session, cohort, "方法")[0], list_lessons(session, other, "方法")[0]
    timetable = make_timetable(session, office, cohort, other)
    for row in (mine, theirs):
        put(session, timetable, row, at(0, "08:30"))
    assert changed(session, timetable, cohort_ids=(cohort.id,))
    left = session.scalars(sa.select(Placement.cohort_lesson_id)).all()
    assert left == [mine.id]
    assert not changed(session, timetable)


def test_a_stale_save_is_refused(session, office, cohort):
    timetable = make_timetable(session, office, cohort)
    seen, facts = timetable.version, timetables.facts_of(session, timetable)
    changed(session, timetable, title="春季课表")
    with pytest.raises(Stale):
        timetables.change(session, timetable, facts, version=seen, actor=ACTOR, now=NOW)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"last": MONDAY - DAY}, "last"),
        ({"last": MONDAY + 400 * DAY}, "last"),
        ({"cohort_ids": ()}, "cohort_ids"),
        ({"cohort_ids": (9_999,)}, "cohort_ids"),
        ({"periods": ()}, "periods"),
        ({"periods": (("08:30", "9 点"),)}, "periods"),
        ({"periods": (("08:30", "10:00"), ("09:50", "11:00"))}, "periods"),
        ({"periods": (("08:30", "08:30"),)}, "periods"),
        ({"cohort_minutes": 5}, "cohort_minutes"),
        ({"travel_minutes": 601}, "travel_minutes"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(session, office, cohort, wrong, field):
    with pytest.raises(Invalid) as error:
        make_timetable(session, office, cohort, **wrong)
    assert error.value.field == field


def test_a_new_timetable_has_the_weights_of_its_office(session, office, cohort):
    first = make_timetable(session, office, cohort)
    assert weights.set_of_office(session, office, {"gap": 9}, actor=ACTOR, now=NOW)
    assert not weights.set_of_office(session, office, {"gap": 9}, actor=ACTOR, now=NOW)
    timetables.set_weights(session, first, {"gap": 2}, actor=ACTOR, now=NOW)
    assert make_timetable(session, office, cohort).weights == {"gap": 9}
    weights.set_of_office(session, office, {}, actor=ACTOR, now=NOW)
    assert make_timetable(session, office, cohort).weights == {}


def test_cohorts_of_another_office_are_refused(session, office):
    with pytest.raises(Invalid, match="not of this office"):
        make_timetable(session, office, make_cohort(session, make_course(session)))


def test_nobody_changes_a_draft_under_a_run(session, office, cohort):
    (row,) = list_lessons(session, cohort, "方法")
    timetable = make_timetable(session, office, cohort)
    runs.request(session, timetable, seconds=10, actor=ACTOR, now=NOW)
    for verb in (
        lambda: put(session, timetable, row, at(0, "08:30")),
        lambda: drafts.take_out(session, timetable, row, actor=ACTOR, now=NOW),
        lambda: changed(session, timetable, title="另一份"),
        lambda: timetables.set_weights(session, timetable, {"gap": 2}, actor=ACTOR, now=NOW),
        lambda: runs.request(session, timetable, seconds=10, actor=ACTOR, now=NOW),
    ):
        with pytest.raises(Invalid, match="being worked out"):
            verb()


def test_pins_stay_until_they_are_taken_away(session, office, cohort):
    (row,) = list_lessons(session, cohort, "方法")
    timetable = make_timetable(session, office, cohort)
    with pytest.raises(Invalid, match="has a place"):
        drafts.pin(session, timetable, row, True, actor=ACTOR, now=NOW)
    placement = put(session, timetable, row, at(0, "08:30"))
    drafts.pin(session, timetable, row, True, actor=ACTOR, now=NOW)
    drafts.replace(session, timetable, {row.id: drafts.Spot(at(3, "14:00"), None, None)}, [row.id], now=NOW)
    assert (placement.starts, placement.pinned) == (at(0, "08:30"), True)
    drafts.pin(session, timetable, row, False, actor=ACTOR, now=NOW)
    drafts.replace(session, timetable, {row.id: drafts.Spot(at(3, "14:00"), None, None)}, [row.id], now=NOW)
    assert placement.starts == at(3, "14:00")
    assert events(session, timetable)[-3:] == [
        "timetable.lesson-placed",
        "timetable.lesson-pinned",
        "timetable.lesson-released",
    ]


def _of_two_cohorts(session, office, course, cohort):
    """Make another cohort and a timetable of both; one lesson of each has a place."""
    other = make_cohort(session, course)
    (mine,) = list_lessons(session, cohort, "导论")
    theirs, also = list_lessons(session, other, "方法", "练习")
    timetable = make_timetable(session, office, cohort, other)
    put(session, timetable, mine, at(0, "08:30"))
    put(session, timetable, theirs, at(0, "08:30"))
    return other, timetable, mine, theirs, also


def test_a_cancelled_cohort_leaves_its_timetables_and_hinders_nobody(session, office, course, cohort):
    other, timetable, mine, _, also = _of_two_cohorts(session, office, course, cohort)
    assert queries.counts(session, [timetable.id]) == {timetable.id: (2, 3, 2)}
    cohorts.cancel(session, other, "人数不足", actor=ACTOR, now=NOW)
    assert queries.counts(session, [timetable.id]) == {timetable.id: (1, 1, 1)}
    assert [each.cohort_lesson_id for each in timetables.placements(session, timetable)] == [mine.id]
    with pytest.raises(NotFound):
        drafts.row_of(session, timetable, also.id)
    assert [each.row.id for each in publish(session, timetable, actor=ACTOR, now=NOW).changes] == [mine.id]
    cohorts.cancel(session, cohort, "人数不足", actor=ACTOR, now=NOW)
    assert queries.counts(session, [timetable.id]) == {timetable.id: (0, 0, 0)}


def test_what_a_finished_cohort_did_not_have_is_neither_asked_nor_published(session, office, course, cohort):
    other, timetable, mine, theirs, _ = _of_two_cohorts(session, office, course, cohort)
    other.state = CohortState.FINISHED
    session.flush()
    (asked,) = composition.compose(session, timetable, now=NOW).problem.lessons
    assert asked.id == f"l{mine.id}"
    assert [each.row.id for each in publish(session, timetable, actor=ACTOR, now=NOW).changes] == [mine.id]
    assert theirs.id in {each.cohort_lesson_id for each in timetables.placements(session, timetable)}
