"""Bring in the large files that somebody ordered to come in."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from expertpool.database import is_busy, reading
from expertpool.errors import Invalid, Stale
from expertpool.exchange import orders
from expertpool.exchange.orders import Claim
from expertpool.jobs.tally import Tally

EVERY = timedelta(seconds=2)

log = structlog.get_logger("expertpool.imports")


def tick(session: Session, now: datetime) -> Tally:
    """Bring in one file, in a transaction of its own; return how many orders were worked on, or failed.

    A file that its own contents or other changes hold back was worked on: its person is told why.
    """
    with reading():
        waiting = orders.is_waiting(session, now=now)
        session.rollback()
    held = orders.claim(session, now=now) if waiting else None
    session.commit()
    if held is None:
        return Tally(0)
    try:
        _bring_in(session, held, now)
    except Stale:
        _hold_back(session, held, orders.STALE, now)
    except Invalid:
        _hold_back(session, held, orders.REFUSED, now)
    except Exception as error:
        if is_busy(error):
            raise
        log.exception("a file could not be brought in", batch=held.batch_id)
        _hold_back(session, held, orders.UNEXPECTED, now)
        return Tally(0, failed=1)
    return Tally(1)


def _bring_in(session: Session, held: Claim, now: datetime) -> None:
    """Lock SQLite only when everything is read; when somebody wrote meanwhile, begin again with the lock."""
    try:
        with reading():
            orders.carry_out(session, held, now=now)
            session.commit()
    except OperationalError:
        session.rollback()
        orders.carry_out(session, held, now=now)
        session.commit()


def _hold_back(session: Session, held: Claim, error: str, now: datetime) -> None:
    session.rollback()
    orders.hold_back(session, held, error, now=now)
    session.commit()
