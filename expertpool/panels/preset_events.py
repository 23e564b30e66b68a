"""What the office does to whole presets."""

from __future__ import annotations

from dataclasses import dataclass

from expertpool.events import Event


@dataclass(frozen=True)
class PresetRetired(Event):
    """A preset is offered to new panels no more."""

    subject_kind = "preset"

    slug: str


@dataclass(frozen=True)
class PresetBroughtBack(Event):
    """A retired preset is offered again."""

    subject_kind = "preset"

    slug: str
