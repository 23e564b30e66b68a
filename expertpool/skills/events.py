"""What happens to skills and taxonomies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from expertpool.events import Event


@dataclass(frozen=True)
class TaxonomyLoaded(Event):
    """A classification was loaded from a file, or brought up to date by one."""

    subject_kind = "taxonomy"
    slug: str
    added: int
    changed: int
    retired: int


@dataclass(frozen=True)
class SkillsTagged(Event):
    """Texts became tags of the office's own tree, to be placed. The subject is that tree."""

    subject_kind = "taxonomy"
    names: list[str]


@dataclass(frozen=True)
class SkillCreated(Event):
    """A tag of the office's own tree was made."""

    subject_kind = "skill"
    skill: str


@dataclass(frozen=True)
class SkillChanged(Event):
    """Names, code or place of a tag changed: field -> [old, new]."""

    subject_kind = "skill"
    skill: str
    changes: dict[str, list[Any]]


@dataclass(frozen=True)
class SkillPlaced(Event):
    """A tag to be placed got its place: below a tag of the tree, or as the same as a published skill."""

    subject_kind = "skill"
    skill: str
    below: str | None
    same_as: str | None


@dataclass(frozen=True)
class SkillRetired(Event):
    """A tag is no longer offered for choice."""

    subject_kind = "skill"
    skill: str


@dataclass(frozen=True)
class SkillBroughtBack(Event):
    """A retired tag is offered again."""

    subject_kind = "skill"
    skill: str


@dataclass(frozen=True)
class SkillMerged(Event):
    """A tag was merged into another: who held it holds the other. `moved`: `table.column` -> rows."""

    subject_kind = "skill"
    skill: str
    into_id: int
    into_name: str
    moved: dict[str, int]
