"""Pages and sorting of lists, kept in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from sqlalchemy.orm import Session

from expertpool.database import Columns

SIZE = 50
"""Rows on a page."""


@dataclass(frozen=True)
class Page:
    """One page of a list. `number` counts from 1; `first` and `last` are the places of its rows."""

    rows: Sequence[Any]
    number: int
    total: int
    size: int

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.number - 1) * self.size + len(self.rows)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def near(self) -> list[int | None]:
        """Numbers to offer: the first, the last and those about this one; None stands for a gap."""
        shown = sorted({1, self.pages, *range(max(1, self.number - 2), min(self.pages, self.number + 2) + 1)})
        numbers: list[int | None] = []
        for number in shown:
            if numbers and numbers[-1] is not None and number - numbers[-1] > 1:
                numbers.append(None)
            numbers.append(number)
        return numbers

    def url(self, number: int) -> str:
        """Return the address of another page of this list, with its conditions."""
        return here(page=number if number > 1 else None)


def paginate(
    session: Session, statement: sa.Select[*Columns], *, size: int = SIZE, scalars: bool = True
) -> Page:
    """Return the page of `statement` that `?page=` asks for; beyond the end, the last one.

    `scalars=False` keeps rows of several columns.
    """
    counted = (
        statement.order_by(None).options().with_only_columns(sa.func.count(), maintain_column_froms=True)
    )
    grouped = statement._group_by_clauses or statement._distinct or statement._distinct_on
    if grouped:
        counted = sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())
    total = session.scalar(counted) or 0
    number = min(max(1, request.args.get("page", 1, type=int)), max(1, -(-total // size)))
    result = session.execute(statement.limit(size).offset((number - 1) * size))
    rows = result.scalars().unique().all() if scalars else result.unique().all()
    return Page(rows=rows, number=number, total=total, size=size)


@dataclass(frozen=True)
class Sorting:
    """The order asked for by `?sort=name` or `?sort=-name`."""

    key: str
    descending: bool
    default: str

    def order(self, columns: Mapping[str, Any], *then: Any) -> list[Any]:
        """Return the ORDER BY of the chosen column; `then` breaks ties."""
        column = columns[self.key]
        return [column.desc() if self.descending else column.asc(), *then]

    def url(self, key: str) -> str:
        """Return the address that sorts by `key`, or turns the order when it is the present one."""
        turned = f"-{key}" if key == self.key and not self.descending else key
        return here(sort=turned if turned != self.default else None, page=None)

    def aria(self, key: str) -> str:
        """Return the value of `aria-sort` for a column head."""
        if key != self.key:
            return "none"
        return "descending" if self.descending else "ascending"


def sorting(allowed: Sequence[str], default: str) -> Sorting:
    """Return the order that the address asks for, else `default` (a leading `-` means descending)."""
    asked = request.args.get("sort", default)
    if asked.lstrip("-") not in allowed:
        asked = default
    return Sorting(key=asked.lstrip("-"), descending=asked.startswith("-"), default=default)


def here(**changes: Any) -> str:
    """Return this page's address with parameters changed; None removes one, a list repeats it."""
    values: dict[str, Any] = {**request.args.to_dict(flat=False), **changes}
    kept = {name: value for name, value in values.items() if value not in (None, "", [], [""])}
    return url_for(request.endpoint or "home.index", **{**(request.view_args or {}), **kept})
