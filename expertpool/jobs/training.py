"""End offers of places that were not answered in time, and offer the places to the next in line."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from expertpool.training.offering import lapse_due

EVERY = timedelta(seconds=30)


def tick(session: Session, now: datetime) -> int:
    """End the offers whose time is over; return how many."""
    return lapse_due(session, now)
