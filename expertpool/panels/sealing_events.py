"""What happens to sealed rosters. These events name no member, so the trail tells them at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from expertpool.events import Event, personal


@dataclass(frozen=True)
class RosterSealed(Event):
    """Who sits is hidden until a time from all but two keepers; again, when it is prolonged."""

    subject_kind = "panel"

    until: datetime
    until_before: datetime | None
    keeper_ids: list[int]


@dataclass(frozen=True)
class OpeningAsked(Event):
    """An organiser asks to open a roster before its time."""

    subject_kind = "panel"

    opening_id: int
    reason: str = personal()


@dataclass(frozen=True)
class OpeningRefused(Event):
    """A supervisor refused to open a roster before its time."""

    subject_kind = "panel"

    opening_id: int
    reason: str = personal()
    """Of who asked."""


@dataclass(frozen=True)
class RosterOpened(Event):
    """A roster was opened before its time: an organiser asked, a supervisor agreed."""

    subject_kind = "panel"

    opening_id: int
    reason: str = personal()
    """Of who asked."""


ANNOUNCED = frozenset(event.name() for event in (RosterSealed, OpeningAsked, OpeningRefused, RosterOpened))
