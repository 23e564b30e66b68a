from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from expertpool.audit.models import AuditEntry
from expertpool.availability import queries, service
from expertpool.availability.models import BusyTime, Commitment
from expertpool.errors import Invalid
from tests.builders.people import make_person

HOUR = timedelta(hours=1)


@pytest.fixture
def people(session):
    return [make_person(session, name) for name in ("陆文澜", "何霁", "唐以宁")]


def test_nobody_is_booked_twice_and_a_failed_booking_books_nobody(session, people, now):
    lu, he, _ = people
    service.book(session, {lu.id: 1}, now, now + HOUR, source_kind="seat")
    with pytest.raises(service.DoubleBooked, match="Booked elsewhere at this time: 陆文澜") as error:
        service.book(session, {lu.id: 2, he.id: 3}, now, now + HOUR, source_kind="seat")
    assert error.value.person_ids == {lu.id}
    assert session.scalars(sa.select(Commitment.source_id)).all() == [1]


def test_times_that_only_touch_do_not_overlap(session, people, now):
    lu = people[0]
    service.book(session, {lu.id: 1}, now, now + HOUR, source_kind="seat")
    service.book(session, {lu.id: 2}, now + HOUR, now + 2 * HOUR, source_kind="seat")
    service.book(session, {lu.id: 3}, now - HOUR, now, source_kind="seat")
    assert queries.committed(session, [lu.id], now + HOUR, now + 2 * HOUR) == {lu.id}
    assert queries.committed(session, [lu.id], now + 2 * HOUR, now + 3 * HOUR) == frozenset()


@pytest.mark.parametrize(("starts", "ends"), [(-1, 0.001), (0.999, 2), (0.2, 0.8), (-1, 2), (0, 1)], ids=str)
def test_the_database_itself_refuses_an_overlap(session, people, now, starts, ends):
    lu = people[0]
    service.book(session, {lu.id: 1}, now, now + HOUR, source_kind="seat")
    values = {"person_id": lu.id, "source_kind": "seat", "source_id": 2}
    times = {"starts": now + starts * HOUR, "ends": now + ends * HOUR}
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(sa.insert(Commitment).values(**values, **times))


def test_the_database_refuses_to_move_a_booking_onto_another(session, people, now):
    lu = people[0]
    service.book(session, {lu.id: 1}, now, now + HOUR, source_kind="seat")
    (later,) = service.book(session, {lu.id: 2}, now + HOUR, now + 2 * HOUR, source_kind="seat")
    move = sa.update(Commitment).where(Commitment.id == later.id)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(move.values(starts=now + HOUR / 2))
    session.execute(move.values(ends=now + 3 * HOUR))
    assert queries.committed(session, [lu.id], now + 2 * HOUR, now + 4 * HOUR) == {lu.id}


def test_a_released_person_is_free_again(session, people, now):
    lu, he, _ = people
    service.book(session, {lu.id: 1, he.id: 2}, now, now + HOUR, source_kind="seat")
    assert service.release(session, "seat", [1, 99]) == 1
    assert queries.committed(session, [lu.id, he.id], now, now + HOUR) == {he.id}


def test_busy_and_booked_people_are_unavailable_in_each_slot(session, people, now, actor):
    lu, he, tang = people
    service.book(session, {lu.id: 1}, now + HOUR, now + 2 * HOUR, source_kind="seat")
    service.add_busy_time(session, he, now + 2 * HOUR, now + 5 * HOUR, reason="出差", actor=actor, now=now)
    slots = [(now + HOUR, now + 2 * HOUR), (now + HOUR, now + 3 * HOUR), (now + 5 * HOUR, now + 6 * HOUR)]
    found = queries.unavailable_by_slot(session, slots)
    assert [found[slot] for slot in slots] == [{lu.id}, {lu.id, he.id}, frozenset()]
    assert tang.id not in found[slots[1]]


def test_busy_times_are_added_listed_and_removed_with_their_trail(session, people, now, actor):
    lu = people[0]
    later = service.add_busy_time(
        session, lu, now + 9 * HOUR, now + 10 * HOUR, reason=" 出 差 ", actor=actor, now=now
    )
    sooner = service.add_busy_time(session, lu, now, now + HOUR, reason="", actor=actor, now=now)
    assert queries.busy_times_of(session, lu.id, now) == [sooner, later]
    assert queries.busy_times_of(session, lu.id, now + HOUR) == [later]
    assert (later.reason, sooner.reason) == ("出 差", None)
    service.remove_busy_time(session, later, actor=actor, now=now)
    assert session.scalars(sa.select(BusyTime)).all() == [sooner]
    entries = session.scalars(sa.select(AuditEntry).where(AuditEntry.subject_id == lu.id)).all()
    assert [(entry.event, entry.facts) for entry in entries] == [
        ("person.busy-time-added", {}),
        ("person.busy-time-added", {}),
        ("person.busy-time-removed", {}),
    ]
    assert entries[0].personal["reason"] == "出 差"


def test_a_busy_time_that_makes_no_sense_is_refused(session, people, now, actor):
    lu = people[0]
    for starts, ends in ((now + HOUR, now + HOUR), (now - HOUR, now), (now, now + timedelta(days=367))):
        with pytest.raises(Invalid) as error:
            service.add_busy_time(session, lu, starts, ends, reason=None, actor=actor, now=now)
        assert error.value.field == "ends"
    assert session.scalars(sa.select(BusyTime)).all() == []
