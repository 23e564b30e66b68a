"""A worker is killed in the middle of a plan: the draft is whole, and another takes the run over."""

import time
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from expertpool import clock, wiring
from expertpool.database import reading
from expertpool.jobs import timetables as job
from expertpool.planning import runs, timetables
from expertpool.planning.models import Timetable
from expertpool.planning.run_models import TimetableRun, TimetableRunState
from expertpool.timetabling.plans import solving
from tests.builders.organisations import make_organisation
from tests.builders.planning import list_lessons, make_timetable, put
from tests.builders.training import ACTOR, make_cohort, make_course, make_room


@pytest.fixture
def worker_of(forked_workers, monkeypatch):
    """Start a worker process for a database."""
    monkeypatch.setattr(solving, "WATCH", 0.1)

    def started(session):
        assert job.tick(session, clock.now()) == 1
        (worker,) = forked_workers.values()
        return worker

    return started


def scene(session):
    """Queue a run for two lessons in a week ahead, one of which has a place already."""
    wiring.connect()
    office = make_organisation(session, "标准处")
    cohort = make_cohort(session, make_course(session, office))
    room = make_room(session, office, "第一教室", 40)
    rows = list_lessons(session, cohort, "导论", "方法")
    first = clock.now().date() + timedelta(days=3)
    days = {"first": first, "last": first + timedelta(days=13)}
    timetable = make_timetable(session, office, cohort, **days)
    put(session, timetable, rows[0], clock.now() + timedelta(days=5), room_id=room.id)
    run = runs.request(session, timetable, seconds=600, actor=ACTOR, now=clock.now())
    ids = timetable.id, run.id
    session.commit()
    return ids


def placed(engine, timetable_id):
    with reading(), Session(engine) as session:
        draft = timetables.placements(session, session.get_one(Timetable, timetable_id))
        return [(each.cohort_lesson_id, each.starts, each.room_id) for each in draft]


def run_of(engine, run_id):
    with reading(), Session(engine) as session:
        return session.get_one(TimetableRun, run_id)


def wait_for_its_best(engine, run_id, seconds=120):
    deadline = time.monotonic() + seconds
    while run_of(engine, run_id).best is None:
        assert time.monotonic() < deadline, "the worker told of nothing"
        time.sleep(0.1)


def test_another_takes_over_what_a_killed_worker_held(empty_engine, worker_of, monkeypatch):
    with Session(empty_engine) as session:
        timetable_id, run_id = scene(session)
        before = placed(empty_engine, timetable_id)
        worker = worker_of(session)
        session.rollback()
    wait_for_its_best(empty_engine, run_id)
    worker.kill()
    worker.join()
    held = run_of(empty_engine, run_id)
    assert (held.state, held.attempts) == (TimetableRunState.RUNNING, 1)
    assert (placed(empty_engine, timetable_id), len(before)) == (before, 1)
    assert job.work(empty_engine) is False
    with Session(empty_engine) as session:
        runs.stop(session, session.get_one(TimetableRun, run_id), actor=ACTOR, now=clock.now())
        session.commit()
    later = clock.now() + runs.LEASE + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert job.work(empty_engine) is True
    done = run_of(empty_engine, run_id)
    assert (done.state, done.attempts, done.best["unplaced_count"]) == (TimetableRunState.DONE, 2, 0)
    assert len(placed(empty_engine, timetable_id)) == 2
