"""How long an invitation waits for its answer, and when it reminds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from expertpool.invitations.models import Invitation, InvitationState


def expiry(now: datetime, hours: int, begins: datetime | None) -> datetime:
    """Return until when an invitation waits: so many hours, but not beyond what it invites to."""
    ends = now + timedelta(hours=hours)
    return ends if begins is None else min(ends, begins)


def next_reminder(expires_at: datetime, hours: Iterable[int], now: datetime) -> datetime | None:
    """Return the first of the moments, `hours` before the expiry, that is still to come."""
    moments = (expires_at - timedelta(hours=each) for each in hours)
    return min((each for each in moments if each > now), default=None)


def end(invitation: Invitation, state: InvitationState, now: datetime) -> None:
    """Let an invitation stop waiting because the person does not come."""
    invitation.state, invitation.ended_at, invitation.remind_at = state, now, None
