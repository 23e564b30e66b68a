"""Encrypt kept values anew with the newest data key, so that the old keys can be taken away.

Rooms name their sealed columns in `sealed.py`. Each batch is a short transaction of its own; a value that
somebody changed meanwhile is left alone, for that change used the newest key. Whoever begins again skips
what is done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.database import Base
from expertpool.settings.crypto import keyring

BATCH = 500


@dataclass(frozen=True)
class Place:
    """The column `name` of sealed values in the table of a model with a numeric `id`.

    `renewed(value, row)` returns the columns that change when the value is sealed with the newest key;
    what equals the row is not written. `reads` are further columns that it looks at.
    """

    model: type[Base]
    name: str
    renewed: Callable[[Any, sa.RowMapping], dict[str, Any]]
    reads: tuple[str, ...] = ()
    where: sa.ColumnElement[bool] | None = None

    def __str__(self) -> str:
        return f"{self.model.__tablename__}.{self.name}"


@dataclass(frozen=True)
class Batch:
    """What one step did: the id after which to go on (None at the end), and how many rows changed."""

    after: int | None
    changed: int


def plainly(model: type[Base], name: str) -> Place:
    """Return the place of sealed text that nothing else depends on."""
    return Place(model, name, lambda value, _row: {name: keyring().reseal(value)})


def step(session: Session, place: Place, after: int) -> Batch:
    """Renew the next rows of a place, those with ids above `after`."""
    table = cast(sa.Table, place.model.__table__)
    query = sa.select(table.c.id, *(table.c[name] for name in (place.name, *place.reads)))
    query = query.where(table.c.id > after, table.c[place.name].is_not(None))
    if place.where is not None:
        query = query.where(place.where)
    rows = session.execute(query.order_by(table.c.id).limit(BATCH).with_for_update()).mappings().all()
    changed = 0
    for row in rows:
        new = place.renewed(row[place.name], row)
        if any(row[name] != value for name, value in new.items()):
            update = sa.update(table).where(table.c.id == row["id"]).values(**new)
            changed += cast("sa.CursorResult[Any]", session.execute(update)).rowcount
    return Batch(rows[-1]["id"] if len(rows) == BATCH else None, changed)
