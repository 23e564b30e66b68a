"""A round without crowds is a flow: each item sends its seats through pairs to reviewers, at the least cost.

Scores become whole numbers on a grid of at most 1e-8 of their range, so that the flow is exact; the bound is
then proved anew on the true scores, from the flow's potentials (weak duality), and says what the grid may
have cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import floor, log10
from typing import Any

import numpy as np

from expertpool.matching.rounds.problem import Flags, Floats, Ints, Pairs, Round

DIGITS = 9
"""The range of scores has so many digits on the grid: decimals keep their value."""


@cache
def _module() -> Any:
    from ortools.graph.python import min_cost_flow

    return min_cost_flow


def grid_of(score: Floats, nodes: int) -> float:
    """Return the step of the grid, a power of ten; also the value 0 lies in the range.

    The solver multiplies costs by nodes, and penalties are the range times nodes: all must fit into 63 bits.
    """
    range_ = max(score.max(initial=0.0), 0.0) - min(score.min(initial=0.0), 0.0)
    digits = min(DIGITS, floor(log10(2**62 / (nodes + 2) ** 2)))
    return float(10.0 ** (floor(log10(range_)) + 1 - digits)) if range_ else 1.0


@dataclass(frozen=True, slots=True)
class Network:
    """Pairs with whole values, and how many each item needs and each reviewer may (`most`) and must take.

    A pair may be taken `room` times: once, or, when seats are counted in small parts, so many parts.
    """

    pairs: Pairs
    value: Ints
    needs: Ints
    least: Ints
    most: Ints
    room: Ints | int = 1


@dataclass(frozen=True, slots=True)
class Flow:
    """The best flow: how often each pair, seats missing by item and by reviewer's least load, and prices.

    A taken pair's value is at least its item's price plus its reviewer's; that of one with room left, at
    most. A reviewer's price is above 0 only at the highest load, and below 0 only at the least.
    """

    sent: Ints
    missing: Ints
    idle: Ints
    item_price: Ints
    reviewer_price: Ints

    @property
    def chosen(self) -> Flags:
        """Which pairs are taken."""
        return self.sent > 0


def cheapest(network: Network, penalty: int | None) -> Flow:
    """Return the flow of the largest value, each missing seat costing `penalty` (None: nothing may be
    missing).
    """
    pairs, n, m = network.pairs, network.needs.size, network.most.size
    people, sink = n + np.arange(m), n + m
    tail = np.concatenate([pairs.item, people, np.arange(n), np.full(m, sink)])
    head = np.concatenate([n + pairs.reviewer, np.full(m, sink), np.full(n, sink), people])
    missing = np.concatenate([network.needs, network.least]) * (penalty is not None)
    room = np.concatenate([np.broadcast_to(network.room, len(pairs)), network.most - network.least, missing])
    cost = np.concatenate([-network.value, np.zeros(m, np.int64), np.full(n + m, penalty or 0)])
    solver = _module().SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(tail, head, room, cost)
    supply = np.concatenate([network.needs, -network.least, [network.least.sum() - network.needs.sum()]])
    solver.set_nodes_supplies(np.arange(n + m + 1), supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"min-cost flow ended with {status}")
    sent = solver.flows(arcs)
    price = _potentials(n + m + 1, tail, head, cost, sent < room, sent > 0)
    first, second = len(pairs) + m, len(pairs) + m + n
    return Flow(
        sent[: len(pairs)],
        sent[first:second],
        sent[second:],
        price[:n] - price[sink],
        price[sink] - price[n:sink],
    )


def _potentials(nodes: int, tail: Ints, head: Ints, cost: Ints, forth: Flags, back: Flags) -> Ints:
    """Return shortest distances in the residual network (Bellman and Ford), from everywhere at 0."""
    start, end = np.concatenate([tail[forth], head[back]]), np.concatenate([head[forth], tail[back]])
    length = np.concatenate([cost[forth], -cost[back]])
    order = np.argsort(end, kind="stable")
    start, end, length = start[order], end[order], length[order]
    places = np.flatnonzero(np.diff(end, prepend=-1))
    ends = end[places]
    distance = np.zeros(nodes, np.int64)
    for _ in range(nodes + 1):
        nearer = np.minimum(distance[ends], np.minimum.reduceat(distance[start] + length, places))
        if np.array_equal(nearer, distance[ends]):
            return distance
        distance[ends] = nearer
    raise ArithmeticError("the flow was not the cheapest")


def proven_bound(
    round_: Round, pairs: Pairs, item_price: Floats, reviewer_price: Floats, cap: float = 1.0
) -> float:
    """Return a total of the true scores that no assignment exceeds, whatever the prices are.

    `pairs` must hold every pair whose value could exceed its prices. By weak duality: each seat pays its
    item's price, each reviewer's price counts at the load that makes it largest, and pairs, each taken up to
    `cap`, pay what exceeds both.
    """
    over = pairs.score - item_price[pairs.item] - reviewer_price[pairs.reviewer]
    loads = np.where(reviewer_price > 0, round_.open_most, round_.open_least)
    seats = float(item_price @ round_.open_items + reviewer_price @ loads)
    return seats + cap * float(np.maximum(over, 0).sum()) + float(round_.locked.score.sum())
