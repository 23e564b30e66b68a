"""The last change of a draft is taken back, one after the other, until its ground changed."""

import pytest

from expertpool.errors import Invalid
from expertpool.planning import drafts, publishing, runs, steps, timetables
from expertpool.planning.drafts import Spot
from expertpool.planning.models import StepKind
from expertpool.planning.runs import Answer
from tests.builders.planning import at, list_lessons, make_timetable, put
from tests.builders.training import ACTOR, make_teacher
from tests.conftest import NOW

ACTING = {"actor": ACTOR, "now": NOW}


@pytest.fixture
def rows(session, cohort):
    return list_lessons(session, cohort, "导论", "方法")


@pytest.fixture
def timetable(session, office, cohort, rows):
    return make_timetable(session, office, cohort)


def placed(session, timetable):
    return {
        each.cohort_lesson_id: (each.starts, each.ends, each.room_id, each.teaching_id, each.pinned)
        for each in timetables.placements(session, timetable)
    }


def take_back(session, timetable):
    step = steps.last(session, timetable)
    steps.take_back(session, timetable, step.number, **ACTING)
    session.expire_all()
    return step.kind, step.called


def test_every_change_can_be_taken_back_to_the_beginning(session, cohort, room, timetable, rows):
    teacher = make_teacher(session, cohort)
    seen = [placed(session, timetable)]

    def note():
        seen.append(placed(session, timetable))

    put(session, timetable, rows[0], at(0, "08:30"), room_id=room.id, teaching_id=teacher.id)
    note()
    drafts.pin(session, timetable, rows[0], True, **ACTING)
    note()
    drafts.pin(session, timetable, rows[0], False, **ACTING)
    note()
    runs.request(session, timetable, seconds=10, **ACTING)
    spots = {rows[0].id: Spot(at(2, "14:00"), None, None), rows[1].id: Spot(at(3, "14:00"), room.id, None)}
    answer = Answer(spots, [row.id for row in rows], {"placements": []})
    assert runs.record_answer(session, runs.claim(session, now=NOW), answer, now=NOW)
    note()
    drafts.take_out(session, timetable, rows[0], **ACTING)
    kinds = []
    for before in reversed(seen):
        kinds.append(take_back(session, timetable))
        assert placed(session, timetable) == before
    assert kinds == [
        (StepKind.TAKEN_OUT, "导论"),
        (StepKind.PLANNED, "1"),
        (StepKind.RELEASED, "导论"),
        (StepKind.PINNED, "导论"),
        (StepKind.PLACED, "导论"),
    ]
    assert steps.last(session, timetable) is None


def test_only_the_last_change_that_was_seen_is_taken_back(session, timetable, rows):
    put(session, timetable, rows[0], at(0, "08:30"))
    put(session, timetable, rows[0], at(0, "08:30"))
    seen = steps.last(session, timetable).number
    put(session, timetable, rows[1], at(1, "08:30"))
    with pytest.raises(Invalid, match="changed since"):
        steps.take_back(session, timetable, seen, **ACTING)
    runs.request(session, timetable, seconds=10, **ACTING)
    with pytest.raises(Invalid, match="being worked out"):
        take_back(session, timetable)


def test_old_steps_are_forgotten_and_publishing_forgets_all(session, timetable, rows):
    for number in range(steps.MOST_STEPS + 3):
        put(session, timetable, rows[0], at(number % 5, "08:30"))
    taken = 0
    while steps.last(session, timetable) is not None:
        take_back(session, timetable)
        taken += 1
    assert taken == steps.MOST_STEPS
    put(session, timetable, rows[1], at(4, "08:30"))
    publishing.publish(session, timetable, **ACTING)
    assert steps.last(session, timetable) is None
