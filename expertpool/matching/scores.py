"""Scores in whole millionths, so that sums are exact and a proof of the optimum is one."""

from __future__ import annotations

from collections.abc import Mapping

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


def score_units(candidate: Candidate, weights: Mapping[str, float]) -> int:
    """Return the candidate's score in millionths: the sum of its parts."""
    parts = candidate.parts
    return sum(round(weights.get(part, 0.0) * parts.get(part, 0.0) * UNIT) for part in PARTS)
