"""The largest total, proven: flow over the scored pairs, and over those unscored ones that could help."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from expertpool.matching.rounds.flow import Flow, Network, cheapest, grid_of, proven_bound
from expertpool.matching.rounds.problem import Flags, Floats, Ints, Pairs, Round

LISTED = 250_000
"""So many pairs are all listed; of more, the unscored ones are added when their prices say they could help.
"""
AT_ONCE, SPREAD = 4, 12
"""Unscored pairs added for an item at once: those with the lowest prices, and some anywhere among the
helpful.
"""


@dataclass(frozen=True, slots=True)
class Best:
    """The pairs that were looked at, which of them are chosen, a proven bound, and prices in scores."""

    pairs: Pairs
    chosen: Flags
    bound: float
    item_price: Floats
    reviewer_price: Floats


@dataclass(frozen=True, slots=True)
class Unfilled:
    """No assignment exists: seats that stay empty by item, least loads that are missed by reviewer."""

    missing: Ints
    idle: Ints


def best(round_: Round) -> Best | Unfilled:
    """Return the assignment of the largest total, ties by id, or what can't be filled."""
    n, m = round_.size
    small = round_.scored_only or n * m <= LISTED
    pairs = round_.listed() if small else round_.scored
    grid = grid_of(pairs.score, n + m)
    range_ = int(np.ptp(np.append(pairs.score, 0.0)) / grid) + 1
    for penalty in (2 * range_, 2 * range_ * (min(n, m) + 1)):
        pairs, network, flow = _priced(round_, pairs, grid, penalty, complete=small)
        if not flow.missing.any() and not flow.idle.any():
            chosen = _first_by_id(network, flow)
            item_price = np.multiply(flow.item_price, grid, dtype=np.float64)
            reviewer_price = np.multiply(flow.reviewer_price, grid, dtype=np.float64)
            bound = proven_bound(round_, pairs, item_price, reviewer_price)
            return Best(pairs, chosen, bound, item_price, reviewer_price)
    return Unfilled(flow.missing, flow.idle)


def _priced(
    round_: Round, pairs: Pairs, grid: float, penalty: int, *, complete: bool
) -> tuple[Pairs, Network, Flow]:
    """Return the pairs with the helpful unscored ones, and the best flow over them."""
    while True:
        value = np.rint(pairs.score / grid).astype(np.int64)
        network = Network(pairs, value, round_.open_items, round_.open_least, round_.open_most)
        flow = cheapest(network, penalty)
        found = np.zeros(0, np.int64) if complete else _helpful(round_, pairs, flow)
        if not found.size:
            return pairs, network, flow
        pairs = round_.with_unscored(pairs, found)


def _helpful(round_: Round, pairs: Pairs, flow: Flow) -> Ints:
    """Return keys of unscored pairs beyond `pairs` with prices below 0; none only when there is none."""
    n, m = round_.size
    order = np.argsort(flow.reviewer_price, kind="stable")
    count = np.searchsorted(flow.reviewer_price[order], -flow.item_price)
    taken = np.union1d(round_.closed, round_.keys(pairs))
    known = np.bincount(taken // m, minlength=n)
    first = np.minimum(count, known + AT_ONCE)
    item = np.repeat(np.arange(n), first)
    place = np.arange(item.size) - np.repeat(np.cumsum(first) - first, first)
    asked = np.flatnonzero(count)
    anywhere = np.random.default_rng(0).integers(0, count[asked], (SPREAD, asked.size))
    keys = np.concatenate([item * m + order[place], (asked * m + order[anywhere]).ravel()])
    found = np.setdiff1d(keys, taken)
    rank = np.arange(found.size) - np.searchsorted(found // m, found // m)
    return found[rank < AT_ONCE + SPREAD]


def _first_by_id(network: Network, flow: Flow) -> Flags:
    """Return, of the equally good choices, one in which earlier items have earlier reviewers.

    Equally good are those that change only pairs whose value is exactly their prices, and loads without a
    price. Of them, the sum of (place of the item from the end) * (place of the reviewer from the end) is the
    largest.
    """
    pairs, n, m = network.pairs, network.needs.size, network.most.size
    over = network.value - flow.item_price[pairs.item] - flow.reviewer_price[pairs.reviewer]
    even = over == 0
    if not (even & ~flow.chosen).any():
        return flow.chosen
    fixed = flow.chosen & ~even
    seats = network.needs - np.bincount(pairs.item[fixed], minlength=n)
    loads = np.bincount(pairs.reviewer[fixed], minlength=m)
    most = np.where(flow.reviewer_price < 0, network.least, network.most) - loads
    least = np.maximum(np.where(flow.reviewer_price > 0, network.most, network.least) - loads, 0)
    free = pairs.where(even)
    places = (n - free.item) * (m - free.reviewer)
    again = cheapest(Network(free, places, seats, least, most), None)
    chosen: Flags = fixed.copy()
    chosen[even] = again.chosen
    return chosen
