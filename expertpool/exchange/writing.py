"""Write tables as .xlsx or .csv so that no cell is ever taken for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from itertools import chain

import xlsxwriter

from expertpool.errors import N_, Invalid

FORMULA_STARTS = ("=", "+", "-", "@", "'", "\t", "\r")
LONGEST_CELL = 32_767
"""Characters that a cell of an .xlsx can hold."""
MOST_ROWS = 1_048_576


def guarded(text: str) -> str:
    """Return a CSV cell with one `'` in front when a spreadsheet program might calculate it."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def as_csv(labels: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as CSV in UTF-8."""
    return csv_rows(chain([labels], rows))


def csv_rows(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV in UTF-8, without a header unless it is among them."""
    target = StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return target.getvalue().encode()


def as_xlsx(labels: Sequence[str], rows: Iterable[Sequence[str]], *, title: str) -> bytes:
    """Return a table as .xlsx: every cell is text. Raises `Invalid` for a text that no cell can hold."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(title[:31])
    text = book.add_format({"num_format": "@"})
    bold = book.add_format({"num_format": "@", "bold": True})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(labels) - 1, 0), 16)
    for number, row in enumerate(chain([labels], rows)):
        if number >= MOST_ROWS:
            raise Invalid(N_("This table has more rows than an .xlsx can hold. Export it as .csv."))
        for place, cell in enumerate(row):
            if len(cell.encode("utf-16-le")) // 2 > LONGEST_CELL:
                raise Invalid(
                    N_("Row %(row)s holds a text too long for an .xlsx. Export it as .csv."), row=number + 1
                )
            if cell:
                sheet.write_string(number, place, cell, bold if number == 0 else text)
    book.close()
    return target.getvalue()


def as_file(filename: str, labels: Sequence[str], rows: Iterable[Sequence[str]], *, title: str) -> bytes:
    """Return a table in the format that the end of `filename` names; CSV unless it is .xlsx."""
    if filename.lower().endswith(".xlsx"):
        return as_xlsx(labels, rows, title=title)
    return as_csv(labels, rows)
