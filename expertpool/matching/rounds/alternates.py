"""Who may step in on an item: the best others with a score, a free place, and no rule against them."""

from __future__ import annotations

import numpy as np

from expertpool.matching.rounds.crowds import members_of
from expertpool.matching.rounds.problem import Flags, Ints, Pairs, Round

LOOKED_AT = 40
"""So many of the best of each item are looked at, or as many as are wanted."""


def alternates(round_: Round, assigned: Pairs, count: int) -> dict[str, list[tuple[str, float]]]:
    """Return for each item up to `count` reviewers with their scores, best first, ties by id.

    Each has a score, a free place, no ban, and fits beside the item's other members, whoever of them leaves.
    The best pairs come first, and nobody stands by for more items than their free places times a number: the
    least with which the places of all suffice. Only where an item would have too few is that exceeded. Two
    alternates may not be able to sit together: the later one has to be asked about again.
    """
    found: dict[str, list[tuple[str, float]]] = {item: [] for item in round_.items}
    if not count:
        return found
    free = round_.most - np.bincount(assigned.reviewer, minlength=len(round_.reviewers))
    open_ = (free[round_.scored.reviewer] > 0) & ~np.isin(
        round_.keys(round_.scored), round_.keys(assigned), assume_unique=True
    )
    pairs = round_.scored.where(open_ & _fits(round_, assigned))
    pairs = pairs.where(np.lexsort((pairs.reviewer, -pairs.score, pairs.item)))
    rank = np.arange(len(pairs)) - np.searchsorted(pairs.item, pairs.item)
    pairs = pairs.where(rank < max(count, LOOKED_AT))
    pairs = pairs.where(_spread(pairs, free, len(round_.items), count))
    for item, reviewer, score in zip(pairs.item, pairs.reviewer, pairs.score.tolist(), strict=True):
        found[round_.items[item]].append((round_.reviewers[reviewer], score))
    return found


def _spread(pairs: Pairs, free: Ints, items: int, count: int) -> Flags:
    """Say which pairs are taken, so that those who suit many items best do not stand by for all of them."""
    lacks = np.minimum(np.bincount(pairs.item, minlength=items), count)
    places = int(free[np.unique(pairs.reviewer)].sum())
    left = (free * -(-int(lacks.sum()) // max(places, 1))).tolist()
    lacking = lacks.tolist()
    item, reviewer = pairs.item.tolist(), pairs.reviewer.tolist()
    order = np.lexsort((pairs.reviewer, pairs.item, -pairs.score)).tolist()
    taken = np.zeros(len(pairs), np.bool_)
    for within in (True, False):
        for at in order:
            if lacking[item[at]] and not taken[at] and (left[reviewer[at]] > 0 or not within):
                taken[at] = True
                lacking[item[at]] -= 1
                left[reviewer[at]] -= 1
    return taken


def _fits(round_: Round, assigned: Pairs) -> Flags:
    """Say of each scored pair whether its reviewer may sit beside the item's members but any one of them.

    When a crowd is full, somebody of it may come only if whoever leaves is of it too: all members are.
    """
    fits = np.ones(len(round_.scored), np.bool_)
    if round_.crowds:
        member = members_of(round_.crowds, len(round_.reviewers))
        most = np.array([crowd.most for crowd in round_.crowds])
        places = member[assigned.reviewer].tocoo()
        held = assigned.item[places.row] * most.size + places.col
        asked = member[round_.scored.reviewer].tocoo()
        keys, counts = np.unique(held, return_counts=True)
        wanted = round_.scored.item[asked.row] * most.size + asked.col
        place = np.minimum(np.searchsorted(keys, wanted), max(keys.size - 1, 0))
        there = np.where(keys[place] == wanted, counts[place], 0) if keys.size else np.zeros(wanted.size)
        seated = np.bincount(assigned.item, minlength=len(round_.items))[round_.scored.item[asked.row]]
        fits[asked.row[(there >= most[asked.col]) & (there < seated)]] = False
    return fits
