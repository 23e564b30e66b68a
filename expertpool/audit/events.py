"""What people and jobs do with the trail itself. `subject_id` is 0: there is one trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from expertpool.events import Event


@dataclass(frozen=True)
class VerificationAsked(Event):
    """Somebody asked to have the whole chain verified."""

    subject_kind: ClassVar[str] = "audit"


@dataclass(frozen=True)
class ChainVerified(Event):
    """The whole chain was walked and is whole up to `head`, written as number:hash."""

    subject_kind: ClassVar[str] = "audit"

    checked: int
    head: str


@dataclass(frozen=True)
class ChainBroken(Event):
    """The chain was walked and broke after `checked` entries; `problem` says how, in English."""

    subject_kind: ClassVar[str] = "audit"

    checked: int
    problem: str
