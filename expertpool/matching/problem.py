"""What is asked: one panel, its candidates, its slots and its rules. Frozen, made of codes and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

PARTS = ("skill", "experience", "rotation", "balance")
"""The parts of a score, in the order in which they are told."""

WEIGHTS: Mapping[str, float] = {"skill": 0.5, "experience": 0.2, "rotation": 0.2, "balance": 0.1}
"""What each part counts when the office has not said otherwise."""


class Mode(StrEnum):
    """`best` is the proven optimum; `random` a seeded, score-weighted choice that proves nothing."""

    BEST = "best"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person as one panel sees them.

    `parts` holds each part of the score in [0, 1]; `skills` the strength in (0, 1] of each wanted skill that
    the person has (a missing or zero strength is not a holder). `free` lists the indexes of the slots that
    suit, None all of them. `findings` are the codes of what bars the person; `load` counts the reviews of
    this year so far. An unknown organisation, region or party is None: it breaks no cap and fills no quota.
    """

    id: str
    organisation: str | None = None
    region: str | None = None
    party: str | None = None
    may_chair: bool = True
    skills: Mapping[str, float] = field(default_factory=dict)
    parts: Mapping[str, float] = field(default_factory=dict)
    free: frozenset[int] | None = None
    findings: tuple[str, ...] = ()
    load: int = 0

    def is_free(self, slot: int | None) -> bool:
        """Say whether the slot with this index suits; None asks for no time."""
        return slot is None or self.free is None or slot in self.free


@dataclass(frozen=True, slots=True)
class Wanted:
    """At least `seats` seats are held by people who have `skill`; one person may count for several skills."""

    skill: str
    seats: int = 1


@dataclass(frozen=True, slots=True)
class Slot:
    """A time the panel could meet. `preference` is added to the objective of a panel that meets then."""

    key: str
    preference: float = 0.0


@dataclass(frozen=True, slots=True)
class MinShare:
    """Members of these interest parties, together, hold at least `share` of the seats (BID-1, STD-4)."""

    parties: frozenset[str]
    share: Fraction

    @property
    def name(self) -> str:
        """The parties in order, joined by `+`."""
        return "+".join(sorted(self.parties))


@dataclass(frozen=True, slots=True)
class Rules:
    """What every panel must hold. Shares are exact fractions of the seats, compared in whole numbers."""

    odd: bool = False
    size_min: int = 1
    max_per_organisation: int | None = None
    max_per_region: int | None = None
    min_regions: int = 0
    max_share_of_one_party: Fraction | None = None
    min_shares: tuple[MinShare, ...] = ()
    max_load: int | None = None
    chair: bool = True


@dataclass(frozen=True, slots=True)
class PanelProblem:
    """One panel to form.

    `apart` are pairs of ids that may not sit together, `declare` pairs that may and are reported. `limit` is
    the solver's deterministic time for the whole proposal (close to seconds, the same on every machine).
    Without slots no availability is asked.
    """

    candidates: tuple[Candidate, ...]
    seats: int
    alternates: int = 0
    wanted: tuple[Wanted, ...] = ()
    slots: tuple[Slot, ...] = ()
    lock: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    rules: Rules = field(default_factory=Rules)
    apart: tuple[tuple[str, str], ...] = ()
    declare: tuple[tuple[str, str], ...] = ()
    weights: Mapping[str, float] = field(default_factory=lambda: WEIGHTS)
    mode: Mode = Mode.BEST
    seed: int = 0
    limit: float = 60.0

    def __post_init__(self) -> None:
        ids = {candidate.id for candidate in self.candidates}
        if len(ids) < len(self.candidates):
            raise ValueError("two candidates have the same id")
        if self.seats < 1 or self.alternates < 0:
            raise ValueError("a panel has at least one seat, and not fewer than no alternates")
        if missing := self.lock - ids:
            raise ValueError(f"locked but not among the candidates: {', '.join(sorted(missing))}")
        if both := self.lock & self.exclude:
            raise ValueError(f"locked and excluded: {', '.join(sorted(both))}")

    @property
    def slot_indexes(self) -> tuple[int | None, ...]:
        """The indexes of the slots, or one None when no time is asked for."""
        return tuple(range(len(self.slots))) or (None,)

    def candidate(self, id_: str) -> Candidate:
        """Return the candidate with this id, or raise KeyError."""
        for candidate in self.candidates:
            if candidate.id == id_:
                return candidate
        raise KeyError(id_)
