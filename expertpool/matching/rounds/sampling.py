"""Draw an assignment from marginals: each pair with exactly its probability, each sum rounded up or down.

Dependent rounding: R. Gandhi, S. Khuller, S. Parthasarathy, A. Srinivasan, "Dependent rounding and its
applications to approximation algorithms", J. ACM 53 (2006). Pairs and loads that are no whole number form a
graph in which everything has two neighbours or more; along a cycle, every other value gives and the others
take, until one of them is whole.
"""

from __future__ import annotations

from random import Random

import numpy as np

from expertpool.matching.rounds.problem import Flags, Ints, Pairs

WHOLE = 10**9
"""Marginals are whole multiples of 1 / WHOLE, so that probabilities are exact."""


def draw(pairs: Pairs, marginal: Ints, reviewers: int, seed: int) -> Flags:
    """Return the pairs drawn. `marginal` is in parts of WHOLE; each item's sum must be a multiple of it."""
    load = np.zeros(reviewers, np.int64)
    np.add.at(load, pairs.reviewer, marginal)
    broken = np.flatnonzero(marginal % WHOLE)
    people = np.flatnonzero(load % WHOLE)
    value = [*(marginal[broken] % WHOLE).tolist(), *(-load[people] % WHOLE).tolist()]
    sink = int(pairs.item.max(initial=-1)) + 1
    left = [*pairs.item[broken].tolist(), *[sink] * people.size]
    right = [*(sink + 1 + pairs.reviewer[broken]).tolist(), *(sink + 1 + people).tolist()]
    _round(value, left, right, Random(seed))
    chosen: Flags = marginal == WHOLE
    chosen[broken] = np.array(value[: broken.size], np.int64) == WHOLE
    return chosen


def _round(value: list[int], left: list[int], right: list[int], random: Random) -> None:
    """Make all values whole, cycle by cycle; edge `e` joins the nodes `left[e]` and `right[e]`."""
    around: dict[int, list[int]] = {}
    for edge in range(len(value)):
        around.setdefault(left[edge], []).append(edge)
        around.setdefault(right[edge], []).append(edge)

    def next_edge(node: int, came: int) -> int:
        edges = around[node]
        for place in range(len(edges) - 1, -1, -1):
            if not 0 < value[edges[place]] < WHOLE:
                del edges[place]
            elif edges[place] != came:
                return edges[place]
        return -1

    for start in sorted(around):
        path: list[int] = []
        nodes = [start]
        place = {start: 0}
        while (edge := next_edge(nodes[-1], path[-1] if path else -1)) >= 0:
            path.append(edge)
            node = left[edge] if right[edge] == nodes[-1] else right[edge]
            if node not in place:
                place[node] = len(nodes)
                nodes.append(node)
                continue
            first = place[node]
            _shift(value, path[first:], random)
            for gone in nodes[first + 1 :]:
                del place[gone]
            del path[first:], nodes[first + 1 :]


def _shift(value: list[int], cycle: list[int], random: Random) -> None:
    """Move along a cycle one way or the other, each as likely as keeps every expectation."""
    even, odd = cycle[::2], cycle[1::2]
    up = min(min(WHOLE - value[edge] for edge in even), min(value[edge] for edge in odd))
    down = min(min(value[edge] for edge in even), min(WHOLE - value[edge] for edge in odd))
    by = up if random.randrange(up + down) < down else -down
    for edge in even:
        value[edge] += by
    for edge in odd:
        value[edge] -= by
