"""From sheets to records: header, data rows read cell by cell, and the rows that are no data."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from expertpool.errors import N_, Invalid, Sentence
from expertpool.exchange import cells, dates, headers, reading, words
from expertpool.exchange.columns import COLUMNS, NAME_COLUMN, Column, Kind, Shape
from expertpool.exchange.faults import Fault, Unreadable
from expertpool.exchange.headers import Header
from expertpool.exchange.limits import Limits
from expertpool.exchange.reading import Row, Sheet, Value

SECTION = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十百]+[)）]?[、.．]|第[一二三四五六七八九十\d]{1,3}(?:类|组|部分|章|节)(?:[\s:：、]|$))"
)
FOOTER = re.compile(
    r"\s*(?:(?:填表|填报|制表|审核|审批|复核|联系)[人员]?[^:：]{0,4}[:：]|(?:合计|总计|小计|共计)(?:\W|\d|$)"
    r"|(?:备注|注|说明|填表说明|日期|填表日期)\s*[:：])"
)
LONGEST_TERM = 200
OPEN_END = {"至今", "今", "现在", "目前", "present", "now", "-", "—", "--"}


class Skip:
    """Why a row is no data."""

    ABOVE = N_("above the header")
    BLANK = N_("blank")
    SECTION = N_("section heading")
    FOOTER = N_("footer")
    HEADER = N_("header again")
    NUMBERED = N_("nothing but a number")
    SHEET = N_("sheet without such a table")


@dataclass(frozen=True)
class Skipped:
    """A row (or a whole sheet, then row 0) that was not read, and why."""

    row: int
    reason: str
    text: str
    sheet: str = ""


@dataclass
class Record:
    """One data row. `values` are plain: text, lists of text, partial dates; absent fields are empty."""

    row: int
    sheet: str
    values: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    original: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Sentence] = field(default_factory=list)
    read_faults: int = 0
    """How many of the faults were found by reading; those of planning come after them."""
    read_notes: int = 0


@dataclass
class Table:
    """What a file says, before anything is known of the database."""

    kind: Kind
    filename: str
    labels: list[str]
    names: dict[str, str]
    """Field -> header as the file spells it."""
    unknown: list[str]
    records: list[Record]
    skipped: list[Skipped]


def parse(
    kind: Kind,
    content: bytes,
    filename: str,
    *,
    mapping: Mapping[str, str],
    today: dt.date,
    limits: Limits | None = None,
) -> Table:
    """Read a file. Raises `Invalid` when it is no table of this kind; faults of rows stay with the rows."""
    headers.check_mapping(kind, mapping)
    sheets = reading.read(content, limits)
    found = [(sheet, headers.find(sheet, kind, mapping)) for sheet in sheets]
    main = next(((s, h) for s, h in found if h and s.visible), None) or next(
        ((s, h) for s, h in found if h), None
    )
    if main is None or main[1] is None:
        raise _no_header(kind)
    header = main[1]
    names = {
        column.field: label for column, label in zip(header.fields, header.labels, strict=True) if column
    }
    _check_required(kind, names)
    table = Table(kind, filename, header.labels[header.ignored :], names, header.unknown, [], [])
    for sheet, own in found:
        if own and (sheet is main[0] or (sheet.visible and _same_fields(own, header))):
            _read_sheet(sheet, own, table, today, first=sheet is main[0])
        elif sheet.rows:
            table.skipped.append(Skipped(0, Skip.SHEET, sheet.name, sheet.name))
    return table


def reread(table: Table, mapping: Mapping[str, str], today: dt.date) -> Table:
    """Return `table` with the texts of its rows read as `mapping` (header -> field, '' keeps it) says.

    Raises `Invalid` when a required column is missing then.
    """
    headers.check_mapping(table.kind, {label: field for label, field in mapping.items() if field})
    fields = headers.assigned(table.labels, table.kind, mapping)
    header = Header(0, 0, table.labels, fields)
    names = {column.field: label for column, label in zip(fields, table.labels, strict=True) if column}
    _check_required(table.kind, names)
    records = [
        _record(Row(each.row, tuple(each.original)), header, each.sheet, today) for each in table.records
    ]
    return Table(table.kind, table.filename, table.labels, names, header.unknown, records, table.skipped)


def _no_header(kind: Kind) -> Invalid:
    column = next(each for each in COLUMNS[kind] if each.field == NAME_COLUMN[kind])
    return Invalid(
        N_(
            "None of the first %(rows)s rows is a header with the column %(column)s. Name the column so,"
            " or say which it is."
        ),
        rows=headers.SEARCHED_ROWS,
        column=f"{column.chinese}/{column.field}",
    )


def _check_required(kind: Kind, names: Mapping[str, str]) -> None:
    for column in COLUMNS[kind]:
        if column.required and column.field not in names:
            raise Invalid(
                N_("The column %(column)s is missing. Add it, or say which column it is."),
                column=f"{column.chinese}/{column.field}",
            )


def _same_fields(one: Header, other: Header) -> bool:
    return {c.field for c in one.fields if c} == {c.field for c in other.fields if c}


def _read_sheet(sheet: Sheet, header: Header, table: Table, today: dt.date, *, first: bool) -> None:
    name = "" if first else sheet.name
    for row in sheet.rows:
        reason = _skip(row, header, table.kind)
        if reason == "":
            table.records.append(_record(row, header, name, today))
        elif reason:
            text = next((cells.text_of(cell) for cell in row.cells if cell != ""), "")
            table.skipped.append(Skipped(row.number, reason, text, name))


def _skip(row: Row, header: Header, kind: Kind) -> str | None:
    """Return why a row is no data, '' for data, None for rows of the header itself."""
    if header.first <= row.number <= header.last:
        return None
    own = row.cells[header.ignored :]
    columns = header.fields[header.ignored :]
    filled = [place for place, cell in enumerate(own) if cells.text_of(cell).strip()]
    if not filled:
        return Skip.BLANK
    if row.number < header.first:
        return Skip.ABOVE
    text = cells.text_of(own[filled[0]])
    if [cells.text_of(c).strip() for c in row.cells] == header.labels[: len(row.cells)]:
        return Skip.HEADER
    known = [place for place in filled if place < len(columns) and columns[place]]
    if FOOTER.match(text) and len(known) <= 1 and _alone(filled, row):
        return Skip.FOOTER
    if len(filled) == 1 and (row.wide or SECTION.match(text)):
        return Skip.SECTION
    if not known:
        return (
            Skip.NUMBERED
            if text.strip().rstrip(".").isdigit()
            else (Skip.SECTION if len(filled) == 1 else "")
        )
    return ""


def _alone(filled: list[int], row: Row) -> bool:
    return len(filled) == 1 or row.wide or len(filled) <= 3


def _record(row: Row, header: Header, sheet: str, today: dt.date) -> Record:
    record = Record(row.number, sheet)
    record.original = [cells.text_of(cell) for cell in row.cells[header.ignored :]]
    for place, cell in enumerate(row.cells[header.ignored :], header.ignored):
        column = header.fields[place] if place < len(header.fields) else None
        label = header.labels[place] if place < len(header.labels) else ""
        if column:
            _read_cell(record, column, label, cell, today)
        elif text := cells.verbatim(cell):
            record.extra[label or _letters(place)] = text
    _require(record, header)
    record.read_faults, record.read_notes = len(record.faults), len(record.notes)
    return record


def _require(record: Record, header: Header) -> None:
    for column, label in zip(header.fields, header.labels, strict=True):
        if column and column.required and column.field not in record.values:
            if any(fault.column == label for fault in record.faults):
                continue
            problem = Sentence(N_("%(column)s is missing."), {"column": label})
            record.faults.append(Fault(label, "", problem, Sentence(N_("Fill it in, or delete the row."))))


def _read_cell(record: Record, column: Column, label: str, cell: Value, today: dt.date) -> None:
    try:
        value = _value(column, cell, record.notes, today)
    except Unreadable as why:
        record.faults.append(Fault(label, cells.text_of(cell), why.problem, why.remedy))
        return
    if value is None and column.shape is Shape.CHOICE and (text := cells.line(cell)):
        record.extra[column.chinese] = text
        record.notes.append(
            Sentence(
                N_("%(value)s is no known %(column)s and was kept as text."), {"value": text, "column": label}
            )
        )
    if value:
        record.values[column.field] = value


def _value(column: Column, cell: Value, notes: list[Sentence], today: dt.date) -> Any:
    """Return the plain value of a cell, None or [] when empty; raises `Unreadable`."""
    text = cells.text_of(cell)
    _check_length(text, column.longest)
    match column.shape:
        case Shape.TEXT:
            return cells.verbatim(cell)
        case Shape.NAME:
            return cells.name(cell)
        case Shape.ADDRESSES:
            return cells.addresses(cell)
        case Shape.PHONE:
            return cells.phone(cell)
        case Shape.DATE:
            return dates.read_date(cell, notes)
        case Shape.END_DATE:
            return None if text.strip().lower() in OPEN_END else dates.read_date(cell, notes)
        case Shape.PAST_DATE:
            return dates.read_past_date(cell, notes, today)
        case Shape.TERMS | Shape.NAMES:
            parts = cells.terms(cell) if column.shape is Shape.TERMS else cells.names(cell)
            for part in parts:
                _check_length(part, LONGEST_TERM)
            return parts
        case Shape.CHOICE:
            return _choice(column, cell)
    return cells.line(cell)


def _check_length(text: str, longest: int) -> None:
    """Refuse what does not fit, also as it is compared (which can be longer: ß counts as ss)."""
    if len(text) > longest or (
        not text.isascii() and len(unicodedata.normalize("NFKC", text).casefold()) > longest
    ):
        raise Unreadable(
            Sentence(N_("This is longer than %(longest)s characters."), {"longest": longest}),
            Sentence(N_("Shorten it.")),
        )


def _choice(column: Column, cell: Value) -> str | None:
    text = cells.line(cell)
    assert column.choice
    value = words.words_of(column.choice).get(words.key(text)) if text else None
    if text and not value and column.strict:
        raise Unreadable(
            Sentence(N_("This is none of the words for this column.")),
            Sentence(
                N_("Write one of: %(words)s."),
                {"words": ", ".join(labels[0] for labels in words.LABELS[column.choice].values())},
            ),
        )
    return value


def _letters(place: int) -> str:
    """Return the letters of a column: 0 is A, 26 is AA."""
    place, letter = divmod(place, 26)
    return (_letters(place - 1) if place else "") + chr(65 + letter)
