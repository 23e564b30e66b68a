"""What people say about their time. Bookings are told by what booked them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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
