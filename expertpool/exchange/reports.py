"""The report of an import: the rows that can't come in, to be corrected and imported again."""

from __future__ import annotations

from collections.abc import Callable

from expertpool.errors import Sentence
from expertpool.exchange.headers import REPORT
from expertpool.exchange.plans import Entry, Plan
from expertpool.exchange.writing import as_file


def refused(plan: Plan, filename: str, translated: Callable[[Sentence], str]) -> bytes:
    """Return the report, one line for each refused row, in the format that the end of `filename` names."""
    labels = [*REPORT, *plan.table.labels]
    rows = [_row(entry, len(plan.table.labels), translated) for entry in plan.refused]
    return as_file(filename, labels, rows, title="report")


def _row(entry: Entry, width: int, translated: Callable[[Sentence], str]) -> list[str]:
    faults = entry.faults
    place = f"{entry.record.sheet}!{entry.record.row}" if entry.record.sheet else str(entry.record.row)
    original = (entry.record.original + [""] * width)[:width]
    return [
        place,
        "; ".join(fault.column for fault in faults),
        "; ".join(fault.value for fault in faults),
        "; ".join(translated(fault.problem) for fault in faults),
        "; ".join(dict.fromkeys(translated(fault.remedy) for fault in faults)),
        *original,
    ]
