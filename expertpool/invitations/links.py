"""Links in mails to the invited: worth nothing to who reads the database.

A link leads to its invitation for as long as that is kept, so that late readers learn what became of it.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.invitations.models import Invitation, InvitationLink

PATH = "/i/"
"""Beginning of a link's path; the token follows."""


def mint(session: Session, invitation: Invitation, *, now: datetime) -> str:
    """Return a new token for an invitation; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    session.add(InvitationLink(invitation_id=invitation.id, token_hash=_hash(token), created_at=now))
    session.flush()
    return token


def find(session: Session, token: str) -> Invitation | None:
    """Return the invitation of a token."""
    return session.scalar(
        sa.select(Invitation)
        .join(InvitationLink, InvitationLink.invitation_id == Invitation.id)
        .where(InvitationLink.token_hash == _hash(token))
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
