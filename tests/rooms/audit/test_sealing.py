"""The chain: sealing, tampering with each column, gaps, races, erasure."""

import threading
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.erasure import erase_personal
from expertpool.audit.models import AuditEntry
from expertpool.audit.queries import Filters, search, trail
from expertpool.audit.sealing import GENESIS, Head, head, seal, verify
from expertpool.audit.service import record
from expertpool.events import Event, personal


@dataclass(frozen=True)
class BoxOpened(Event):
    subject_kind = "box"
    floor: int
    share: float = 0.25
    by: str = personal(default="周岚")


@dataclass(frozen=True)
class LidLost(Event):
    subject_kind = "lid"


@pytest.fixture
def trails(session, actor, now):
    """Five sealed entries."""
    for number in range(5):
        record(session, BoxOpened(number % 2, floor=number), actor=actor, now=now + timedelta(seconds=number))
    session.flush()
    assert seal(session) == 5
    session.expire_all()
    return session


def tamper(session: Session, number: int, values: dict) -> None:
    """Change an entry behind the triggers' back, as somebody with the database's own tools could."""
    entry = session.scalar(sa.select(AuditEntry).where(AuditEntry.number == number))
    bypass(session, sa.update(AuditEntry).where(AuditEntry.id == entry.id).values(values))


def bypass(session: Session, statement) -> None:
    sqlite = session.get_bind().dialect.name == "sqlite"
    if sqlite:
        for name in ("unchanged", "undeleted"):
            session.execute(sa.text(f"DROP TRIGGER audit_entries_{name}"))
    else:
        session.execute(sa.text("ALTER TABLE audit_entries DISABLE TRIGGER USER"))
    session.execute(statement.execution_options(synchronize_session=False))
    session.expire_all()


def test_entries_are_numbered_in_order_and_chained(trails):
    entries = trails.scalars(sa.select(AuditEntry).order_by(AuditEntry.number)).all()
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.previous_hash for entry in entries] == [GENESIS, *(entry.hash for entry in entries[:-1])]
    assert seal(trails) == 0
    verdict = verify(trails, chunk=2)
    assert (verdict.checked, verdict.broken, verdict.head) == (5, None, Head(5, entries[-1].hash))
    assert head(trails) == verdict.head


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("at", "later", "Entry 3 (id {id}) was changed."),
        ("actor_id", 7, "Entry 3 (id {id}) was changed."),
        ("actor_label", "别人", "Entry 3 (id {id}) was changed."),
        ("via", "web", "Entry 3 (id {id}) was changed."),
        ("request_id", "r", "Entry 3 (id {id}) was changed."),
        ("event", "box.closed", "Entry 3 (id {id}) was changed."),
        ("subject_kind", "lid", "Entry 3 (id {id}) was changed."),
        ("subject_id", 99, "Entry 3 (id {id}) was changed."),
        ("facts", {"floor": 9, "share": 0.25}, "Entry 3 (id {id}) was changed."),
        ("personal_hash", "0" * 64, "Entry 3 (id {id}) was changed."),
        ("hash", "0" * 64, "Entry 3 (id {id}) was changed."),
        ("personal", {"by": "别人"}, "The personal values of entry 3 (id {id}) were changed."),
        ("personal_salt", "0" * 32, "The personal values of entry 3 (id {id}) were changed."),
        ("previous_hash", "0" * 64, "Entry 3 (id {id}) does not follow the one before it."),
        ("number", 30, "Entry 3 is missing."),
    ],
)
def test_a_changed_column_is_found(trails, now, column, value, message):
    entry_id = trails.scalar(sa.select(AuditEntry.id).where(AuditEntry.number == 3))
    tamper(trails, 3, {column: now if value == "later" else value})
    verdict = verify(trails)
    expected = message.format(id=entry_id if column != "number" else 0)
    assert str(verdict.broken) == expected
    assert verdict.checked == 2


