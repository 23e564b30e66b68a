"""What happens to people. Values that tell something of a person are personal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from expertpool.events import Event, personal


@dataclass(frozen=True)
class PersonCreated(Event):
    """A person entered the pool."""

    subject_kind = "person"
    number: str
    grade: str
    person: str = personal()


@dataclass(frozen=True)
class PersonChanged(Event):
    """Facts of a person changed; `changes` is field -> [old, new]."""

    subject_kind = "person"
    fields: tuple[str, ...]
    changes: dict[str, list[Any]] = personal()


@dataclass(frozen=True)
class AddressesChanged(Event):
    """The mail addresses of a person changed; the first is the one we write to."""

    subject_kind = "person"
    added: tuple[str, ...] = personal()
    removed: tuple[str, ...] = personal()
    primary: str | None = personal()


@dataclass(frozen=True)
class PhoneChanged(Event):
    """The phone number changed; the trail keeps it masked only."""

    subject_kind = "person"
    old: str | None = personal()
    new: str | None = personal()


@dataclass(frozen=True)
class PhoneRevealed(Event):
    """Somebody looked at the whole phone number."""

    subject_kind = "person"


@dataclass(frozen=True)
class EmployerChanged(Event):
    """An employment was added, changed, ended or removed.

    `organisation_ids` are the resolved employers before and after; `changes` is field -> [old, new].
    """

    subject_kind = "person"
    employment_id: int
    organisation_ids: tuple[int, ...]
    is_current: bool
    changes: dict[str, list[Any]] = personal()


@dataclass(frozen=True)
class SkillsChanged(Event):
    """Skills were added to a person or taken away."""

    subject_kind = "person"
    added: tuple[int, ...]
    removed: tuple[int, ...]
    added_names: tuple[str, ...] = ()
    removed_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class GradeChanged(Event):
    """A person moved up or down in the pool, with effect from `on`."""

    subject_kind = "person"
    old: str
    new: str
    on: date
    reason: str = personal()


@dataclass(frozen=True)
class StatusChanged(Event):
    """A person rests, is suspended, retires or comes back, with effect from `on`."""

    subject_kind = "person"
    old: str
    new: str
    on: date
    until: date | None
    reason: str | None = personal()


@dataclass(frozen=True)
class PeopleMerged(Event):
    """The record of one person was merged into another of the same person."""

    subject_kind = "person"
    merged_id: int
    moved: dict[str, int]
    """`table.column` -> rows that moved."""
    merged: str = personal()
    chosen: dict[str, list[Any]] = personal()


@dataclass(frozen=True)
class MergeUndone(Event):
    """Two records that were merged stand apart again."""

    subject_kind = "person"
    merged_id: int
    moved: dict[str, int]
    merged: str = personal()


@dataclass(frozen=True)
class AccountConnected(Event):
    """A person can sign in with an account from now on."""

    subject_kind = "person"
    user_id: int
    email: str = personal()


@dataclass(frozen=True)
class AccountDisconnected(Event):
    """A person can't sign in with an account any more."""

    subject_kind = "person"
    user_id: int
    email: str = personal()


@dataclass(frozen=True)
class CorrectionAsked(Event):
    """A person asks the office to put their record right."""

    subject_kind = "person"
    note: str = personal()


@dataclass(frozen=True)
class CorrectionSettled(Event):
    """The office has dealt with all that the person asked for until now."""

    subject_kind = "person"
    answer: str = personal()
