"""Files as offices send them, made in memory."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter


def make_xlsx(
    rows: list[list[Any]],
    *,
    merges: Sequence[tuple[int, int, int, int]] = (),
    others: dict[str, list[list[Any]]] | None = None,
) -> bytes:
    """Return a workbook. `merges` are (top, left, bottom, right) from 0; `others` further sheets."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"default_date_format": "yyyy-mm-dd"})
    for name, content in {"Sheet1": rows, **(others or {})}.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(content):
            for place, value in enumerate(row):
                _write(sheet, number, place, value)
        for top, left, bottom, right in merges if name == "Sheet1" else ():
            sheet.merge_range(top, left, bottom, right, rows[top][left])
    book.close()
    return target.getvalue()


def _write(sheet: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, dt.date):
        sheet.write_datetime(row, column, value)
    elif isinstance(value, str):
        sheet.write_string(row, column, value)
    elif value is not None:
        sheet.write(row, column, value)


def make_csv(rows: list[list[str]], encoding: str = "utf-8") -> bytes:
    """Return rows as CSV, written as they are."""
    target = StringIO(newline="")
    csv.writer(target).writerows(rows)
    return target.getvalue().encode(encoding)
