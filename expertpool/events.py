"""Facts in the past tense, who caused them, and who listens.

Rooms define their events as frozen dataclasses derived from `Event`; `audit.record` publishes
them; `wiring` subscribes. Subscribers run in the same transaction and write rows only.
"""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Actor:
    """Who acts: a signed-in user, or a job or command that speaks for the system."""

    user_id: int | None
    label: str
    """Name shown in the audit trail."""
    via: str = "web"
    """Door: web, api, cli, job or mail."""
    request_id: str | None = None


SYSTEM = Actor(user_id=None, label="ExpertPool", via="job")


def personal(**options: Any) -> Any:
    """Return a dataclass field whose value is personal data, kept outside the hashed part."""
    return dataclasses.field(metadata={"personal": True}, **options)


@dataclass(frozen=True)
class Event:
    """Base of all events. A subclass names its `subject_kind` and has a field `subject_id`."""

    subject_kind: ClassVar[str] = ""

    subject_id: int

    @classmethod
    def name(cls) -> str:
        """Return the event's stable name: `SeatOffered` of subject `panel` is `panel.seat-offered`."""
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__).lower()
        return f"{cls.subject_kind}.{words}"


Listener = Callable[[Session, Any, Actor, datetime], None]

_listeners: dict[type[Event], list[Listener]] = defaultdict(list)


def subscribe(event_type: type[Event], listener: Listener) -> None:
    """Have `listener(session, event, actor, now)` called for every published `event_type`."""
    if listener not in _listeners[event_type]:
        _listeners[event_type].append(listener)


def publish(session: Session, event: Event, actor: Actor, now: datetime) -> None:
    """Call the listeners of the event's type, in the order of their subscription."""
    for listener in _listeners[type(event)]:
        listener(session, event, actor, now)
