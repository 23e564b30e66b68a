"""Scores in whole millionths, so that sums are exact and a proof of the optimum is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from expertpool.matching.problem import PARTS, Candidate

UNIT = 1_000_000


def to_units(value: float) -> int:
    """Return a score as whole millionths."""
    return round(value * UNIT)


def from_units(units: int) -> float:
    """Return whole millionths as a score."""
    return units / UNIT


def part_units(candidate: Candidate, weights: Mapping[str, float]) -> dict[str, int]:
    """Return what each part adds to the candidate's score, in millionths, in the order of `PARTS`."""
    return {part: to_units(weights.get(part, 0.0) * candidate.parts.get(part, 0.0)) for part in PARTS}


def scorer(weights: Mapping[str, float]) -> Callable[[Candidate], int]:
    """Return the function that gives a candidate's score in millionths: the sum of its `part_units`.

    Many candidates have equal parts; each sum is made once.
    """
    counted = [part for part in PARTS if weights.get(part)]
    known: dict[tuple[float | None, ...], int] = {}

    def score(candidate: Candidate) -> int:
        values = tuple(map(candidate.parts.get, counted))
        if values not in known:
            pairs = zip(counted, values, strict=True)
            known[values] = sum(to_units(weights[part] * (value or 0.0)) for part, value in pairs)
        return known[values]

    return score
