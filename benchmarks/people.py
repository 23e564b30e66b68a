"""Invented people for the benchmarks: seeded, with the skew of real pools."""

from __future__ import annotations

import random
from fractions import Fraction

from expertpool.matching.problem import (
    PARTS,
    Candidate,
    MinShare,
    PanelProblem,
    Rules,
    Slot,
    Wanted,
)

REGIONS = [f"R{index:02}" for index in range(31)]
PARTIES = ("producers", "operators", "users", "public", "technical")
SKILLS = ("robotics", "data-security", "metrology", "textiles", "acoustics")
SLOTS = 6


def make_candidates(count: int, seed: int) -> tuple[Candidate, ...]:
    """Return `count` candidates: employers and regions are skewed, skills rare, scores in steps of 0.01."""
    rng = random.Random(seed)
    return tuple(_make(index, count, rng) for index in range(count))


def _make(index: int, count: int, rng: random.Random) -> Candidate:
    return Candidate(
        id=f"E{index:06}",
        organisation=f"O{int(count / 4 * rng.random() ** 2):05}",
        region=REGIONS[int(len(REGIONS) * rng.random() ** 2)],
        party=rng.choice(PARTIES),
        may_chair=rng.random() < 0.3,
        skills={skill: rng.random() for skill in SKILLS if rng.random() < 0.08},
        parts={part: round(rng.random(), 2) for part in PARTS},
        free=frozenset(slot for slot in range(SLOTS) if rng.random() < 0.5),
        findings=("same-organisation",) if rng.random() < 0.05 else (),
        load=min(12, int(rng.expovariate(0.4))),
    )


def make_problem(candidates: tuple[Candidate, ...], seed: int, seats: int = 7) -> PanelProblem:
    """Return a panel with every kind of rule at once, over six slots, with kin that may not sit together."""
    rng = random.Random(seed)
    pairs = [rng.sample(range(len(candidates)), 2) for _ in range(len(candidates) // 10)]
    return PanelProblem(
        candidates=candidates,
        seats=seats,
        alternates=3,
        wanted=(
            Wanted("robotics", 3),
            Wanted("data-security", 2),
            Wanted("metrology", 2),
            Wanted("textiles"),
        ),
        slots=tuple(Slot(f"2026-12-{day:02}T09:00+08:00") for day in range(3, 3 + SLOTS)),
        rules=Rules(
            odd=True,
            size_min=5,
            max_per_organisation=1,
            min_regions=3,
            max_share_of_one_party=Fraction(1, 2),
            min_shares=(MinShare(frozenset({"users"}), Fraction(1, 4)),),
            max_load=10,
        ),
        apart=tuple((candidates[one].id, candidates[other].id) for one, other in pairs),
    )
