"""Join two records of one person, and set them apart again.

Every moved row and changed value is journaled. Each foreign key to people has a handler here: rooms
above hand theirs to `register` (see `wiring`); a test proves from the metadata that none is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.database import Base, move_references
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.people import names
from expertpool.people.events import MergeUndone, PeopleMerged
from expertpool.people.facts import FIELDS
from expertpool.people.models import EmailAddress, Employment, MergedRow, Person
from expertpool.people.phones import blind_index
from expertpool.people.service import require_version, require_whole, save, touch
from expertpool.settings.crypto import keyring

SEALED = "phone_sealed"
"""Encrypted anew when data keys rotate, here and in the journal."""
CHOICES = (*FIELDS, "grade", SEALED)
"""Columns of which a merge may take the merged record's value."""


@dataclass(frozen=True)
class Follow:
    """How the rows of one foreign key follow a merged person.

    A row that a constraint of the database refuses, because the kept person has the same already,
    stays with the merged record; unless that is a reason not to merge.
    """

    column: str
    """`table.column`."""
    moves: bool = True
    refusal: str | None = None
    """Message, with places for `kept` and `merged`, that stops the merge when a row can't move."""


_follows: dict[str, Follow] = {}


def register(*follows: Follow) -> None:
    """Say how rows of a room follow a merged person; safe to call twice."""
    _follows.update((follow.column, follow) for follow in follows)


def registered() -> Mapping[str, Follow]:
    """Return the handlers by `table.column`."""
    return dict(_follows)


register(
    Follow("email_addresses.person_id"),
    Follow("employments.person_id"),
    Follow("person_skills.person_id"),
    Follow("people.merged_into_id"),
    Follow("merged_rows.person_id", moves=False),
)


