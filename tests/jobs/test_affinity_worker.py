"""A worker is killed in the middle of an affinity list: nothing is half kept, and another takes it over."""

import time
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from expertpool import clock
from expertpool.affinity import scoring
from expertpool.affinity.models import AffinityList
from expertpool.database import reading
from expertpool.jobs import affinity_lists as job
from expertpool.leases import LEASE, RunState
from tests.builders.affinities import list_of_items, list_of_text, named
from tests.builders.organisations import make_organisation
from tests.builders.panels import make_item
from tests.builders.people import make_person

ITEMS = 6


@pytest.fixture
def start_worker(forked_workers):
    """Start a worker process for a database."""

    def started(session):
        with reading():
            assert job.tick(session, clock.now()) == 1
            assert job.tick(session, clock.now()) == 0
        (worker,) = forked_workers.values()
        return worker

    return started


def scene(session):
    """Queue a list of some items that all fit two people."""
    office = make_organisation(session, "标准处")
    for name in ("陆文澜", "何霁"):
        make_person(session, name, bio="滚动轴承")
    asked = list_of_items(session, office, [make_item(session, f"轴承第{at}部分") for at in range(ITEMS)])
    list_id = asked.id
    session.commit()
    return list_id


def look(engine, list_id):
    with reading(), Session(engine) as session:
        list_ = session.get_one(AffinityList, list_id)
        return list_.state, list_.attempts, list_.scored, len(named(session, list_))


def wait_until(engine, list_id, seen, seconds=60):
    deadline = time.monotonic() + seconds
    while not seen(look(engine, list_id)):
        assert time.monotonic() < deadline, look(engine, list_id)
        time.sleep(0.05)


def test_another_takes_over_what_a_killed_worker_held(empty_engine, start_worker, monkeypatch):
    monkeypatch.setattr(scoring, "ROWS_AT_ONCE", 2)
    answer = scoring.answer

    def stuck(question):
        for at, part in enumerate(answer(question)):
            yield part
            time.sleep(60 if at == 1 else 0)

    monkeypatch.setattr(scoring, "answer", stuck)
    with Session(empty_engine) as session:
        list_id = scene(session)
        worker = start_worker(session)
        session.rollback()
    wait_until(empty_engine, list_id, lambda seen: seen[2] == 2)
    worker.kill()
    worker.join()
    assert look(empty_engine, list_id) == (RunState.RUNNING, 1, 2, 4)
    assert job.work(empty_engine) is False
    monkeypatch.setattr(scoring, "answer", answer)
    later = clock.now() + LEASE + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert job.work(empty_engine) is True
    assert look(empty_engine, list_id) == (RunState.DONE, 2, ITEMS, 2 * ITEMS)


def test_a_worker_answers_all_that_waits_and_a_list_that_fails_stops_no_other(empty_engine, monkeypatch):
    with Session(empty_engine) as session:
        bad = scene(session)
        office = make_organisation(session, "另一处")
        good = list_of_text(session, office, "轴承").id
        session.commit()
    read = scoring.read

    def failing(session, list_id):
        if list_id == bad:
            raise RuntimeError("broken")
        return read(session, list_id)

    monkeypatch.setattr(scoring, "read", failing)
    while job.work(empty_engine):
        pass
    assert look(empty_engine, bad)[0] is RunState.FAILED
    assert look(empty_engine, good)[0] is RunState.DONE
