"""The draw itself: RFC 3797's selection, stratum by stratum, with caps and recusals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from expertpool.draws.plan import Candidate, Plan, Recusal, Stratum
from expertpool.draws.rfc3797 import Hash, Value, values


class Outcome(StrEnum):
    """What came of a person drawn."""

    SEAT = "seat"
    ALTERNATE = "alternate"
    RECUSED = "recused"
    CAPPED = "capped"


@dataclass(frozen=True, slots=True)
class Step:
    """One derived value and whom it drew.

    `divisor` people of the stratum remained; the one at `remainder`, counted from 0, was drawn; `number` is
    the person's number in the pool, from 1. `reason` says why somebody is passed over.
    """

    index: int
    digest: str
    stratum: str
    divisor: int
    remainder: int
    number: int
    name: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a draw came to: every step; `short` counts by stratum the seats that nobody was left to take."""

    steps: tuple[Step, ...]
    short: dict[str, int]

    def names(self, outcome: Outcome) -> tuple[str, ...]:
        """Return the names with this outcome, in the order drawn."""
        return tuple(step.name for step in self.steps if step.outcome is outcome)


def draw(
    pool: tuple[Candidate, ...], plan: Plan, key: str, hash: Hash = Hash.MD5, late: tuple[Recusal, ...] = ()
) -> Drawn:
    """Draw the seats of every stratum, then the alternates of every stratum, all out of one stream of values.

    A stratum's list are those of the pool, in its order, who may take its seats and are not drawn yet. Who
    is recused (by the plan, or found out later: `late`) or above a cap is passed over with the reason; the
    value is spent, and nobody's number changes. Pool and plan must satisfy `plan.check`.
    """
    return deal(pool, plan, values(key, hash), late)


def deal(
    pool: tuple[Candidate, ...], plan: Plan, stream: Iterator[Value], late: tuple[Recusal, ...] = ()
) -> Drawn:
    """Draw with any stream of values; see `draw`."""
    table = _Table(pool, plan, stream, late)
    short = {}
    for stratum in plan.strata:
        missing = table.fill(stratum, stratum.seats, Outcome.SEAT)
        if missing:
            short[stratum.label] = missing
    for stratum in plan.strata:
        table.fill(stratum, stratum.alternates, Outcome.ALTERNATE)
    return Drawn(tuple(table.steps), short)


class _Table:
    """A draw under way."""

    def __init__(
        self, pool: tuple[Candidate, ...], plan: Plan, stream: Iterator[Value], late: Iterable[Recusal]
    ) -> None:
        self.pool = pool
        self.stream = stream
        self.caps = plan.caps
        self.reasons = {recusal.name: recusal.reason for recusal in (*plan.recusals, *late)}
        self.steps: list[Step] = []
        self.drawn: set[str] = set()
        self.held: Counter[tuple[str, str]] = Counter()

    def fill(self, stratum: Stratum, wanted: int, outcome: Outcome) -> int:
        """Draw until `wanted` people have the outcome; return how many are missing when nobody is left."""
        remaining = [
            (number, candidate)
            for number, candidate in enumerate(self.pool, start=1)
            if candidate.name not in self.drawn and stratum.takes(candidate)
        ]
        while wanted and remaining:
            wanted -= self._draw_one(remaining, stratum, outcome) is outcome
        return wanted

    def _draw_one(
        self, remaining: list[tuple[int, Candidate]], stratum: Stratum, outcome: Outcome
    ) -> Outcome:
        value, divisor = next(self.stream), len(remaining)
        remainder = value.remainder(divisor)
        number, candidate = remaining.pop(remainder)
        came, reason = self._judge(candidate, outcome)
        self.drawn.add(candidate.name)
        if came is outcome:
            self.held.update(self._capped_groups(candidate))
        self.steps.append(
            Step(
                value.index,
                value.digest,
                stratum.label,
                divisor,
                remainder,
                number,
                candidate.name,
                came,
                reason,
            )
        )
        return came

    def _judge(self, candidate: Candidate, outcome: Outcome) -> tuple[Outcome, str]:
        if candidate.name in self.reasons:
            return Outcome.RECUSED, self.reasons[candidate.name]
        for cap in self.caps:
            for value in candidate.groups.get(cap.group, ()):
                if self.held[cap.group, value] >= cap.at_most:
                    return Outcome.CAPPED, f"{cap.group}: {value}"
        return outcome, ""

    def _capped_groups(self, candidate: Candidate) -> set[tuple[str, str]]:
        return {(cap.group, value) for cap in self.caps for value in candidate.groups.get(cap.group, ())}
