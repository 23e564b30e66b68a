"""Runs: claimed by one worker, told on, stopped, called off, lost and begun again; the end is the draft."""

from datetime import timedelta

import pytest

from expertpool.errors import Invalid
from expertpool.planning import runs, timetables
from expertpool.planning.drafts import Spot
from expertpool.planning.run_models import TimetableRunState
from expertpool.planning.runs import LEASE, MOST_ATTEMPTS, Answer
from tests.builders.planning import at, list_lessons, make_timetable, put
from tests.builders.training import ACTOR
from tests.conftest import NOW


@pytest.fixture
def rows(session, cohort):
    return list_lessons(session, cohort, "导论", "方法")


@pytest.fixture
def timetable(session, office, cohort, rows):
    return make_timetable(session, office, cohort)


def asked(session, timetable):
    return runs.request(session, timetable, seconds=10, actor=ACTOR, now=NOW)


def answer(rows, *starts):
    spots = {row.id: Spot(moment, None, None) for row, moment in zip(rows, starts, strict=False)}
    return Answer(spots, [row.id for row in rows], {"placements": [], "unplaced_count": 2 - len(starts)})


def placed(session, timetable):
    return [(each.cohort_lesson_id, each.starts) for each in timetables.placements(session, timetable)]


def test_an_answer_becomes_the_draft_and_what_it_leaves_out_has_no_place(session, timetable, rows):
    put(session, timetable, rows[0], at(3, "14:00"))
    put(session, timetable, rows[1], at(4, "14:00"))
    run = asked(session, timetable)
    held = runs.claim(session, now=NOW)
    assert (held.run_id, held.attempt) == (run.id, 1)
    assert runs.claim(session, now=NOW) is None
    assert runs.record_answer(session, held, answer(rows, at(0, "08:30")), now=NOW)
    assert placed(session, timetable) == [(rows[0].id, at(0, "08:30"))]
    session.refresh(run)
    assert (run.state, run.lease_until) == (TimetableRunState.DONE, None)


def test_the_best_so_far_is_kept_and_stopping_is_heard(session, timetable):
    run = asked(session, timetable)
    held = runs.claim(session, now=NOW)
    later = NOW + timedelta(minutes=1)
    assert runs.keep(session, held, later, best={"cost": 7}) is False
    runs.stop(session, run, actor=ACTOR, now=later)
    assert runs.keep(session, held, later, best={"cost": 5}) is True
    session.refresh(run)
    assert (run.best, run.lease_until) == ({"cost": 5}, later + LEASE)


def test_a_run_that_was_called_off_is_nobody_s_and_changes_nothing(session, timetable, rows):
    put(session, timetable, rows[0], at(3, "14:00"))
    run = asked(session, timetable)
    held = runs.claim(session, now=NOW)
    runs.cancel(session, run, actor=ACTOR, now=NOW)
    assert runs.keep(session, held, NOW) is None
    assert not runs.record_answer(session, held, answer(rows, at(0, "08:30")), now=NOW)
    assert placed(session, timetable) == [(rows[0].id, at(3, "14:00"))]
    for verb in (runs.cancel, runs.stop):
        with pytest.raises(Invalid, match="over already"):
            verb(session, run, actor=ACTOR, now=NOW)
    asked(session, timetable)


def test_a_lost_run_is_begun_again_and_fails_after_some_attempts(session, timetable, rows):
    run = asked(session, timetable)
    first = runs.claim(session, now=NOW)
    now = NOW
    for _attempt in range(MOST_ATTEMPTS - 1):
        now += LEASE + timedelta(seconds=1)
        assert runs.claim(session, now=now).run_id == run.id
    assert not runs.record_answer(session, first, answer(rows), now=now)
    assert runs.claim(session, now=now + LEASE + timedelta(seconds=1)) is None
    session.refresh(run)
    assert (run.state, run.error) == (TimetableRunState.FAILED, "lost")


@pytest.mark.parametrize("seconds", [1, 10_000])
def test_the_limit_has_limits(session, timetable, seconds):
    with pytest.raises(Invalid) as error:
        runs.request(session, timetable, seconds=seconds, actor=ACTOR, now=NOW)
    assert error.value.field == "seconds"


def test_runs_are_numbered_by_timetable(session, office, cohort, timetable):
    other = make_timetable(session, office, cohort)
    numbers = []
    for each in (timetable, other):
        run = asked(session, each)
        numbers.append(run.number)
        runs.cancel(session, run, actor=ACTOR, now=NOW)
    numbers.append(asked(session, timetable).number)
    assert numbers == [1, 1, 2]
    assert runs.run_of(session, timetable, 2).state is TimetableRunState.QUEUED
