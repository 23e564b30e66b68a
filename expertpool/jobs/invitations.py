"""Remind those who have not answered, and close invitations whose time is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from expertpool.database import is_busy
from expertpool.invitations import answering, inviting, queries
from expertpool.invitations.models import Invitation
from expertpool.jobs.tally import Tally

EVERY = timedelta(minutes=1)

log = structlog.get_logger("expertpool.invitations")


class Verb(Protocol):
    """Does what is due of an invitation; returns whether it was."""

    def __call__(self, session: Session, invitation: Invitation, *, now: datetime) -> bool: ...


def tick(session: Session, now: datetime) -> Tally:
    """Do what is due, each invitation in a transaction of its own; return how many, and how many failed."""
    due: list[tuple[int, Verb]] = [(each, answering.expire) for each in queries.expired(session, now)]
    due += [(each, inviting.remind) for each in queries.to_remind(session, now)]
    session.commit()
    outcomes = [_done(session, invitation_id, verb, now) for invitation_id, verb in due]
    return Tally(done=outcomes.count(True), failed=outcomes.count(None))


def _done(session: Session, invitation_id: int, verb: Verb, now: datetime) -> bool | None:
    """Do what is due of one invitation; None for one that fails, which is logged and stops no other."""
    try:
        done = verb(session, session.get_one(Invitation, invitation_id), now=now)
        session.commit()
    except Exception as error:
        session.rollback()
        if is_busy(error):
            return False
        log.exception("an invitation could not be closed or reminded of", invitation=invitation_id)
        return None
    return done
