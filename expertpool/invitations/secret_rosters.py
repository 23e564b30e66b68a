"""Which invitations tell who sits on a sealed roster."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from expertpool.invitations.models import Campaign, Invitation
from expertpool.panels import sealed


def campaign_ids(now: datetime) -> sa.Select[int]:
    """Return the ids of the campaigns of panels whose roster is sealed at `now`."""
    return sa.select(Campaign.id).where(Campaign.panel_id.in_(sealed.panel_ids(now)))


def invitation_ids(now: datetime) -> sa.Select[int]:
    """Return the ids of the invitations to panels whose roster is sealed at `now`."""
    return sa.select(Invitation.id).where(Invitation.campaign_id.in_(campaign_ids(now)))
