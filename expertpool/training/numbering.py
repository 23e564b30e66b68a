"""Numbers of courses (C-2026-0001), cohorts (C-2026-0001-1) and certificates (T-2026-3-0001)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

_LOCK = 7_046_002
"""Key of PostgreSQL's advisory lock, so that nobody gets the number of another."""


def next_number(session: Session, column: InstrumentedAttribute[Any], prefix: str, *, width: int) -> str:
    """Return the next free number after `prefix`; held until the transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    figures = sa.cast(sa.func.substr(column, len(prefix) + 1), sa.BigInteger)
    counted = column.regexp_match(f"^{prefix}[0-9]{{1,12}}$")
    last = session.scalar(sa.select(sa.func.max(figures)).where(column.startswith(prefix), counted))
    return f"{prefix}{(last or 0) + 1:0{width}}"
