"""What happens to grants, and looks of auditors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from expertpool.events import Event


@dataclass(frozen=True)
class RoleGranted(Event):
    """A user got a role; `subject_id` is the user."""

    subject_kind: ClassVar[str] = "user"

    grant_id: int
    role: str
    organisation_id: int | None
    reason: str


@dataclass(frozen=True)
class RoleRevoked(Event):
    """A user lost a role; `subject_id` is the user."""

    subject_kind: ClassVar[str] = "user"

    grant_id: int
    role: str
    organisation_id: int | None
    reason: str


@dataclass(frozen=True)
class PersonLookedAt(Event):
    """An auditor opened a person's page."""

    subject_kind: ClassVar[str] = "person"


@dataclass(frozen=True)
class PanelLookedAt(Event):
    """An auditor opened a panel's page."""

    subject_kind: ClassVar[str] = "panel"


@dataclass(frozen=True)
class ConflictsLookedAt(Event):
    """An auditor opened the conflicts of an item, which tell about people."""

    subject_kind: ClassVar[str] = "item"


LOOKS: dict[str, type[Event]] = {
    "person": PersonLookedAt,
    "panel": PanelLookedAt,
    "item": ConflictsLookedAt,
}
"""By kind of what was looked at."""
