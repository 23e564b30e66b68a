"""A rest that somebody asks for: nobody proposes them until it ends, and they end it when they like."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.people import service
from expertpool.people.models import Person, Status

BY_WISH = "本人表示暂不参加评审"
"""Reason of such a rest, as offices write it; by it a rest is known as the person's own."""
ENDED = "本人恢复参加评审"


def rest(
    session: Session, person: Person, until: date | None, *, on: date, actor: Actor, now: datetime
) -> None:
    """Let an active person rest until a day, or without end. Who rests or left already is left as they are.

    Raises Invalid at the field `rest_until` for a day that is over.
    """
    if until is not None and until < on:
        raise Invalid(N_("This day is over."), field="rest_until")
    session.refresh(person, with_for_update=True)
    if person.status is Status.ACTIVE:
        service.change_status(
            session, person, Status.RESTING, reason=BY_WISH, on=on, until=until, actor=actor, now=now
        )


def is_own(person: Person) -> bool:
    """Whether the person rests because they asked for it."""
    return person.status is Status.RESTING and person.status_reason == BY_WISH


def end(session: Session, person: Person, *, on: date, actor: Actor, now: datetime) -> None:
    """Let somebody take part again who asked for a rest; raises Invalid when the office decided it."""
    if not is_own(person):
        raise Invalid(N_("Only the office can change this."))
    service.bring_back(session, person, reason=ENDED, on=on, actor=actor, now=now)
