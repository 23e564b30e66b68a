"""What happens to affinity lists."""

from __future__ import annotations

from dataclasses import dataclass

from expertpool.events import Event


@dataclass(frozen=True)
class AffinityRequested(Event):
    """A list was asked for, or asked for again after it had failed or was called off."""

    subject_kind = "affinity-list"

    number: str
    owner_id: int
    items: int
    experts: int


@dataclass(frozen=True)
class AffinityRecorded(Event):
    """A list was worked out."""

    subject_kind = "affinity-list"

    number: str
    pool: int
    places: int


@dataclass(frozen=True)
class AffinityFailed(Event):
    """A list could not be worked out."""

    subject_kind = "affinity-list"

    number: str
    error: str


@dataclass(frozen=True)
class AffinityCancelled(Event):
    """A list was called off before it was done."""

    subject_kind = "affinity-list"

    number: str


@dataclass(frozen=True)
class AffinityRemoved(Event):
    """A list was thrown away with all that it named."""

    subject_kind = "affinity-list"

    number: str
    owner_id: int
    title: str
