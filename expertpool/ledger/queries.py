"""Reads of the ledger; entries that were reversed are left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.ledger.models import HourKind, LedgerEntry


@dataclass(frozen=True)
class Total:
    """Minutes of one kind in one year."""

    year: int
    kind: HourKind
    minutes: int


def of_person(session: Session, person_id: int, year: int) -> Sequence[LedgerEntry]:
    """Return what a person was credited in a year, newest first."""
    return session.scalars(
        sa.select(LedgerEntry)
        .where(
            LedgerEntry.person_id == person_id,
            LedgerEntry.reversed_at.is_(None),
            LedgerEntry.on.between(date(year, 1, 1), date(year, 12, 31)),
        )
        .order_by(LedgerEntry.on.desc(), LedgerEntry.id.desc())
    ).all()


def totals(session: Session, person_id: int) -> list[Total]:
    """Return a person's minutes by year and kind, latest year first."""
    year = sa.cast(sa.extract("year", LedgerEntry.on), sa.Integer)
    rows = session.execute(
        sa.select(year.label("year"), LedgerEntry.kind, sa.func.sum(LedgerEntry.minutes).label("minutes"))
        .where(LedgerEntry.person_id == person_id, LedgerEntry.reversed_at.is_(None))
        .group_by(year, LedgerEntry.kind)
        .order_by(year.desc(), LedgerEntry.kind)
    )
    return [Total(row.year, row.kind, int(row.minutes)) for row in rows]
