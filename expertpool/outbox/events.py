"""What people do to messages."""

from __future__ import annotations

from dataclasses import dataclass

from expertpool.events import Event


@dataclass(frozen=True)
class MessageRetried(Event):
    """A dead message was put back into the queue."""

    subject_kind = "message"


@dataclass(frozen=True)
class MessageCancelled(Event):
    """A waiting or dead message will not be sent."""

    subject_kind = "message"