def test_a_removed_entry_is_found(trails):
    bypass(trails, sa.delete(AuditEntry).where(AuditEntry.number == 2))
    assert str(verify(trails).broken) == "Entry 2 is missing."


def test_a_shortened_trail_is_found_with_a_head_noted_before(trails):
    noted = head(trails)
    bypass(trails, sa.delete(AuditEntry).where(AuditEntry.number == 5))
    assert verify(trails).broken is None
    assert str(verify(trails, known=noted).broken) == "Entry 5 is missing."


def test_a_rewritten_trail_is_found_with_a_head_noted_before(trails):
    noted = head(trails)
    bypass(trails, sa.update(AuditEntry).values(number=None, previous_hash=None, hash=None, via="web"))
    assert seal(trails) == 5
    assert verify(trails).broken is None
    assert "has another hash than the one noted before" in str(verify(trails, known=noted).broken)


def test_erasing_personal_values_keeps_the_chain_whole(trails):
    assert erase_personal(trails, "box", 1) == 2
    assert erase_personal(trails, "box", 1) == 0
    trails.expire_all()
    left = [entry.personal for entry in trails.scalars(sa.select(AuditEntry).order_by(AuditEntry.number))]
    assert left == [{"by": "周岚"}, None, {"by": "周岚"}, None, {"by": "周岚"}]
    assert verify(trails).broken is None


@pytest.mark.parametrize(
    "statement",
    [
        sa.update(AuditEntry).values(facts={}),
        sa.update(AuditEntry).values(via="x"),
        sa.update(AuditEntry).values(request_id="x"),
        sa.update(AuditEntry).values(personal={"by": "x"}),
        sa.update(AuditEntry).values(number=AuditEntry.number + 100),
        sa.update(AuditEntry).values(hash=None),
        sa.delete(AuditEntry),
    ],
)
def test_the_database_refuses_to_change_or_delete_entries(trails, statement):
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), trails.begin_nested():
        trails.execute(statement.execution_options(synchronize_session=False))
    assert verify(trails).broken is None


def test_two_sealers_at_once_make_one_chain(empty_engine, actor, now):
    with Session(empty_engine) as session:
        for number in range(300):
            record(session, BoxOpened(number, floor=1), actor=actor, now=now)
        session.commit()
    sealed: list[int] = []

    def work() -> None:
        for _ in range(60):
            with Session(empty_engine) as session:
                sealed.append(seal(session, limit=10))
                session.commit()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Session(empty_engine) as session:
        while seal(session):
            pass
        verdict = verify(session)
        assert (verdict.checked, verdict.broken) == (300, None)
    assert sum(sealed) <= 300


def test_a_subjects_trail_leaves_others_out_and_pages_by_key(trails, actor, now):
    record(trails, LidLost(1), actor=actor, now=now)
    trails.flush()
    first = trail(trails, "box", 0, now=now, limit=2)
    assert [entry.facts["floor"] for entry in first.entries] == [4, 2]
    second = trail(trails, "box", 0, now=now, limit=2, before=first.older)
    assert ([entry.facts["floor"] for entry in second.entries], second.older) == ([0], None)


def test_search_includes_the_beginning_and_leaves_out_the_end_of_a_time(trails, now):
    page = search(
        trails, Filters(since=now + timedelta(seconds=1), until=now + timedelta(seconds=3)), now=now
    )
    assert [entry.facts["floor"] for entry in page.entries] == [2, 1]


def test_search_by_event_or_by_its_room(trails, actor, now):
    record(trails, LidLost(1), actor=actor, now=now)
    trails.flush()
    assert [entry.event for entry in search(trails, Filters(event="lid."), now=now).entries] == [
        "lid.lid-lost"
    ]
    assert len(search(trails, Filters(event="box.box-opened"), now=now).entries) == 5
    assert search(trails, Filters(event="box.box"), now=now).entries == []
