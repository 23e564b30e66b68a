"""What becomes of invitations when what they invite to is cancelled, moved or ended."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.events import Actor, subscribe
from expertpool.invitations import purposes
from expertpool.invitations.inviting import take_back
from expertpool.invitations.models import OPEN, Campaign, Invitation, InvitationState
from expertpool.invitations.waiting import next_reminder
from expertpool.panels.events import PanelCancelled, PanelMoved
from expertpool.training.events import CohortCancelled, TeachingEnded

CANCELLED = "cancelled"
"""Reason of an invitation that was withdrawn because what it invites to does not take place."""


def connect() -> None:
    """Subscribe; safe to call twice."""
    subscribe(PanelCancelled, panel_cancelled)
    subscribe(PanelMoved, panel_moved)
    subscribe(CohortCancelled, cohort_cancelled)
    subscribe(TeachingEnded, teaching_ended)


def panel_cancelled(session: Session, event: PanelCancelled, actor: Actor, now: datetime) -> None:
    """Withdraw the open invitations to a panel that will not meet."""
    _take_back(session, Campaign.panel_id == event.subject_id, CANCELLED, actor, now)


def panel_moved(session: Session, event: PanelMoved, _actor: Actor, now: datetime) -> None:
    """Let no invitation wait for longer than until the panel meets."""
    late = sa.and_(Campaign.panel_id == event.subject_id, Invitation.expires_at > event.starts)
    for invitation in _open(session, late):
        invitation.expires_at = event.starts
        if invitation.state is InvitationState.SENT:
            hours = invitation.campaign.reminder_hours
            invitation.remind_at = next_reminder(event.starts, hours, now)
    session.flush()


def cohort_cancelled(session: Session, event: CohortCancelled, actor: Actor, now: datetime) -> None:
    """Withdraw the open invitations to teach in a cohort that will not take place."""
    _take_back(session, Campaign.cohort_id == event.subject_id, CANCELLED, actor, now)


def teaching_ended(session: Session, event: TeachingEnded, actor: Actor, now: datetime) -> None:
    """Withdraw the open invitation of a teacher whose part ended by another way than their answer."""
    ended = Invitation.teaching_id == event.subject_id
    _take_back(session, ended, event.reason or CANCELLED, actor, now)


def _take_back(
    session: Session, condition: sa.ColumnElement[bool], reason: str, actor: Actor, now: datetime
) -> None:
    for invitation in _open(session, condition):
        purpose = purposes.held(session, invitation)
        take_back(session, invitation, purpose, reason, actor=actor, now=now)


def _open(session: Session, condition: sa.ColumnElement[bool]) -> list[Invitation]:
    session.flush()
    query = sa.select(Invitation).join(Campaign).where(condition, sa.text(f"invitations.{OPEN}"))
    return list(session.scalars(query.order_by(Invitation.id)))
