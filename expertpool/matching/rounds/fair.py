"""The worst-served item as good as possible, exactly; of such assignments the one of the largest total."""

from __future__ import annotations

from math import gcd
from time import monotonic

import numpy as np

from expertpool.matching.rounds.problem import Flags, Floats, Pairs, Round
from expertpool.matching.rounds.programme import Programme, Whole, solve

RESOLUTION = 1e-6
"""Times the largest score: what two totals that differ, differ by at least."""


def totals(round_: Round, pairs: Pairs, chosen: Flags) -> Floats:
    """Return each item's total, locks included."""
    return round_.by_item(round_.locked) + round_.by_item(pairs.where(chosen))


def fair(round_: Round, pairs: Pairs, columns: Flags, first: Whole, deadline: float) -> tuple[Whole, float]:
    """Return the fair assignment, and a total that the worst item of none exceeds; `first` is any assignment.

    What the worst item may have is halved until nothing lies between. An assignment with the largest total
    for a floor is also the one for its own smallest total. Scores that are no multiples of a common step are
    told apart down to RESOLUTION.
    """
    assert first.chosen is not None
    answer, low = first, float(totals(round_, pairs, first.chosen).min())
    step, exact = _step(round_, pairs)
    ceiling = _ceiling(round_, pairs)
    high, floor = ceiling + step, ceiling
    while high - low > 1.5 * step and monotonic() < deadline:
        found = solve(Programme(round_, pairs, floor), columns, deadline)
        if found.chosen is None and not found.proven:
            break
        worst = -np.inf if found.chosen is None else float(totals(round_, pairs, found.chosen).min())
        if worst > low:
            answer, low = found, worst
        else:
            high = floor
        floor = low + step * max(1, round((high - low) / step) // 2)
    proven = high - low <= 1.5 * step
    worst_bound = low if proven and exact else min(high, ceiling)
    return Whole(answer.chosen, answer.total, answer.bound, answer.proven and proven), worst_bound


def _ceiling(round_: Round, pairs: Pairs) -> float:
    """Return the least of what the items would have with their best reviewers, were there no others."""
    order = np.lexsort((-pairs.score, pairs.item))
    item = pairs.item[order]
    rank = np.arange(order.size) - np.searchsorted(item, item)
    top = order[rank < round_.open_items[item]]
    return float((round_.by_item(round_.locked) + round_.by_item(pairs.where(top))).min())


def _step(round_: Round, pairs: Pairs) -> tuple[float, bool]:
    """Return the least difference between two totals that differ, and whether scores are multiples of it."""
    score = np.concatenate([pairs.score, round_.locked.score])
    least = RESOLUTION * (float(np.abs(score).max(initial=0.0)) or 1.0)
    whole = np.rint(score * 1e6)
    if np.abs(whole / 1e6 - score).max(initial=0.0) > 1e-6 * least:
        return least, False
    step = gcd(*map(int, np.unique(np.abs(whole)))) / 1e6
    return max(step, least), step >= least
