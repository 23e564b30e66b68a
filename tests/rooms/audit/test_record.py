from dataclasses import dataclass

import sqlalchemy as sa

from expertpool.audit import queries
from expertpool.audit.models import AuditEntry
from expertpool.audit.service import record, record_all, salted_hash
from expertpool.events import Event, personal, subscribe


@dataclass(frozen=True)
class DoorOpened(Event):
    subject_kind = "door"
    floor: int
    by: str = personal()


def test_personal_values_stand_outside_the_hashed_facts(session, actor, now):
    entry = record(session, DoorOpened(7, floor=3, by="周岚"), actor=actor, now=now)
    session.flush()
    assert entry.event == "door.door-opened"
    assert entry.facts == {"floor": 3}
    assert entry.personal == {"by": "周岚"}
    assert entry.personal_hash == salted_hash(entry.personal_salt, {"by": "周岚"})


@dataclass(frozen=True)
class DoorShut(Event):
    subject_kind = "door"
    floor: int


def test_many_events_are_recorded_in_their_order_after_what_waits_and_heard_by_listeners(session, actor, now):
    heard = []
    subscribe(DoorShut, lambda _session, event, who, when: heard.append((event.floor, who, when)))
    record(session, DoorOpened(7, floor=1, by="周岚"), actor=actor, now=now)
    happened = [DoorShut(7, floor=2), DoorOpened(8, floor=3, by="吴越"), DoorShut(9, floor=4)]
    record_all(session, happened, actor=actor, now=now)
    entries = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(each.event, each.subject_id, each.facts, each.personal) for each in entries] == [
        ("door.door-opened", 7, {"floor": 1}, {"by": "周岚"}),
        ("door.door-shut", 7, {"floor": 2}, None),
        ("door.door-opened", 8, {"floor": 3}, {"by": "吴越"}),
        ("door.door-shut", 9, {"floor": 4}, None),
    ]
    assert entries[2].personal_hash == salted_hash(entries[2].personal_salt, {"by": "吴越"})
    assert {(each.at, each.actor_label, each.via) for each in entries} == {(now, actor.label, actor.via)}
    assert heard == [(2, actor, now), (4, actor, now)]


def test_the_trail_of_a_whole_and_its_parts_goes_on_from_page_to_page(session, actor, now):
    def note(kind, number):
        entry = AuditEntry(
            at=now,
            actor_label="测试者",
            via="cli",
            event=f"{kind}.x",
            subject_kind=kind,
            subject_id=number,
            facts={},
        )
        session.add(entry)
        session.flush()
        return entry.id

    one = note("panel", 77001)
    others = note("panel", 77002), note("seat", 77003)
    two, three, four = note("seat", 77001), note("seat", 77002), note("panel", 77001)
    parts = {
        "panel": sa.select(sa.literal(77001)),
        "seat": sa.select(sa.literal(77001)).union(sa.select(sa.literal(77002))),
    }
    first = queries.trail_of_whole(session, parts, now=now, limit=3)
    assert ([each.id for each in first.entries], first.older) == ([four, three, two], two)
    rest = queries.trail_of_whole(session, parts, now=now, before=first.older, limit=3)
    assert ([each.id for each in rest.entries], rest.older) == ([one], None)
    assert not {each.id for each in (*first.entries, *rest.entries)} & set(others)
