"""Merge duplicates: everything that names one organisation names the other, until that is undone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.conflicts.names import organisation_key
from expertpool.database import Base, batches, move_references, references_to
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.organisations import queries
from expertpool.organisations.events import OrganisationMerged, OrganisationUnmerged
from expertpool.organisations.models import MergedOrganisationRow, NameKind, Organisation, OrganisationName

_STAYS = {OrganisationName.__tablename__, MergedOrganisationRow.__tablename__}


def merge(
    session: Session, duplicate: Organisation, into: Organisation, *, actor: Actor, now: datetime
) -> dict[str, int]:
    """Move what names `duplicate` to `into`, which also takes its names; return how many rows of what moved.

    The duplicate stays, retired, so that its code and names lead to the other. Rows that the other
    has already (the same alliance) stay with it.
    """
    _refuse(session, duplicate, into)
    session.flush()
    moved: dict[str, int] = {}
    for column in references_to(Organisation.__tablename__):
        if column.table.name not in _STAYS:
            ids, _left = move_references(session, column, duplicate.id, into.id)
            _journal(session, duplicate, column.table.name, ids, column.name)
            moved |= {str(column): len(ids)} if ids else {}
    _journal(session, duplicate, OrganisationName.__tablename__, _copy_names(session, duplicate, into), None)
    duplicate.merged_into_id, duplicate.retired_at = into.id, now
    session.flush()
    session.expire_all()
    event = OrganisationMerged(
        duplicate.id, organisation=duplicate.name, into_id=into.id, into_name=into.name, moved=moved
    )
    record(session, event, actor=actor, now=now)
    session.flush()
    return moved


def undo(session: Session, duplicate: Organisation, *, actor: Actor, now: datetime) -> None:
    """Bring a merged duplicate back, with every row that moved and that nobody has moved on since."""
    into = session.get(Organisation, duplicate.merged_into_id) if duplicate.merged_into_id else None
    if into is None:
        raise Invalid(N_("“%(name)s” is not merged."), name=duplicate.name)
    journal = sa.select(MergedOrganisationRow).where(MergedOrganisationRow.organisation_id == duplicate.id)
    for row in session.scalars(journal).all():
        _return(session, row, duplicate.id, into.id)
        session.delete(row)
    duplicate.merged_into_id = duplicate.retired_at = None
    session.flush()
    session.expire_all()
    event = OrganisationUnmerged(
        duplicate.id, organisation=duplicate.name, from_id=into.id, from_name=into.name
    )
    record(session, event, actor=actor, now=now)
    session.flush()


def _refuse(session: Session, duplicate: Organisation, into: Organisation) -> None:
    for each in (duplicate, into):
        if each.merged_into_id is not None:
            raise Invalid(N_("“%(name)s” was merged already."), field="into", name=each.name)
    if duplicate.id == into.id:
        raise Invalid(N_("An organisation cannot be merged into itself."), field="into")
    if into.id in queries.descendants(session, [duplicate.id]):
        raise Invalid(
            N_("%(into)s belongs to %(name)s. Give it another parent first, or merge the other way round."),
            field="into",
            into=into.name,
            name=duplicate.name,
        )


def _copy_names(session: Session, duplicate: Organisation, into: Organisation) -> list[int]:
    """Give `into` the names of `duplicate` that it has not; return the ids of the rows added."""
    known = {into.name_key, *(name.name_key for name in into.names)}
    names: list[tuple[str, NameKind]] = [
        (duplicate.name, NameKind.ALIAS),
        *((name.name, name.kind) for name in duplicate.names),
    ]
    if duplicate.name_en:
        names.append((duplicate.name_en, NameKind.ALIAS))
    added = []
    for name, kind in names:
        key = organisation_key(name)
        if key not in known:
            known.add(key)
            added.append(OrganisationName(organisation_id=into.id, name=name, name_key=key, kind=kind))
    session.add_all(added)
    session.flush()
    return [row.id for row in added]


def _journal(
    session: Session, duplicate: Organisation, table: str, ids: Iterable[int], column: str | None
) -> None:
    rows = [
        {"organisation_id": duplicate.id, "table_name": table, "row_id": each, "column_name": column}
        for each in ids
    ]
    for some in batches(rows, 1_000):
        session.execute(sa.insert(MergedOrganisationRow), some)


def _return(session: Session, row: MergedOrganisationRow, duplicate_id: int, into_id: int) -> None:
    table = Base.metadata.tables[row.table_name]
    if row.column_name is None:
        session.execute(sa.delete(table).where(table.c.id == row.row_id))
        return
    column = table.c[row.column_name]
    session.execute(
        sa.update(table)
        .where(table.c.id == row.row_id, column == into_id)
        .values({column.name: duplicate_id})
    )
