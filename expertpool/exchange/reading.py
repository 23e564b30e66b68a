"""Read a spreadsheet or CSV file, whatever its name says, into rows of cells.

Merged cells count for each row they span; a cell merged across columns stays in its first column and
marks the row as *wide*.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass, field
from io import BytesIO, StringIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from expertpool.errors import N_, Invalid
from expertpool.exchange import archives
from expertpool.exchange.limits import Limits

Value = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta
"""A cell as the file holds it; empty is ''."""

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Row:
    """One row. `number` counts from 1, as the spreadsheet does."""

    number: int
    cells: tuple[Value, ...]
    wide: bool = False
    """Has a cell that is merged across columns."""


@dataclass(frozen=True)
class Sheet:
    """One sheet; `spans` maps the (row number, column index) of a merged cell to its last row number."""

    name: str
    rows: list[Row]
    visible: bool = True
    spans: dict[tuple[int, int], int] = field(default_factory=dict)


def read(content: bytes, limits: Limits | None = None) -> list[Sheet]:
    """Return the sheets of a file (CSV: one sheet). Raises `Invalid` with a sentence for people."""
    limits = limits or Limits()
    if len(content) > limits.size:
        raise Invalid(
            N_("This file is larger than %(megabytes)s MB. Split it."), megabytes=limits.size // 1_000_000
        )
    if not content.strip():
        raise Invalid(N_("This file is empty."))
    if content.startswith(b"PK"):
        archives.check(content, limits)
        return _workbook(content, limits)
    if content.startswith(OLD_OFFICE):
        return _workbook(content, limits)
    return [_csv(_decoded(content), limits)]


def _workbook(content: bytes, limits: Limits) -> list[Sheet]:
    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            sheets = [
                _sheet(book.get_sheet_by_name(each.name), each.visible == SheetVisibleEnum.Visible, limits)
                for each in book.sheets_metadata
                if "WorkSheet" in str(each.typ)
            ]
    except PasswordError:
        raise Invalid(
            N_("This spreadsheet is locked by a password. Remove the password and retry.")
        ) from None
    except (CalamineError, OSError, ValueError):
        raise Invalid(
            N_("This spreadsheet is damaged or cut short. Open it, save it again and retry.")
        ) from None
    if not any(sheet.rows for sheet in sheets):
        raise Invalid(N_("This file is empty."))
    return sheets


def _sheet(sheet: CalamineSheet, visible: bool, limits: Limits) -> Sheet:
    limits.check_time()
    if sheet.end is None:
        return Sheet(sheet.name, [], visible)
    if (sheet.end[0] + 1) * (sheet.end[1] + 1) > limits.cells:
        raise Invalid(
            N_(
                "This sheet spans %(rows)s rows and %(columns)s columns, more than is read at once. Split it."
            ),
            rows=sheet.end[0] + 1,
            columns=sheet.end[1] + 1,
        )
    cells: list[list[Value]] = sheet.to_python(skip_empty_area=False)
    wide: set[int] = set()
    spans: dict[tuple[int, int], int] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        bottom = min(bottom, len(cells) - 1)
        if top > bottom or left >= len(cells[top]):
            continue
        spans[top + 1, left] = bottom + 1
        if right > left:
            wide.update(range(top, bottom + 1))
        for row in range(top + 1, bottom + 1):
            cells[row][left] = cells[top][left]
    limits.check_time()
    rows = [Row(index + 1, tuple(row), index in wide) for index, row in enumerate(cells)]
    return Sheet(sheet.name, rows, visible, spans)


def _decoded(content: bytes) -> str:
    """Return the text of a CSV file in UTF-8 (with or without BOM), GB18030, or UTF-16 with BOM."""
    if content.startswith(
        (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
    ):
        raise Invalid(N_("This is not a spreadsheet. Give an .xlsx or .csv file."))
    encodings = ["utf-8-sig", "gb18030"]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _checked(text)
    raise Invalid(N_("The characters of this file can't be read. Save it as .xlsx, or as CSV in UTF-8."))


def _checked(text: str) -> str:
    if "\0" in text:
        raise Invalid(N_("This is not a spreadsheet. Give an .xlsx or .csv file."))
    if text.lstrip()[:1] == "<" and ">" in text[:2000]:
        raise Invalid(
            N_("This is a web page, not a spreadsheet. Open it in a spreadsheet program and save as .xlsx.")
        )
    if not text.strip():
        raise Invalid(N_("This file is empty."))
    return text


def _csv(text: str, limits: Limits) -> Sheet:
    first = text.lstrip().partition("\n")[0]
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    rows: list[Row] = []
    cells = 0
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(reader, 1):
            cells += len(row)
            if cells > limits.cells:
                raise Invalid(N_("This file has more than %(cells)s cells. Split it."), cells=limits.cells)
            if number % 4096 == 0:
                limits.check_time()
            rows.append(Row(number, tuple(unguarded(cell) for cell in row)))
    except csv.Error:
        raise Invalid(
            N_("From row %(row)s on, this file can't be read: a quotation mark is open or misplaced."),
            row=len(rows) + 1,
        ) from None
    return Sheet("", rows)


def unguarded(cell: str) -> str:
    """Return a CSV cell without the one `'` that guards it against being taken for a formula."""
    return cell[1:] if cell.startswith("'") else cell
