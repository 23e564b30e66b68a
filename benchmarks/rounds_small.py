"""The engine on small invented rounds, against all their assignments and the best lottery over them."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import numpy as np

from expertpool.matching.rounds.problem import Round, make_round

ITEMS, REVIEWERS, SEATS, MOST, CAP = 3, 5, 2, 2, 0.6


def against_everything(_round: Round, asked: dict[str, Any]) -> dict[str, Any]:
    """Return by how much the engine is off at most, by mode, over as many rounds as the case names."""
    most = {"best": 0.0, "fair": 0.0, "random": 0.0}
    teams = [
        each
        for each in product(combinations(range(REVIEWERS), SEATS), repeat=ITEMS)
        if np.bincount(np.ravel(each), minlength=REVIEWERS).max() <= MOST
    ]
    for seed in range(int(asked["case"].split()[1])):
        for mode, off in _off(
            np.round(np.random.default_rng(seed).random((ITEMS, REVIEWERS)), 3), teams
        ).items():
            most[mode] = max(most[mode], off)
    return {mode: f"{off:.0e}" for mode, off in most.items()}


def _off(scores: Any, teams: list[Any]) -> dict[str, float]:
    """Return how far total, worst item and a lottery's mean total are from the best of all."""
    from scipy.optimize import linprog

    from expertpool.matching.rounds.solving import Mode, Wish, solve

    named = {(f"p{i}", f"r{j}"): float(scores[i, j]) for i in range(ITEMS) for j in range(REVIEWERS)}
    round_ = make_round(named, per_item=SEATS, most=MOST)
    by_item = np.array([[scores[i, list(team)].sum() for i, team in enumerate(each)] for each in teams])
    taken = np.zeros((ITEMS, REVIEWERS, len(teams)))
    for at, each in enumerate(teams):
        for item, team in enumerate(each):
            taken[item, list(team), at] = 1
    lottery = linprog(
        -by_item.sum(axis=1),
        A_ub=taken.reshape(-1, len(teams)),
        b_ub=np.full(ITEMS * REVIEWERS, CAP),
        A_eq=np.ones((1, len(teams))),
        b_eq=[1],
    )
    chance = solve(round_, Wish(Mode.RANDOM, CAP)).randomness
    assert chance is not None
    return {
        "best": abs(solve(round_, Wish()).total - by_item.sum(axis=1).max()),
        "fair": abs(solve(round_, Wish(Mode.FAIR)).totals().min() - by_item.min(axis=1).max()),
        "random": abs(chance.expected + lottery.fun),
    }
