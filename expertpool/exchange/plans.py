"""What an import would do, row by row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from expertpool.errors import Sentence
from expertpool.exchange.columns import Kind
from expertpool.exchange.faults import Fault
from expertpool.exchange.tables import Record, Skipped, Table


class Outcome(StrEnum):
    """What becomes of a row."""

    CREATE = "create"
    CHANGE = "change"
    SAME = "same"
    """Says what is known already."""
    REPEAT = "repeat"
    """Speaks of what an earlier row of the file speaks of."""
    WAIT = "wait"
    """Names people who are not in the pool; kept, and read again when people come in."""
    REFUSE = "refuse"


@dataclass(frozen=True)
class Change:
    """One field before and after, as text for people."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Possible:
    """Somebody known who may be the person of a row."""

    person_id: int
    title: str


@dataclass
class Entry:
    """The plan for one row. `target` is what `applying` needs to carry it out."""

    record: Record
    outcome: Outcome
    label: str = ""
    changes: list[Change] = field(default_factory=list)
    possible: list[Possible] = field(default_factory=list)
    repeats_row: int | None = None
    target: Any = None

    @property
    def faults(self) -> list[Fault]:
        """Why the row is refused."""
        return self.record.faults

    @property
    def notes(self) -> list[Sentence]:
        """What the reader is told and nothing is refused for."""
        return self.record.notes


@dataclass
class Plan:
    """What an import would do. `unresolved` lists texts that name nothing known, by what they name."""

    table: Table
    entries: list[Entry]
    unresolved: dict[str, list[str]] = field(default_factory=dict)
    work: Any = None
    """What `applying` needs beside the entries."""

    @property
    def kind(self) -> Kind:
        """Which of the five files."""
        return self.table.kind

    @property
    def skipped(self) -> list[Skipped]:
        """Rows and sheets that hold no data."""
        return self.table.skipped

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each outcome, and of all together (`rows`)."""
        counted = Counter(entry.outcome.value for entry in self.entries)
        return {"rows": len(self.entries)} | {each.value: counted[each.value] for each in Outcome}

    @property
    def refused(self) -> list[Entry]:
        """Entries of rows that can't come in."""
        return [entry for entry in self.entries if entry.outcome is Outcome.REFUSE]

    @property
    def writes(self) -> bool:
        """Whether carrying it out would change anything."""
        return any(e.outcome in (Outcome.CREATE, Outcome.CHANGE, Outcome.WAIT) for e in self.entries)


Decisions = dict[int, int | None]
"""Row number -> id of the person it speaks of, or None for a new one. For rows with `possible` people."""


def said(value: Any) -> str:
    """Return a value as text for people."""
    if value is None or value == "":
        return ""
    if isinstance(value, list | tuple):
        return "；".join(str(each) for each in value)
    return str(value)
