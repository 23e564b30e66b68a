"""A large file comes in by a job: once, whole, and however the job or the office gets in its way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.models import AuditEntry
from expertpool.errors import Invalid
from expertpool.exchange import orders, service
from expertpool.exchange.columns import Kind
from expertpool.exchange.models import BatchState, ImportBatch, ImportOrder, ImportRow
from expertpool.jobs import bring_in_files
from expertpool.people.models import Person
from tests.builders.files import make_csv
from tests.builders.people import make_person

ROWS = [["姓名", "邮箱"], ["周岚", "zhou@mail.example"], ["吴越", "wu@mail.example"]]
MIXED = [*ROWS, ["郑一", "无"]]


@pytest.fixture
def ordered(empty_engine, actor, now):
    """Stage rows and order them to come in; return the engine and the id of the import."""

    def order(rows=ROWS, *, skip_bad_rows=False):
        with Session(empty_engine) as session:
            batch = service.stage(session, Kind.EXPERTS, make_csv(rows), "f.csv", actor=actor, now=now)
            orders.ask(session, batch.id, skip_bad_rows=skip_bad_rows, actor=actor, now=now)
            session.commit()
            return batch.id

    return order


def tick(engine, now):
    """Return how many files came in, and how many could not."""
    with Session(engine) as session:
        told = bring_in_files.tick(session, now)
        return told.done, told.failed


def left_behind(engine):
    """Return names in the pool, the import's state, the order's error or None, and how many rows it keeps."""
    with Session(engine) as session:
        names = session.scalars(sa.select(Person.name).order_by(Person.id)).all()
        state = session.scalar(sa.select(ImportBatch.state))
        order = session.scalars(sa.select(ImportOrder.error)).all()
        return names, state, order, session.scalar(sa.select(sa.func.count(ImportRow.id)))


def test_an_ordered_file_comes_in_and_says_who_asked(empty_engine, ordered, actor, now):
    batch_id = ordered()
    assert left_behind(empty_engine) == ([], BatchState.STAGED, [None], 2)
    assert tick(empty_engine, now) == (1, 0)
    assert left_behind(empty_engine) == (["周岚", "吴越"], BatchState.APPLIED, [], 0)
    with Session(empty_engine) as session:
        entries = session.scalars(
            sa.select(AuditEntry).where(AuditEntry.subject_kind == "import").order_by(AuditEntry.id)
        ).all()
    assert [entry.event for entry in entries] == [
        "import.file-staged",
        "import.file-ordered",
        "import.file-imported",
    ]
    assert {(entry.subject_id, entry.actor_label) for entry in entries} == {(batch_id, actor.label)}
    assert tick(empty_engine, now) == (0, 0)


def test_while_a_file_is_on_its_way_nobody_else_decides_about_it(empty_engine, ordered, actor, now):
    batch_id = ordered()
    verbs = (
        lambda session: service.decide(session, batch_id, {}, actor=actor, now=now),
        lambda session: service.remap(session, batch_id, {}, actor=actor, now=now),
        lambda session: service.discard(session, batch_id, actor=actor, now=now),
        lambda session: service.apply(session, batch_id, {}, actor=actor, now=now),
        lambda session: orders.ask(session, batch_id, skip_bad_rows=True, actor=actor, now=now),
    )
    for verb in verbs:
        with Session(empty_engine) as session, pytest.raises(Invalid, match="is being brought in"):
            verb(session)
    assert left_behind(empty_engine) == ([], BatchState.STAGED, [None], 2)


def test_rows_that_cannot_come_in_are_left_out_or_hold_the_file_back(empty_engine, ordered, actor, now):
    batch_id = ordered(MIXED)
    tick(empty_engine, now)
    assert left_behind(empty_engine) == ([], BatchState.STAGED, ["refused"], 3)
    with Session(empty_engine) as session:
        orders.ask(session, batch_id, skip_bad_rows=True, actor=actor, now=now)
        session.commit()
    tick(empty_engine, now)
    assert left_behind(empty_engine) == (["周岚", "吴越"], BatchState.APPLIED, [], 0)


def test_a_pool_that_has_changed_holds_the_file_back_and_it_is_compared_anew(empty_engine, ordered, now):
    ordered()
    with Session(empty_engine) as session:
        make_person(session, "周岚", addresses=("zhou@mail.example",))
        session.commit()
    tick(empty_engine, now)
    assert left_behind(empty_engine) == (["周岚"], BatchState.STAGED, ["stale"], 2)
    with Session(empty_engine) as session:
        counts = session.scalar(sa.select(ImportBatch.counts))
        assert (counts["create"], counts["same"]) == (1, 1)


def test_a_job_that_dies_leaves_the_order_to_the_next_and_a_third_loss_ends_it(empty_engine, ordered, now):
    ordered()
    later = now
    for _attempt in range(orders.MOST_ATTEMPTS):
        with Session(empty_engine) as session:
            held = orders.claim(session, now=later)
            session.commit()
        assert tick(empty_engine, later) == (0, 0)
        later += orders.LEASE + timedelta(seconds=1)
    assert held.attempt == orders.MOST_ATTEMPTS
    assert tick(empty_engine, later) == (0, 0)
    assert left_behind(empty_engine) == ([], BatchState.STAGED, ["lost"], 2)


def test_a_job_that_lost_its_order_writes_nothing(empty_engine, ordered, now):
    ordered()
    with Session(empty_engine) as session:
        slow = orders.claim(session, now=now)
        session.commit()
    with Session(empty_engine) as session:
        quick = orders.claim(session, now=now + orders.LEASE + timedelta(seconds=1))
        session.commit()
    assert quick == replace(slow, attempt=2)
    with Session(empty_engine) as session:
        assert orders.carry_out(session, slow, now=now) is False
        assert orders.hold_back(session, slow, orders.UNEXPECTED, now=now) is False
        session.commit()
    assert left_behind(empty_engine) == ([], BatchState.STAGED, [None], 2)
    with Session(empty_engine) as session:
        assert orders.carry_out(session, quick, now=now) is True
        session.commit()
    assert left_behind(empty_engine) == (["周岚", "吴越"], BatchState.APPLIED, [], 0)


def test_two_jobs_bring_one_file_in_once(empty_engine, ordered, now):
    ordered()
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _number: tick(empty_engine, now), range(2)))
    assert sorted(done) == [(0, 0), (1, 0)]
    assert left_behind(empty_engine) == (["周岚", "吴越"], BatchState.APPLIED, [], 0)


def test_somebody_who_writes_while_the_file_is_read_does_not_stop_it(
    empty_engine, ordered, actor, now, monkeypatch
):
    ordered()
    plan, others = service.plan, []

    def and_meanwhile(session, table, decisions=None):
        planned = plan(session, table, decisions)
        if not others:
            with Session(empty_engine) as other:
                others.append(make_person(other, "冯九", addresses=("feng@mail.example",)).id)
                other.commit()
        return planned

    monkeypatch.setattr(service, "plan", and_meanwhile)
    assert tick(empty_engine, now) == (1, 0)
    assert left_behind(empty_engine) == (["冯九", "周岚", "吴越"], BatchState.APPLIED, [], 0)


def test_a_fault_of_ours_holds_the_file_back_whole(empty_engine, ordered, now, monkeypatch):
    ordered()

    def fail(*_args, **_options):
        raise RuntimeError("no index")

    monkeypatch.setattr("expertpool.people.search.index_people", fail)
    tick(empty_engine, now)
    assert left_behind(empty_engine) == ([], BatchState.STAGED, ["unexpected"], 2)
