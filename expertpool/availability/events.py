"""What people say about their time. Bookings are told by what booked them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from expertpool.events import Event, personal


@dataclass(frozen=True)
class BusyTimeAdded(Event):
    """A person is not free between `starts` and `ends`."""

    subject_kind = "person"
    starts: datetime = personal()
    ends: datetime = personal()
    reason: str | None = personal()


@dataclass(frozen=True)
class BusyTimeRemoved(Event):
    """A person is free again between `starts` and `ends`."""

    subject_kind = "person"
    starts: datetime = personal()
    ends: datetime = personal()


@dataclass(frozen=True)
class RoomCreated(Event):
    """A room of an office can be booked."""

    subject_kind = "room"
    called: str
    owner_id: int


@dataclass(frozen=True)
class RoomChanged(Event):
    """A room changed: field -> [before, after]."""

    subject_kind = "room"
    called: str
    changes: dict[str, Any]


@dataclass(frozen=True)
class RoomRetired(Event):
    """A room is booked no more."""

    subject_kind = "room"
    called: str
