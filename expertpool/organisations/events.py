"""What happens to organisations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from expertpool.events import Event


@dataclass(frozen=True)
class OrganisationCreated(Event):
    """An organisation was entered."""

    subject_kind = "organisation"
    organisation: str
    code: str | None = None


@dataclass(frozen=True)
class OrganisationChanged(Event):
    """Facts of an organisation changed: field -> [old, new]."""

    subject_kind = "organisation"
    organisation: str
    changes: dict[str, list[Any]]


@dataclass(frozen=True)
class OrganisationRetired(Event):
    """An organisation is no longer offered for choice."""

    subject_kind = "organisation"
    organisation: str


@dataclass(frozen=True)
class OrganisationBroughtBack(Event):
    """A retired organisation is offered again."""

    subject_kind = "organisation"
    organisation: str


@dataclass(frozen=True)
class AllianceJoined(Event):
    """An organisation is a member of an alliance, or the dates of its membership changed."""

    subject_kind = "organisation"
    alliance: str
    since: date | None
    until: date | None


@dataclass(frozen=True)
class AllianceRemoved(Event):
    """A membership that was entered by mistake was removed; one that ended has a date instead."""

    subject_kind = "organisation"
    alliance: str


@dataclass(frozen=True)
class OrganisationMerged(Event):
    """A duplicate was merged into another organisation; `moved` counts rows: `table.column` -> n."""

    subject_kind = "organisation"
    organisation: str
    into_id: int
    into_name: str
    moved: dict[str, int]


@dataclass(frozen=True)
class OrganisationUnmerged(Event):
    """A merge was undone."""

    subject_kind = "organisation"
    organisation: str
    from_id: int
    from_name: str
