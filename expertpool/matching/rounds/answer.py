"""What comes out: pairs, what is proven about them, and the measures of a round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from expertpool.matching.rounds.problem import Floats, Ints, Pairs, Round

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


@dataclass(frozen=True, slots=True)
class Randomness:
    """Measures of marginals, of all pairs but the locked ones (Xu, Jecmen, Song, Fang, NeurIPS 2023).

    `largest` of all and, per item, `mean_largest`; `entropy` is the sum of -p ln p (nats); `l2` the root of
    the sum of squares; `support` counts the pairs with a chance; `expected` is the mean total, locks
    included, and `expected_bound` what no marginals with that cap exceed.
    """

    largest: float
    mean_largest: float
    entropy: float
    l2: float
    support: int
    expected: float
    expected_bound: float


@dataclass(frozen=True)
class Answer:
    """An assignment that holds every rule. No assignment has a total above `bound`, in `fair` none of those
    whose worst item has as much; `worst_bound` is what no assignment's worst item exceeds (None: not
    asked)."""

    round: Round
    assigned: Pairs
    bound: float
    proven: bool
    seconds: Mapping[str, float]
    alternates: Mapping[str, list[tuple[str, float]]] = field(default_factory=dict)
    worst_bound: float | None = None
    randomness: Randomness | None = None

    @property
    def total(self) -> float:
        """The sum of the scores of all assigned pairs."""
        return float(self.assigned.score.sum())

    def totals(self) -> Floats:
        """Return each item's total."""
        return self.round.by_item(self.assigned)

    def rows(self) -> list[tuple[str, str, float]]:
        """Return item, reviewer and score of each assigned pair, by id."""
        items, reviewers = self.round.items, self.round.reviewers
        triples = zip(self.assigned.item, self.assigned.reviewer, self.assigned.score.tolist(), strict=True)
        return [(items[item], reviewers[reviewer], score) for item, reviewer, score in triples]

    def report(self) -> dict[str, Any]:
        """Return the measures as JSON data."""
        totals, loads = (
            self.totals(),
            np.bincount(self.assigned.reviewer, minlength=len(self.round.reviewers)),
        )
        gap = max(self.bound - self.total, 0.0)
        found: dict[str, Any] = {
            "items": len(self.round.items),
            "reviewers": len(self.round.reviewers),
            "assigned": len(self.assigned),
            "objective": self.total,
            "bound": max(self.bound, self.total),
            "gap": gap / abs(self.bound) if self.bound and gap else 0.0,
            "optimal": self.proven,
            "smallest": float(totals.min(initial=np.inf)) if totals.size else 0.0,
            "loads": {"min": int(loads.min()), "max": int(loads.max()), "gini": gini(loads)}
            if loads.size
            else {},
            "quantiles": {f"{q:g}": float(np.quantile(totals, q)) for q in QUANTILES} if totals.size else {},
        }
        if self.worst_bound is not None:
            found["smallest_bound"] = max(self.worst_bound, found["smallest"])
        if self.randomness is not None:
            found["random"] = {name: getattr(self.randomness, name) for name in Randomness.__slots__}
        found["alternates"] = {
            item: [{"reviewer": reviewer, "score": score} for reviewer, score in others]
            for item, others in self.alternates.items()
            if others
        }
        found["seconds"] = {stage: round(value, 3) for stage, value in self.seconds.items()}
        return found


def gini(loads: Ints) -> float:
    """Return how unevenly loads lie: 0 when all are equal, near 1 when one reviewer has all."""
    total = int(loads.sum())
    if not total:
        return 0.0
    place = np.arange(1, loads.size + 1)
    return float(2 * (place @ np.sort(loads)) / (loads.size * total) - (loads.size + 1) / loads.size)


def randomness(round_: Round, pairs: Pairs, marginal: Floats, bound: float) -> Randomness:
    """Return the measures of the marginals of pairs."""
    largest = np.zeros(len(round_.items))
    np.maximum.at(largest, pairs.item, marginal)
    likely = marginal[marginal > 0]
    expected = float(pairs.score @ marginal) + float(round_.locked.score.sum())
    return Randomness(
        float(marginal.max(initial=0.0)),
        float(largest.mean()),
        float(-(likely * np.log(likely)).sum()),
        float(np.sqrt(marginal @ marginal)),
        int(likely.size),
        expected,
        max(bound, expected),
    )
