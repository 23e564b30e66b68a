"""What is worth trying again: a transaction that gave way to others, and no other fault."""

import sqlite3

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool import database
from expertpool.database import is_busy, patiently
from expertpool.settings.models import Holiday
from tests.conftest import NOW


@pytest.fixture
def blocked(empty_engine, monkeypatch):
    """A session of somebody who does not wait long, while somebody else holds the table."""
    monkeypatch.setattr(database, "PATIENCE", 20)
    with empty_engine.begin() as holder:
        if holder.dialect.name == "postgresql":
            holder.execute(sa.text("LOCK TABLE holidays"))
        with Session(empty_engine) as session:
            yield session, holder


def add(session):
    try:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(sa.text("SET LOCAL lock_timeout = '20ms'"))
        session.add(Holiday(day=NOW.date(), name="x"))
        session.commit()
    except Exception:
        session.rollback()
        raise


def test_giving_way_to_a_lock_is_busy(blocked):
    session, _ = blocked
    with pytest.raises(sa.exc.OperationalError) as found:
        add(session)
    assert is_busy(found.value)


def test_what_must_not_be_lost_is_done_when_the_lock_is_gone(blocked):
    session, holder = blocked
    tries = []

    def work():
        tries.append(1)
        if len(tries) == 3:
            holder.rollback()
        add(session)
        return "done"

    assert patiently(work) == "done"
    assert len(tries) == 3
    assert session.scalars(sa.select(Holiday.name)).all() == ["x"]


def test_other_faults_are_not_busy_and_not_repeated(session):
    tries = []

    def work():
        tries.append(1)
        raise sa.exc.OperationalError("SELECT", {}, Exception("the disk is gone"))

    with pytest.raises(sa.exc.OperationalError) as found:
        patiently(work)
    assert (is_busy(found.value), is_busy(ValueError()), len(tries)) == (False, False, 1)


class Refusing:
    """A cursor of a new file that another connection switches to logging ahead just now."""

    def __init__(self, times, code=sqlite3.SQLITE_BUSY):
        self.times, self.code, self.asked = times, code, []

    def execute(self, statement):
        self.asked.append(statement)
        if len(self.asked) <= self.times:
            error = sqlite3.OperationalError("refused")
            error.sqlite_errorcode = self.code
            raise error


@pytest.mark.parametrize("times", [0, 1, 4])
def test_the_first_connections_of_a_new_file_wait_for_each_other(monkeypatch, times):
    monkeypatch.setattr(database, "WAL_PAUSES", (0, 0, 0, 0))
    cursor = Refusing(times)
    database._write_ahead(cursor)
    assert cursor.asked == ["PRAGMA journal_mode=WAL"] * (times + 1)


@pytest.mark.parametrize(("times", "code"), [(5, sqlite3.SQLITE_BUSY), (1, sqlite3.SQLITE_CANTOPEN)])
def test_a_file_that_can_not_be_switched_is_an_error(monkeypatch, times, code):
    monkeypatch.setattr(database, "WAL_PAUSES", (0, 0, 0, 0))
    with pytest.raises(sqlite3.OperationalError):
        database._write_ahead(Refusing(times, code))
