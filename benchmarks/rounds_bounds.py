"""Bounds of rounds apart from the engine, by linear programmes (HiGHS) or by all assignments of small ones.

Each takes a round and what is asked (see `rounds_one`) and returns columns of a table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.rounds_small import against_everything
from expertpool.matching.rounds.problem import Round

LARGEST, WORST, MEAN, SQUARES, EVERYTHING = (
    "LP (HiGHS): total at most",
    "LP (HiGHS): worst item at most",
    "LP (HiGHS): mean of largest p at least",
    "squares alone: L2 at least",
    "every assignment tried",
)


def largest_total(round_: Round, asked: dict[str, Any]) -> dict[str, Any]:
    """Return what no total exceeds: pairs may be taken in parts, unscored ones stand for each other."""
    rows, value = _shared(round_)
    found = _solved(-value, rows, asked["limit"], chances=len(round_.scored))
    return {"ended": "not in time"} if found is None else {"bound": f"{-found:.2f}", "ended": "optimal"}


def best_worst(round_: Round, asked: dict[str, Any]) -> dict[str, Any]:
    """Return what the worst item of no assignment exceeds; scores must not be negative."""
    from scipy.sparse import csr_array, hstack

    (equal, needs, upper, most), value = _shared(round_)
    pairs, n = round_.scored, round_.size[0]
    last = csr_array((equal.shape[0], 1)), csr_array((upper.shape[0], 1))
    totals = csr_array((-pairs.score, (pairs.item, np.arange(len(pairs)))), shape=(n, value.size))
    rows = (
        hstack([equal, last[0]]),
        needs,
        _stacked([hstack([upper, last[1]]), hstack([totals, csr_array(np.ones((n, 1)))])]),
        np.concatenate([most, np.zeros(n)]),
    )
    found = _solved(np.append(np.zeros(value.size), -1.0), rows, asked["limit"], chances=len(pairs))
    return {"ended": "not in time"} if found is None else {"worst at most": f"{-found:.4g}"}


def least_mean(round_: Round, asked: dict[str, Any]) -> dict[str, Any]:
    """Return the least mean of items' largest probabilities among all marginals of that cap and quality."""
    from scipy.sparse import csr_array, hstack

    from expertpool.matching.rounds.solving import Wish, solve

    wish = asked["quality"] * solve(round_, Wish()).total
    (equal, needs, upper, most), value = _shared(round_)
    pairs, n = round_.scored, round_.size[0]
    each = np.arange(len(pairs))
    below = csr_array((np.ones(len(pairs)), (each, each)), shape=(len(pairs), value.size))
    above = csr_array((-np.ones(len(pairs)), (each, pairs.item)), shape=(len(pairs), n))
    rows = (
        hstack([equal, csr_array((equal.shape[0], n))]),
        needs,
        _stacked(
            [
                hstack([upper, csr_array((upper.shape[0], n))]),
                hstack([below, above]),
                hstack([csr_array(-value.reshape(1, -1)), csr_array((1, n))]),
            ]
        ),
        np.concatenate([most, np.zeros(len(pairs)), [-wish]]),
    )
    cost = np.concatenate([np.zeros(value.size), np.full(n, 1 / n)])
    found = _solved(cost, rows, asked["limit"], chances=len(pairs), cap=asked["cap"])
    return {"ended": "not in time"} if found is None else {"mean of largest p": f"{found:.4f}"}


def squares_alone(round_: Round, asked: dict[str, Any]) -> dict[str, Any]:
    """Return the least L2 norm there is: the engine with nothing but squares."""
    from expertpool.matching.rounds import spread
    from expertpool.matching.rounds.solving import Mode, Wish, solve

    with patch.multiple(spread, TOP=0.0, EVEN=1e-7):
        chance = solve(round_, Wish(Mode.RANDOM, asked["cap"], asked["quality"])).randomness
    assert chance is not None
    return {"L2": f"{chance.l2:.4f}"}


BOUNDS: dict[str, Callable[[Round, dict[str, Any]], dict[str, Any]]] = {
    LARGEST: largest_total,
    WORST: best_worst,
    MEAN: least_mean,
    SQUARES: squares_alone,
    EVERYTHING: against_everything,
}


def _shared(round_: Round) -> tuple[tuple[Any, Any, Any, Any], Any]:
    """Return rows (equal, their sides, upper, theirs) and values of: scored pairs, unscored seats and loads.

    How many unscored pairs an item and a reviewer take is counted, not which: that is looser, never stricter.
    """
    from scipy.sparse import csr_array, hstack, identity

    from expertpool.matching.rounds.crowds import rows

    (n, m), pairs = round_.size, round_.scored
    each, ones = np.arange(len(pairs)), np.ones(len(pairs))
    seats = csr_array((ones, (pairs.item, each)), shape=(n, len(pairs)))
    loads = csr_array((ones, (pairs.reviewer, each)), shape=(m, len(pairs)))
    equal = _stacked(
        [
            hstack([seats, identity(n), csr_array((n, m))]),
            csr_array(np.concatenate([np.zeros(len(pairs)), np.ones(n), -np.ones(m)]).reshape(1, -1)),
        ]
    )
    loaded = hstack([loads, csr_array((m, n)), identity(m)])
    upper, most = [loaded], [round_.most]
    if round_.least.any():
        upper.append(-loaded)
        most.append(-round_.least)
    if round_.crowds:
        apart = rows(round_, pairs)
        upper.append(hstack([apart.matrix, csr_array((apart.matrix.shape[0], n + m))]))
        most.append(apart.most)
    value = np.concatenate([pairs.score, np.zeros(n + m)])
    return (equal, np.append(round_.per_item, 0), _stacked(upper), np.concatenate(most)), value


def _stacked(parts: list[Any]) -> Any:
    from scipy.sparse import vstack

    return vstack(parts).tocsr()


def _solved(
    cost: Any, rows: tuple[Any, Any, Any, Any], limit: float, *, chances: int, cap: float = 1.0
) -> float | None:
    """Return the least cost of variables from 0 up, the first `chances` of them to the cap."""
    from scipy.optimize import linprog

    equal, needs, upper, most = rows
    bounds = np.tile([0.0, np.inf], (cost.size, 1))
    bounds[:chances, 1] = cap
    found = linprog(
        cost,
        A_ub=upper,
        b_ub=most,
        A_eq=equal,
        b_eq=needs,
        bounds=bounds,
        method="highs",
        options={"time_limit": limit},
    )
    return None if found.status else float(found.fun)