def merge(
    session: Session,
    kept: Person,
    merged: Person,
    *,
    take: Iterable[str] = (),
    versions: tuple[int, int] | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Merge the record `merged` into `kept`; of the columns `take`, the merged record's value is kept.

    `versions` are those of `kept` and `merged` that the organiser saw. Raises `Invalid` or `Stale`.
    """
    _require_mergeable(kept, merged, versions)
    chosen = _take(session, kept, merged, [name for name in CHOICES if name in set(take)])
    _join_employments(session, kept, merged)
    _append_addresses(session, kept, merged)
    session.flush()
    moved = {name: _move(session, follow, kept, merged) for name, follow in sorted(_follows.items())}
    session.expire_all()
    merged.merged_into_id = kept.id
    event = PeopleMerged(
        kept.id,
        merged_id=merged.id,
        moved={name: count for name, count in moved.items() if count},
        merged=f"{merged.name} ({merged.number})",
        chosen=chosen,
    )
    save(session, merged, event, actor=actor, now=now)
    touch(session, kept, now)


def undo(session: Session, merged: Person, *, actor: Actor, now: datetime) -> None:
    """Set a merged record apart again: every journaled row goes back, unless it changed since."""
    if merged.merged_into_id is None:
        raise Invalid(N_("%(name)s is not merged."), name=merged.name)
    kept = session.get_one(Person, merged.merged_into_id)
    session.flush()
    rows = session.scalars(
        sa.select(MergedRow).where(MergedRow.person_id == merged.id).order_by(MergedRow.id.desc())
    ).all()
    moved = Counter(f"{row.table_name}.{row.column_name}" for row in rows if _restore(session, row, kept))
    session.execute(sa.delete(MergedRow).where(MergedRow.person_id == merged.id))
    session.expire_all()
    _key_name(kept)
    merged.merged_into_id = None
    event = MergeUndone(
        kept.id, merged_id=merged.id, moved=dict(moved), merged=f"{merged.name} ({merged.number})"
    )
    save(session, merged, event, actor=actor, now=now)
    touch(session, kept, now)


def _require_mergeable(kept: Person, merged: Person, versions: tuple[int, int] | None) -> None:
    if kept.id == merged.id:
        raise Invalid(N_("A record can't be merged into itself."), field="other")
    for person, version in zip((kept, merged), versions or (None, None), strict=True):
        require_whole(person)
        require_version(person, version)


def _take(session: Session, kept: Person, merged: Person, columns: list[str]) -> dict[str, list[Any]]:
    """Give `kept` values of `merged`; return column -> [old, new] without secrets."""
    chosen = {}
    for column in columns:
        old, new = getattr(kept, column), getattr(merged, column)
        if old != new:
            _set(session, merged, kept, column, new)
            chosen[column] = [None, None] if column == SEALED else [old, new]
            if column == SEALED:
                kept.phone_index = merged.phone_index
    _set(session, merged, kept, "extra", {**(merged.extra or {}), **(kept.extra or {})})
    if kept.user_id is None and merged.user_id is not None:
        user_id = merged.user_id
        _set(session, merged, merged, "user_id", None)
        session.flush()
        _set(session, merged, kept, "user_id", user_id)
    return chosen


def _join_employments(session: Session, kept: Person, merged: Person) -> None:
    """Leave one employment current: that of `kept`, if it has one."""
    if any(row.is_current for row in kept.employments):
        for row in merged.employments:
            if row.is_current:
                _set(session, merged, row, "is_current", False)


def _append_addresses(session: Session, kept: Person, merged: Person) -> None:
    for row in merged.addresses:
        _set(session, merged, row, "position", row.position + len(kept.addresses))


def _set(
    session: Session, merged: Person, row: Person | Employment | EmailAddress, column: str, new: Any
) -> None:
    """Give one column of a row a value and journal the old one."""
    old = getattr(row, column)
    if old == new:
        return
    setattr(row, column, new)
    if isinstance(row, Person):
        _key_name(row)
    session.add(_entry(merged, row.__tablename__, row.id, column, old, new))


def _key_name(person: Person) -> None:
    person.name_key, person.name_pinyin = names.name_key(person.name), names.pinyin_key(person.name)


def _entry(merged: Person, table: str, row_id: int, column: str, old: Any, new: Any) -> MergedRow:
    values = {"old": _plain(old), "new": _plain(new)}
    return MergedRow(
        person_id=merged.id, table_name=table, row_id=row_id, column_name=column, old_value=values
    )


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _move(session: Session, follow: Follow, kept: Person, merged: Person) -> int:
    """Point the rows of one foreign key at `kept`, journal each; return how many moved."""
    if not follow.moves:
        return 0
    table_name, _, column_name = follow.column.partition(".")
    column = Base.metadata.tables[table_name].c[column_name]
    ids, left = move_references(session, column, merged.id, kept.id)
    if left and follow.refusal:
        raise Invalid(follow.refusal, kept=kept.name, merged=merged.name)
    session.add_all(_entry(merged, table_name, row_id, column_name, merged.id, kept.id) for row_id in ids)
    session.flush()
    return len(ids)


def _restore(session: Session, row: MergedRow, kept: Person) -> bool:
    """Put one journaled value back where it still stands as the merge left it; return whether it did."""
    table = Base.metadata.tables[row.table_name]
    column = table.c[row.column_name]
    is_person = any(key.target_fullname == "people.id" for key in column.foreign_keys)
    present = kept.id if is_person else _typed(column, row.old_value["new"])
    found = session.scalar(sa.select(column).where(table.c.id == row.row_id))
    stands = found == present or (row.column_name == SEALED and _number(found) == _number(present))
    if stands:
        old = _typed(column, row.old_value["old"])
        values = {column.name: old}
        if row.column_name == SEALED:
            values["phone_index"] = blind_index(number) if (number := _number(old)) else None
        session.execute(sa.update(table).where(table.c.id == row.row_id).values(values))
    return stands


def _number(sealed: Any) -> str | None:
    return keyring().unseal(sealed) if sealed else None


def _typed(column: sa.Column[Any], value: Any) -> Any:
    kind = getattr(column.type, "enum_class", None)
    return kind(value) if kind and value is not None else value
