"""Rooms: kept in order by their office, booked once at a time, and the clash named."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from expertpool.audit.models import AuditEntry
from expertpool.availability import naming, rooms, service
from expertpool.availability.models import Room, RoomCommitment
from expertpool.errors import Invalid, Stale
from tests.builders.organisations import make_organisation

HOUR = timedelta(hours=1)


@pytest.fixture
def office(session):
    return make_organisation(session, "标准处")


@pytest.fixture
def room(session, office, actor, now):
    facts = rooms.RoomFacts(" 201  会议室 ", 30, "东楼二层", ("投影仪", " 投影仪 ", ""))
    return rooms.create(session, facts, owner=office, actor=actor, now=now)


def test_a_room_is_entered_tidied_changed_and_audited(session, room, office, actor, now):
    assert (room.name, room.capacity, room.address, room.equipment) == (
        "201 会议室",
        30,
        "东楼二层",
        ["投影仪"],
    )
    facts = rooms.RoomFacts("201 会议室", 40, "东楼二层", ("投影仪",))
    assert rooms.change(session, room, facts, version=room.version, actor=actor, now=now)
    assert not rooms.change(session, room, facts, actor=actor, now=now)
    with pytest.raises(Stale):
        rooms.change(session, room, facts, version=room.version - 1, actor=actor, now=now)
    entries = session.execute(
        sa.select(AuditEntry.event, AuditEntry.facts).where(AuditEntry.subject_kind == "room")
    ).all()
    assert [tuple(each) for each in entries] == [
        ("room.room-created", {"called": "201 会议室", "owner_id": office.id}),
        ("room.room-changed", {"called": "201 会议室", "changes": {"capacity": [30, 40]}}),
    ]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (rooms.RoomFacts(" ", 30), "name"),
        (rooms.RoomFacts("厅" * 121, 30), "name"),
        (rooms.RoomFacts("厅", 30, "路" * 201), "address"),
        (rooms.RoomFacts("厅", 0), "capacity"),
        (rooms.RoomFacts("201 会议室", 30), "name"),
    ],
    ids=["blank", "long", "far", "empty", "known"],
)
def test_a_wrong_room_is_refused_at_its_field(session, room, office, actor, now, facts, field):
    with pytest.raises(Invalid) as error:
        rooms.create(session, facts, owner=office, actor=actor, now=now)
    assert error.value.field == field
    assert session.scalars(sa.select(Room.name).where(Room.owner_id == office.id)).all() == ["201 会议室"]


def test_a_room_is_booked_once_at_a_time_and_the_clash_is_named(session, room, now, monkeypatch):
    monkeypatch.setattr(naming, "_namers", {"lesson": lambda _session, ids, to_themselves: {7: "第一讲"}})
    service.book_room(session, room, 7, now, now + HOUR, source_kind="lesson")
    service.book_room(session, room, 8, now + HOUR, now + 2 * HOUR, source_kind="panel")
    with pytest.raises(service.RoomTaken, match="201 会议室 is booked at this time for 第一讲") as error:
        service.book_room(session, room, 9, now + HOUR / 2, now + HOUR, source_kind="lesson")
    assert error.value.field == "room"
    with pytest.raises(service.RoomTaken, match="is booked at this time for a panel"):
        service.book_room(session, room, 9, now + HOUR, now + 2 * HOUR, source_kind="lesson")
    assert service.release_room(session, "lesson", [7, 8]) == 1
    service.book_room(session, room, 9, now + HOUR / 2, now + HOUR, source_kind="lesson")
    booked = session.scalars(sa.select(RoomCommitment.source_id).order_by(RoomCommitment.id)).all()
    assert booked == [8, 9]


def test_the_database_itself_refuses_a_room_twice(session, room, now):
    service.book_room(session, room, 7, now, now + HOUR, source_kind="lesson")
    values = {"room_id": room.id, "source_kind": "panel", "source_id": 1}
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(sa.insert(RoomCommitment).values(starts=now, ends=now + HOUR / 2, **values))


def test_a_room_that_is_booked_ahead_is_not_retired_and_a_retired_one_not_booked(session, room, actor, now):
    service.book_room(session, room, 7, now, now + HOUR, source_kind="lesson")
    with pytest.raises(Invalid, match="still booked 1 times"):
        rooms.retire(session, room, actor=actor, now=now)
    rooms.retire(session, room, actor=actor, now=now + HOUR)
    with pytest.raises(Invalid, match="no longer in use"):
        service.book_room(session, room, 8, now + HOUR, now + 2 * HOUR, source_kind="lesson")


def test_of_eight_who_book_a_room_at_once_one_has_it(empty_engine, actor, now):
    with Session(empty_engine) as session:
        facts = rooms.RoomFacts("201", 30)
        room_id = rooms.create(session, facts, owner=make_organisation(session), actor=actor, now=now).id
        session.commit()

    def book(number):
        with Session(empty_engine) as session:
            try:
                room = rooms.get(session, room_id)
                service.book_room(session, room, number, now, now + HOUR, source_kind="lesson")
                session.commit()
            except service.RoomTaken:
                return "taken"
        return "booked"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(book, range(8))) == ["booked", *["taken"] * 7]
