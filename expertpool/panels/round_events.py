"""What happens to whole rounds."""

from __future__ import annotations

from dataclasses import dataclass

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
