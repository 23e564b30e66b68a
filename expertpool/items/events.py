"""What happens to items. Names of people are personal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from expertpool.events import Event, personal


@dataclass(frozen=True)
class ItemCreated(Event):
    """An item was entered."""

    subject_kind = "item"
    number: str
    title: str


@dataclass(frozen=True)
class ItemChanged(Event):
    """Facts of an item changed, `changes` is field -> [old, new]; so did its people, by role."""

    subject_kind = "item"
    number: str
    changes: dict[str, list[Any]]
    people: dict[str, list[list[str]]] = personal()


@dataclass(frozen=True)
class ItemRetired(Event):
    """An item is no longer offered for review."""

    subject_kind = "item"
    number: str


@dataclass(frozen=True)
class ItemBroughtBack(Event):
    """A retired item is offered again."""

    subject_kind = "item"
    number: str
