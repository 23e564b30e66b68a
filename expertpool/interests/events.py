"""Facts about relations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from expertpool.events import Event, personal


@dataclass(frozen=True)
class RelationAdded(Event):
    """A tie of a person became known, or was declared."""

    subject_kind = "relation"

    person_id: int
    kind: str
    other_person_id: int | None
    organisation_id: int | None
    since: date | None
    until: date | None
    source: str
    other_text: str | None = personal()


@dataclass(frozen=True)
class RelationChanged(Event):
    """Dates or source of a relation were corrected: field -> [old, new]."""

    subject_kind = "relation"

    person_id: int
    changes: dict[str, Any]


@dataclass(frozen=True)
class RelationRetired(Event):
    """A relation no longer counts; it stays on file."""

    subject_kind = "relation"

    person_id: int
    kind: str
    reason: str = personal()
