"""Tell organisers what came up against somebody who holds a seat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import config
from expertpool.events import Actor, subscribe
from expertpool.interests import wording
from expertpool.notifications import recipients
from expertpool.outbox.service import enqueue
from expertpool.panels import kept, sealed
from expertpool.panels.events import ConflictAppeared
from expertpool.panels.models import Panel
from expertpool.panels.watching_models import SeatAlert
from expertpool.people.models import Person


def connect() -> None:
    """Subscribe; safe to call twice."""
    subscribe(ConflictAppeared, tell)


def tell(session: Session, event: ConflictAppeared, _actor: Actor, now: datetime) -> None:
    """Put one mail for each organiser of the panel into the outbox."""
    panel = session.get_one(Panel, event.subject_id)
    person = session.get_one(Person, event.person_id)
    alerts = session.scalars(
        sa.select(SeatAlert).where(SeatAlert.id.in_(event.alert_ids)).order_by(SeatAlert.id)
    ).all()
    for user in recipients.organisers(session, panel, now=now):
        enqueue(
            session,
            kind="panels/conflict",
            to=user.email,
            locale=user.locale or config.locale_of(),
            snapshot={
                "name": user.name,
                "person": person.name,
                "number": panel.number,
                "title": panel.title,
                "facts": [_fact(alert) for alert in alerts],
                "path": f"/panels/{panel.id}",
            },
            dedupe_key=f"conflict:{alerts[0].id}:{alerts[0].found_at.isoformat()}:{user.id}",
            about=sealed.topic(panel.id),
            now=now,
        )


def _fact(alert: SeatAlert) -> dict[str, Any]:
    """Return a fact as the mail says it: message ids with the values for their places."""
    finding = kept.either(alert.finding)
    evidence = finding.evidence[0]
    told = wording.evidence_text(evidence)
    return {
        "rule": wording.rule_name(finding.rule).message,
        "handling": wording.handling_name(finding).message,
        "text": told.message,
        "params": told.params,
        "since": evidence.since.isoformat() if evidence.since else None,
        "until": evidence.until.isoformat() if evidence.until else None,
        "source": evidence.source,
    }
