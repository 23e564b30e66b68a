"""What people do with the private address of their calendar."""

from __future__ import annotations

from dataclasses import dataclass

from expertpool.events import Event


@dataclass(frozen=True)
class CalendarAddressMade(Event):
    """A person got a private address to subscribe to; an earlier one stopped working."""

    subject_kind = "person"
    replaced: bool


@dataclass(frozen=True)
class CalendarAddressRevoked(Event):
    """The private address of a person's calendar stopped working."""

    subject_kind = "person"
