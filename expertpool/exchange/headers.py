"""Find the header of a sheet and say which column is which field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from expertpool.errors import N_, Invalid
from expertpool.exchange.cells import text_of
from expertpool.exchange.columns import COLUMNS, NAME_COLUMN, Column, Kind
from expertpool.exchange.reading import Row, Sheet

SEARCHED_ROWS = 20
REPORT = ("row", "column", "value", "problem", "remedy")
"""First columns of a report; a corrected report is imported without them."""

BRACKETED = re.compile(r"[(\[{【〔《<][^)\]}】〕》>]*[)\]}】〕》>]")
NOISE = re.compile(r"[\s()\[\]{}【】〔〕《》<>*_:：.、·-]")
ANOTHER = re.compile(r"英|拼音|代码|编码|english|pinyin|code", re.IGNORECASE)
"""What stands in brackets and makes the column another one: 姓名（英文） is not 姓名."""


@dataclass(frozen=True)
class Header:
    """The header of a sheet: first and last row number, a label and a field (or None) for each column."""

    first: int
    last: int
    labels: list[str]
    fields: list[Column | None]
    ignored: int = 0
    """Leading columns of a report, which are not read."""

    @property
    def unknown(self) -> list[str]:
        """Labels of the columns that are kept as they are."""
        return [
            label
            for label, field in zip(self.labels[self.ignored :], self.fields[self.ignored :], strict=True)
            if label and not field
        ]


def find(sheet: Sheet, kind: Kind, mapping: Mapping[str, str]) -> Header | None:
    """Return the header among the first rows of `sheet`, or None. `mapping` is label -> field."""
    wanted = NAME_COLUMN[kind]
    for index, row in enumerate(sheet.rows[:SEARCHED_ROWS]):
        fields = assigned([text_of(cell) for cell in row.cells], kind, mapping)
        place = next((at for at, field in enumerate(fields) if field and field.field == wanted), None)
        if place is None or (row.wide and sum(1 for cell in row.cells if cell != "") < 2):
            continue
        last = min(sheet.spans.get((row.number, place), row.number), index + SEARCHED_ROWS)
        return _header(sheet.rows[index : index + 1 + last - row.number], kind, mapping)
    return None


def assigned(labels: list[str], kind: Kind, mapping: Mapping[str, str]) -> list[Column | None]:
    """Return the field of each label; of two labels for one field the one spelled as documented wins."""
    table = _table(kind)
    own = {_key(label): field for label, field in mapping.items()}
    by_name = {column.field: column for column in COLUMNS[kind]}
    found = [
        by_name.get(own[_key(label)]) if _key(label) in own else _lookup(label, table) for label in labels
    ]
    best: dict[str, int] = {}
    for place, column in enumerate(found):
        if column and (
            column.field not in best
            or _rank(labels[place], column, own) < _rank(labels[best[column.field]], column, own)
        ):
            best[column.field] = place
    return [column if column and best[column.field] == place else None for place, column in enumerate(found)]


def check_mapping(kind: Kind, mapping: Mapping[str, str]) -> None:
    """Raise `Invalid` when `mapping` names a field that files of this kind don't have."""
    known = [column.field for column in COLUMNS[kind]]
    for label, field in mapping.items():
        if field not in known:
            raise Invalid(
                N_("%(header)s can't be read as %(name)s. Fields of this file are: %(known)s."),
                header=label,
                name=field,
                known=", ".join(known),
            )


def _header(rows: list[Row], kind: Kind, mapping: Mapping[str, str]) -> Header:
    """Join the rows of a header: a lower row names what the upper one only groups."""
    labels = [text_of(cell).strip() for cell in rows[0].cells]
    for row in rows[1:]:
        labels = [text_of(cell).strip() or label for cell, label in zip(row.cells, labels, strict=False)]
    ignored = len(REPORT) if tuple(label.lower() for label in labels[: len(REPORT)]) == REPORT else 0
    fields = [None] * ignored + assigned(labels[ignored:], kind, mapping)
    return Header(rows[0].number, rows[-1].number, _distinct(labels), fields, ignored)


def _distinct(labels: list[str]) -> list[str]:
    """Return the labels, each once: the second 备注 is 备注 (2)."""
    seen: dict[str, int] = {}
    result = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        result.append(f"{label} ({seen[label]})" if label and seen[label] > 1 else label)
    return result


def _table(kind: Kind) -> dict[str, Column]:
    return {
        _key(word): column
        for column in reversed(COLUMNS[kind])
        for word in (*column.synonyms, column.field, column.chinese)
    }


def _lookup(label: str, table: dict[str, Column]) -> Column | None:
    found = table.get(_key(label))
    if found or not label:
        return found
    plain = unicodedata.normalize("NFKC", label)
    remarks = BRACKETED.findall(plain)
    if not remarks or any(ANOTHER.search(remark) for remark in remarks):
        return None
    return table.get(_key(BRACKETED.sub("", plain)))


def _rank(label: str, column: Column, own: Mapping[str, str]) -> int:
    key = _key(label)
    if key in own:
        return 0
    return 1 if key in (_key(column.chinese), _key(column.field)) else 2


def _key(label: str) -> str:
    return NOISE.sub("", unicodedata.normalize("NFKC", label)).lower()
