"""What a check answers. Codes and parameters; `interests.wording` holds the sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from expertpool.conflicts.facts import Id, Waiver
from expertpool.conflicts.policy import Certainty, Handling, PairRule, Rule


@dataclass(frozen=True, slots=True)
class Evidence:
    """One dated fact behind a finding."""

    kind: str
    """What the fact is: employment, relation, item, name, mail, review or declaration."""
    code: str
    params: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    since: date | None = None
    until: date | None = None
    certainty: Certainty = Certainty.CERTAIN


@dataclass(frozen=True, slots=True)
class Finding:
    """A person is in conflict with an item, by one rule, for at least one reason."""

    person: Id
    item: Id
    rule: Rule
    handling: Handling
    certainty: Certainty
    evidence: tuple[Evidence, ...]
    waiver: Waiver | None = None

    @property
    def bars(self) -> bool:
        """Whether the person must not be seated: certain, to be barred, and not waived."""
        return self.handling is Handling.BAR and self.certainty is Certainty.CERTAIN and self.waiver is None

    @property
    def shown_handling(self) -> str:
        """The handling as printed: `possible` for uncertain findings."""
        return "possible" if self.certainty is Certainty.POSSIBLE else self.handling.value


@dataclass(frozen=True, slots=True)
class PairFinding:
    """Two people are in conflict with each other; `first` stands before `second` in the pool."""

    first: Id
    second: Id
    rule: PairRule
    handling: Handling
    certainty: Certainty
    evidence: tuple[Evidence, ...]

    @property
    def shown_handling(self) -> str:
        """The handling as printed: `possible` for uncertain findings."""
        return "possible" if self.certainty is Certainty.POSSIBLE else self.handling.value


@dataclass(frozen=True, slots=True)
class TooManyExcluded:
    """An applicant names more unsuitable reviewers than the preset allows (NSFC-3)."""

    item: Id
    named: int
    allowed: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One fact that touches one item (by its position) under one rule."""

    item: int
    rule: Rule
    evidence: Evidence
