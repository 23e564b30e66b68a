"""Keep the holidays of this year and the next in the office's table."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from expertpool.events import SYSTEM
from expertpool.settings.holidays import seed

EVERY = timedelta(days=1)


def tick(session: Session, now: datetime) -> int:
    """Add the days that are missing; return how many."""
    return sum(seed(session, year, actor=SYSTEM, now=now) for year in (now.year, now.year + 1))
