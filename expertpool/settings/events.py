"""What administrators change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from expertpool.events import Event


@dataclass(frozen=True)
class ChoiceChanged(Event):
    """A choice of the office got another value."""

    subject_kind = "choice"
    key: str
    before: Any
    after: Any


@dataclass(frozen=True)
class HolidaySet(Event):
    """A day was declared a holiday or a workday."""

    subject_kind = "holiday"
    day: date
    kind: str
    called: str


@dataclass(frozen=True)
class HolidaysSeeded(Event):
    """The days of a year (the subject) were taken from the library."""

    subject_kind = "year"
    days: int


@dataclass(frozen=True)
class HolidayRemoved(Event):
    """A day is again what its weekday says."""

    subject_kind = "holiday"
    day: date
    called: str


@dataclass(frozen=True)
class KeysRotated(Event):
    """Personal values were encrypted anew; `fingerprint` names the key, `counts` what changed where."""

    subject_kind = "key"
    fingerprint: str
    counts: dict[str, int]
