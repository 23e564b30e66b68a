"""What is answered, in codes and numbers; the doors put it into words."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from expertpool.matching.problem import Slot

Amount = int | bool | str | Fraction | None


@dataclass(frozen=True, slots=True)
class Part:
    """What one part adds to a score."""

    part: str
    value: float


@dataclass(frozen=True, slots=True)
class Member:
    """A seat: who holds it, as what, and why. The values of `why` add up to the score."""

    id: str
    role: Literal["chair", "member"]
    score: float
    why: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Alternate:
    """Who may take over a seat without breaking a rule; `seats` are the ids of the members to replace."""

    id: str
    score: float
    why: tuple[Part, ...]
    seats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Easing:
    """A rule that gives way, from what it asks to what it would ask.

    `subject` names the skill, the parties, the locked person or the slot of the rule, if any. `short` counts
    the seats that can't be filled under the rule as it stands.
    """

    rule: str
    subject: str | None
    from_: Amount
    to: Amount
    short: int


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Rules that, eased together, allow a panel (at `slot`); without any one of them, none."""

    rules: tuple[Easing, ...]
    slot: Slot | None

    @property
    def short(self) -> int:
        """The seats missing in all."""
        return sum(easing.short for easing in self.rules)


@dataclass(frozen=True, slots=True)
class SlotOutcome:
    """The best objective at one slot, or, where no panel is possible, the fewest rules to ease there.

    `proven` is False where the limit came first: then there may be a better panel, or one at all.
    """

    slot: Slot | None
    objective: float | None
    bound: float | None
    proven: bool
    easings: tuple[Easing, ...] = ()


@dataclass(frozen=True, slots=True)
class Solution:
    """A panel that holds every rule.

    The objective is the sum of the members' scores and the slot's preference. `bound` is what no panel of any
    slot exceeds; `gap` is bound minus objective; `optimal` says that the gap is proven to be nothing. A
    random panel has neither bound nor gap. `declared` are the pairs on the panel that must be declared.
    """

    slot: Slot | None
    members: tuple[Member, ...]
    alternates: tuple[Alternate, ...]
    objective: float
    bound: float | None
    gap: float | None
    optimal: bool
    outcomes: tuple[SlotOutcome, ...]
    declared: tuple[tuple[str, str], ...] = ()
    seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Infeasible:
    """No panel holds every rule: the smallest sets of rules to ease, smallest first.

    `proven` is False when the limit came before either a panel or the proof that there is none.
    """

    relaxations: tuple[Relaxation, ...]
    outcomes: tuple[SlotOutcome, ...]
    proven: bool = True
    seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Swap:
    """The best panel with one more person in it: `cost` is its objective minus the proposal's (0 or less)."""

    cost: float
    slot: Slot | None
    enters: tuple[str, ...]
    leaves: tuple[str, ...]
    proven: bool


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why somebody is not on the panel.

    `reason` is seated, barred (details: findings), excluded, over-load, not-free (details: the slot), rule
    (no panel has this person: `easings` are the fewest rules to ease), scores-less or not-drawn.
    """

    id: str
    reason: str
    details: tuple[str, ...] = ()
    swap: Swap | None = None
    easings: tuple[Easing, ...] = ()
