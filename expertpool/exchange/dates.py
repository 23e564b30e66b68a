"""Dates as offices write them, read into year, month or day: `1980`, `1980-06`, `1980-06-01`."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata

from expertpool.errors import N_, Sentence
from expertpool.exchange.faults import Unreadable
from expertpool.exchange.reading import Value

PARTS = re.compile(
    r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?"
)
SOLID = re.compile(r"(\d{4})(\d{2})(\d{2})?")
SERIAL = re.compile(r"\d{5}")
FIRST_YEAR, LAST_YEAR = 1900, 2199

IMPOSSIBLE = N_("This is no possible date.")
HOW = N_("Write it as 1980, 1980-06 or 1980-06-01.")


def read_date(value: Value, notes: list[Sentence]) -> str | None:
    """Return a partial date, None for an empty cell; raises `Unreadable`.

    A *number* 1966.1 has lost whether it was 1966.1 or 1966.10: only its year is taken, with a note.
    In text the zero is kept, so 1966.1 is January.
    """
    if isinstance(value, dt.datetime | dt.date):
        return value.strftime("%Y-%m-%d") if value.year >= FIRST_YEAR else _refuse()
    if isinstance(value, float) and re.fullmatch(r"\d{4}\.1", repr(value)):
        notes.append(
            Sentence(
                N_("%(value)s may be January or October: only the year was taken."), {"value": repr(value)}
            )
        )
        return repr(value)[:4]
    text = _plain(value)
    if not text:
        return None
    if SERIAL.fullmatch(text):
        return (dt.date(1899, 12, 30) + dt.timedelta(days=int(text))).isoformat()
    match = SOLID.fullmatch(text) or PARTS.fullmatch(text)
    return _checked(*match.groups()) if match else _refuse()


def read_past_date(value: Value, notes: list[Sentence], today: dt.date) -> str | None:
    """Return a partial date that begins not after `today`; raises `Unreadable`."""
    text = read_date(value, notes)
    if text and first_day(text) > today:
        raise Unreadable(Sentence(N_("This date lies in the future.")), Sentence(HOW))
    return text


def first_day(text: str) -> dt.date:
    """Return the first day of a partial date."""
    year, month, day = ([int(part) for part in text.split("-")] + [1, 1])[:3]
    return dt.date(year, month, day)


def last_day(text: str) -> dt.date:
    """Return the last day of a partial date."""
    parts = [int(part) for part in text.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    return dt.date(year, month, parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1])


def _plain(value: Value) -> str:
    if isinstance(value, float):
        text = repr(int(value)) if value == int(value) else repr(value)
    else:
        text = str(value)
    return re.sub(r"\s*([-/.年月日])\s*", r"\1", unicodedata.normalize("NFKC", text)).strip()


def _checked(year: str, month: str | None, day: str | None) -> str:
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        _refuse()
    if month is None:
        return year
    if not 1 <= int(month) <= 12:
        _refuse()
    if day is None:
        return f"{year}-{int(month):02}"
    if not 1 <= int(day) <= calendar.monthrange(int(year), int(month))[1]:
        _refuse()
    return f"{year}-{int(month):02}-{int(day):02}"


def _refuse() -> str:
    raise Unreadable(Sentence(IMPOSSIBLE), Sentence(HOW))
