"""Bring back people whose rest or suspension has come to its end."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.events import Actor
from expertpool.people import service
from expertpool.people.models import Person, Status

TERM_OVER = "期限已满"
"""Reason in the trail, as offices write it."""

MOST = 500
"""People brought back at once; the next tick takes the others."""


def bring_back_due(session: Session, today: date, *, actor: Actor, now: datetime) -> int:
    """Make those active whose rest or suspension lasted until a day before `today`; return how many.

    `today` is the office's day: somebody who rests until today still rests. On PostgreSQL, people
    whom somebody changes at this moment wait for the next time.
    """
    due = (
        sa.select(Person)
        .where(
            Person.status.in_((Status.RESTING, Status.SUSPENDED)),
            Person.status_until < today,
            Person.merged_into_id.is_(None),
        )
        .order_by(Person.id)
        .limit(MOST)
        .with_for_update(skip_locked=True)
    )
    people = session.scalars(due).all()
    for person in people:
        service.bring_back(session, person, reason=TERM_OVER, on=today, actor=actor, now=now)
    return len(people)
