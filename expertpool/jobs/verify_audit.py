"""Verify the audit trail when somebody asked for it, and once a week."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from expertpool.audit import sealing, verifying
from expertpool.database import reading
from expertpool.events import SYSTEM

EVERY = timedelta(seconds=10)
WEEK = timedelta(days=7)


def tick(session: Session, now: datetime) -> int:
    """Walk the chain if it is time; return 1 then. Others may write meanwhile."""
    with reading(), Session(session.get_bind()) as walking:
        state = verifying.state(walking)
        is_old = state.last is None or state.last.at < now - WEEK
        if state.asked is None and not is_old:
            return 0
        verdict = sealing.verify(walking, known=state.known)
    verifying.note(session, verdict, actor=SYSTEM, now=now)
    return 1
