"""Numbers of panels: P-2026-0001, counted within a year."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.panels.models import Panel

_LOCK = 7_046_001
"""Key of PostgreSQL's advisory lock, so that two offices never get one number."""


def next_number(session: Session, now: datetime) -> str:
    """Return the next free number of the year; held until the transaction ends."""
    return next_numbers(session, 1, now)[0]


def next_numbers(session: Session, count: int, now: datetime) -> list[str]:
    """Return so many free numbers of the year, in order; held until the transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    prefix = f"P-{now.year}-"
    last = session.scalar(
        sa.select(Panel.number)
        .where(Panel.number.startswith(prefix))
        .order_by(sa.func.length(Panel.number).desc(), Panel.number.desc())
        .limit(1)
    )
    first = int(last.removeprefix(prefix)) + 1 if last else 1
    return [f"{prefix}{number:04}" for number in range(first, first + count)]
