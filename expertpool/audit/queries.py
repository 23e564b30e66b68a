"""Reads of the audit trail, newest first, a page at a time; what is concealed at `now` is left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit import concealing
from expertpool.audit.models import AuditEntry


@dataclass(frozen=True)
class Filters:
    """What to look for; None does not restrict. `since` is included, `until` is not."""

    subject_kind: str | None = None
    subject_id: int | None = None
    event: str | None = None
    """An event's name, or the part before its dot with the dot: `panel.`"""
    actor_id: int | None = None
    via: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Page:
    """Entries, newest first; `older` is the `before` of the next page, None on the last."""

    entries: list[AuditEntry]
    older: int | None


def trail(
    session: Session,
    subject_kind: str,
    subject_id: int,
    *,
    now: datetime,
    before: int | None = None,
    limit: int = 50,
    whole: bool = False,
) -> Page:
    """Return what happened to one subject; `whole` for who may read also what is concealed."""
    filters = Filters(subject_kind, subject_id)
    return search(session, filters, now=now, before=before, limit=limit, whole=whole)


def trail_of_many(
    session: Session, subject_kind: str, subject_ids: Collection[int], *, now: datetime, limit: int = 50
) -> list[AuditEntry]:
    """Return what happened to some subjects of one kind, newest first."""
    query = sa.select(AuditEntry).where(
        AuditEntry.subject_kind == subject_kind,
        AuditEntry.subject_id.in_(subject_ids),
        *concealing.open_at(now),
    )
    return list(session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)))


def search(
    session: Session,
    filters: Filters,
    *,
    now: datetime,
    before: int | None = None,
    limit: int = 50,
    whole: bool = False,
) -> Page:
    """Return the entries that fit; `before` is the id that a page continues from."""
    query = sa.select(AuditEntry).where(*_conditions(filters), *([] if whole else concealing.open_at(now)))
    if before is not None:
        query = query.where(AuditEntry.id < before)
    entries = list(session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit + 1)))
    more = len(entries) > limit
    return Page(entries[:limit], entries[limit - 1].id if more else None)


def trail_of_whole(
    session: Session,
    parts: Mapping[str, sa.Select[int]],
    *,
    now: datetime,
    before: int | None = None,
    limit: int = 50,
) -> Page:
    """Return what happened to a whole and its parts: kind -> statement of the ids of its subjects.

    Each kind gives its newest entries by the index of subjects: a long trail costs no more than a page.
    """
    newest = []
    for kind, ids in parts.items():
        of_kind = sa.select(AuditEntry.id).where(
            AuditEntry.subject_kind == kind,
            AuditEntry.subject_id.in_(ids.scalar_subquery()),
            *concealing.open_at(now),
        )
        if before is not None:
            of_kind = of_kind.where(AuditEntry.id < before)
        newest.append(sa.select(of_kind.order_by(AuditEntry.id.desc()).limit(limit + 1).subquery().c.id))
    query = sa.select(AuditEntry).where(AuditEntry.id.in_(sa.union_all(*newest).scalar_subquery()))
    entries = list(session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit + 1)))
    more = len(entries) > limit
    return Page(entries[:limit], entries[limit - 1].id if more else None)


def event_names(session: Session) -> list[str]:
    """Return the names of all events that ever happened, in order."""
    return list(session.scalars(sa.select(AuditEntry.event).distinct().order_by(AuditEntry.event)))


def _conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    for name in ("subject_kind", "subject_id", "actor_id", "via"):
        value = getattr(filters, name)
        if value is not None:
            found.append(getattr(AuditEntry, name) == value)
    if filters.event:
        whole = not filters.event.endswith(".")
        found.append(AuditEntry.event == filters.event if whole else _begins_with(filters.event))
    if filters.since:
        found.append(AuditEntry.at >= filters.since)
    if filters.until:
        found.append(AuditEntry.at < filters.until)
    return found


def _begins_with(prefix: str) -> sa.ColumnElement[bool]:
    """Return a condition that an index can answer: the texts from `panel.` to before `panel/`."""
    return sa.and_(AuditEntry.event >= prefix, AuditEntry.event < prefix[:-1] + chr(ord(prefix[-1]) + 1))
