"""Unknown columns of history and relations: kept beside the record, exported again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.database import batches
from expertpool.exchange.columns import Kind
from expertpool.exchange.models import KeptColumns
from expertpool.exchange.plans import Change, Entry, Outcome

OWNERS: dict[Kind, Any] = {
    Kind.HISTORY: KeptColumns.employment_id,
    Kind.RELATIONS: KeptColumns.relation_id,
}

Kept = dict[int, dict[str, str]]
"""Id of the employment or relation -> header -> text."""


def load(session: Session, kind: Kind, ids: Iterable[int] | None = None) -> Kept:
    """Return what is kept beside the records with `ids`, or beside all."""
    owner = OWNERS[kind]
    query = sa.select(owner, KeptColumns.extra).where(owner.is_not(None))
    if ids is None:
        return {row[0]: row[1] for row in session.execute(query)}
    return {row[0]: row[1] for some in batches(ids) for row in session.execute(query.where(owner.in_(some)))}


def judge(entry: Entry, kept: dict[str, str]) -> None:
    """Let a row that says more in its unknown columns than is kept be a change."""
    extra = entry.record.extra
    changes = [
        Change(header, kept.get(header, ""), text)
        for header, text in extra.items()
        if kept.get(header) != text
    ]
    entry.changes += changes
    if changes and entry.outcome is Outcome.SAME:
        entry.outcome = Outcome.CHANGE


def save(session: Session, kind: Kind, fresh: Kept) -> None:
    """Keep the columns of these records, beside those that are kept already."""
    owner = OWNERS[kind]
    fresh = {number: extra for number, extra in fresh.items() if extra}
    known = load(session, kind, fresh)
    for some in batches(known):
        session.execute(sa.delete(KeptColumns).where(owner.in_(some)))
    rows = [{owner.key: number, "extra": known.get(number, {}) | extra} for number, extra in fresh.items()]
    if rows:
        session.execute(sa.insert(KeptColumns), rows)
