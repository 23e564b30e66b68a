"""What happens to whole rounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from expertpool.events import Event, personal


@dataclass(frozen=True)
class RoundCreated(Event):
    """A round was made."""

    subject_kind = "round"

    owner_id: int
    items: int
    per_item: int
    least: int
    most: int
    mode: str
    scored_by: str


@dataclass(frozen=True)
class AssignmentRequested(Event):
    """A run of a round was asked for."""

    subject_kind = "round"

    run_id: int
    number: int
    seed: int


@dataclass(frozen=True)
class AssignmentRecorded(Event):
    """A run was worked out; infeasible ones assign nobody."""

    subject_kind = "round"

    run_id: int
    number: int
    feasible: bool
    input_hash: str


@dataclass(frozen=True)
class AssignmentFailed(Event):
    """A run could not be worked out."""

    subject_kind = "round"

    run_id: int
    number: int
    error: str


@dataclass(frozen=True)
class AssignmentCancelled(Event):
    """A run was called off before it was done."""

    subject_kind = "round"

    run_id: int
    number: int


@dataclass(frozen=True)
class PairDecided(Event):
    """An organiser said that a person must review an item (`lock`), must not (`ban`), or neither (None)."""

    subject_kind = "round"

    item_id: int
    person_id: int
    choice: str | None
    reason: str | None = personal(default=None)


@dataclass(frozen=True)
class RoundConfirmationRequested(Event):
    """A person accepted a run: it is to become panels, of each item or of those with the same reviewers."""

    subject_kind = "round"

    run_id: int
    number: int
    panels_of: str


@dataclass(frozen=True)
class RoundConfirmationCancelled(Event):
    """The acceptance of a run was taken back before it became panels."""

    subject_kind = "round"

    run_id: int
    number: int


@dataclass(frozen=True)
class RoundConfirmationFailed(Event):
    """A run could not be made into panels."""

    subject_kind = "round"

    run_id: int
    number: int
    error: str


@dataclass(frozen=True)
class RoundConfirmed(Event):
    """A run became panels; `left_out` counts the items that did not, because something came up."""

    subject_kind = "round"

    run_id: int
    number: int
    panels: int
    left_out: int


@dataclass(frozen=True)
class PanelFormed(Event):
    """A panel was confirmed as part of a round: who sits, who stands by, what was to be asked or declared."""

    subject_kind = "panel"

    number: str
    owner_id: int
    round_id: int
    run_id: int
    member_ids: list[int]
    alternate_ids: list[int]
    declared: list[Any]
    """Person and rule of each finding."""
