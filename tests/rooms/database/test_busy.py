"""What is worth trying again: a transaction that gave way to others, and no other fault."""

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
