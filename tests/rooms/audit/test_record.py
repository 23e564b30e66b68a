from dataclasses import dataclass

from expertpool.audit.service import record, salted_hash
from expertpool.events import Event, personal


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
