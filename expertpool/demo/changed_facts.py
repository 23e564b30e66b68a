"""A fact of the demo that changed after somebody had accepted a seat."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from expertpool.events import Actor
from expertpool.interests import service as interests
from expertpool.interests.models import RelationKind
from expertpool.panels import watching
from expertpool.panels.models import Panel, SeatState


def declare(session: Session, panel: Panel, *, now: datetime) -> None:
    """The first who accepted declares to advise an applicant since last week; the panel is checked again."""
    seat = next(each for each in watching.held(session, panel.id) if each.state is SeatState.ACCEPTED)
    applicant = panel.items[-1].item.applicants[0].organisation
    assert applicant is not None
    interests.declare(
        session,
        seat.person,
        applicant,
        kind=RelationKind.CONSULTANT,
        since=(now - timedelta(days=7)).date(),
        actor=Actor(seat.person.user_id, seat.person.name),
        now=now - timedelta(minutes=30),
    )
    seen = watching.review(session, panel, now=now)
    watching.note(session, panel, seen, cause="relation.relation-added", now=now - timedelta(minutes=30))
