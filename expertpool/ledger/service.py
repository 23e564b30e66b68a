"""Verbs on the ledger: credit minutes and take them back.

A credit is part of the verb that earns it (a course finished, a panel closed), which audits it.
"""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.ledger.models import HourKind, LedgerEntry


def credit(
    session: Session,
    person_id: int,
    kind: HourKind,
    minutes: int,
    on: date,
    *,
    source_kind: str,
    source_id: int,
    title: str,
    now: datetime,
) -> LedgerEntry:
    """Credit `minutes` to a person, once for each source: what stands already is returned as it is.

    `on` is the day in the office's time zone; `title` is what the person reads.
    """
    known = session.scalar(
        sa.select(LedgerEntry).where(
            LedgerEntry.kind == kind,
            LedgerEntry.source_kind == source_kind,
            LedgerEntry.source_id == source_id,
            LedgerEntry.person_id == person_id,
            LedgerEntry.reversed_at.is_(None),
        )
    )
    if known:
        return known
    entry = LedgerEntry(
        person_id=person_id,
        kind=kind,
        minutes=minutes,
        on=on,
        source_kind=source_kind,
        source_id=source_id,
        title=title[:300],
        created_at=now,
    )
    session.add(entry)
    session.flush()
    return entry


def reverse(session: Session, kind: HourKind, source_kind: str, source_id: int, *, now: datetime) -> int:
    """Take back what a source credited, to whomever; return how many entries that were. They stay on file."""
    query = (
        sa.update(LedgerEntry)
        .where(
            LedgerEntry.kind == kind,
            LedgerEntry.source_kind == source_kind,
            LedgerEntry.source_id == source_id,
            LedgerEntry.reversed_at.is_(None),
        )
        .values(reversed_at=now)
    )
    reversed_: int = session.execute(query).rowcount  # type: ignore[attr-defined]
    return reversed_
