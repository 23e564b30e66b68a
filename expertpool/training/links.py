"""Links mailed to trainees: only a token's hash is kept. Following one changes nothing by itself."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.training.models import Enrolment, OfferLink


def mint(session: Session, enrolment: Enrolment, *, now: datetime) -> str:
    """Return the token of a new link to `enrolment`; it is nowhere else to be had."""
    token = secrets.token_urlsafe(32)
    session.add(OfferLink(enrolment_id=enrolment.id, token_hash=_hash(token), created_at=now))
    session.flush()
    return token


def find(session: Session, token: str) -> Enrolment | None:
    """Return the enrolment that a token leads to."""
    return session.scalar(
        sa.select(Enrolment)
        .join(OfferLink, OfferLink.enrolment_id == Enrolment.id)
        .where(OfferLink.token_hash == _hash(token))
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
