"""Check confirmed panels again whose people or items changed, and tell what is new."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from expertpool.database import reading
from expertpool.panels import watching
from expertpool.panels.models import Panel

EVERY = timedelta(seconds=10)
MOST = 200
"""Checks in one tick."""


def tick(session: Session, now: datetime) -> int:
    """Work off the checks that wait, each in a transaction of its own; return how many."""
    for done in range(MOST):
        check = watching.claim(session, now)
        if check is None:
            return done
        panel_id, cause = check.panel_id, check.cause
        session.commit()
        with reading(), Session(session.get_bind()) as looking:
            seen = watching.review(looking, looking.get_one(Panel, panel_id), now=now)
        watching.note(session, session.get_one(Panel, panel_id), seen, cause=cause, now=now)
        session.delete(check)
        session.commit()
    return MOST
