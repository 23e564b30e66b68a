"""Waivers: an authorised person admits somebody in spite of the findings of one rule, with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from expertpool.accounts.models import User
from expertpool.audit.service import record
from expertpool.conflicts.facts import Waiver as WaiverFact
from expertpool.conflicts.policy import Rule
from expertpool.errors import N_, Forbidden, Invalid
from expertpool.events import Actor
from expertpool.panels.events import FindingWaived, WaiverRevoked
from expertpool.panels.models import Panel, PanelState, Waiver
from expertpool.panels.policy import is_about_oneself
from expertpool.panels.question import OFFICE_ZONE
from expertpool.people.models import Person

LEAST_REASON = 5
"""Characters; a reason is read by auditors years later."""


def waive(
    session: Session, panel: Panel, person: Person, rule: str, reason: str, *, actor: Actor, now: datetime
) -> Waiver:
    """Admit `person` to `panel` in spite of the findings of `rule`.

    Only a signed-in person waives, and never for themselves. A rule is waived once at a time.
    """
    if panel.state not in (PanelState.DRAFT, PanelState.CONFIRMED):
        raise Invalid(N_("This panel is closed or cancelled: nothing is left to waive."))
    if actor.user_id is None:
        raise Forbidden(N_("Only a person who signed in can waive a finding."))
    if is_about_oneself(actor.user_id, person):
        raise Forbidden(N_("Nobody waives a finding about themselves. Ask a colleague."))
    if rule not in set(Rule):
        raise Invalid(N_("There is no such rule of conflicts."), field="rule")
    reason = reason.strip()
    if not LEAST_REASON <= len(reason) <= 500:
        raise Invalid(
            N_("Give a reason of %(least)s to 500 characters: it is kept on file."),
            field="reason",
            least=LEAST_REASON,
        )
    if any(each.person_id == person.id and each.rule == rule for each in standing(session, panel.id)):
        raise Invalid(N_("This finding of %(name)s is waived already."), field="reason", name=person.name)
    waiver = Waiver(
        panel_id=panel.id,
        person_id=person.id,
        person=person,
        rule=rule,
        reason=reason,
        granted_by_id=actor.user_id,
        granted_at=now,
    )
    session.add(waiver)
    session.flush()
    event = FindingWaived(panel.id, waiver_id=waiver.id, person_id=person.id, rule=rule, reason=reason)
    record(session, event, actor=actor, now=now)
    return waiver


def revoke(session: Session, waiver: Waiver, *, actor: Actor, now: datetime) -> None:
    """Take a waiver back; it stays on file. Revoking twice changes nothing."""
    if waiver.revoked_at is not None:
        return
    waiver.revoked_at = now
    session.flush()
    event = WaiverRevoked(waiver.panel_id, waiver_id=waiver.id, person_id=waiver.person_id, rule=waiver.rule)
    record(session, event, actor=actor, now=now)


def standing(session: Session, panel_id: int) -> Sequence[Waiver]:
    """Return the waivers of a panel that hold now, oldest first, with their people."""
    return session.scalars(
        sa.select(Waiver)
        .where(Waiver.panel_id == panel_id, Waiver.revoked_at.is_(None))
        .options(joinedload(Waiver.person))
        .order_by(Waiver.id)
    ).all()


def standing_facts(session: Session, panel_id: int | None) -> list[WaiverFact]:
    """Return the waivers of a panel that hold now, as the conflict engine reads them."""
    if panel_id is None:
        return []
    rows = session.execute(
        sa.select(Waiver, User.name)
        .join(User, User.id == Waiver.granted_by_id)
        .where(Waiver.panel_id == panel_id, Waiver.revoked_at.is_(None))
        .order_by(Waiver.id)
    )
    return [
        WaiverFact(
            person=waiver.person_id,
            rule=Rule(waiver.rule),
            reason=waiver.reason,
            granted_by=name,
            granted_on=waiver.granted_at.astimezone(OFFICE_ZONE).date(),
        )
        for waiver, name in rows
    ]
