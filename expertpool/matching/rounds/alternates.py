"""Who may step in on an item: the best others with a score, a free place, and no rule against them."""

from __future__ import annotations

import numpy as np

from expertpool.matching.rounds.crowds import members_of
from expertpool.matching.rounds.problem import Flags, Pairs, Round


def alternates(round_: Round, assigned: Pairs, count: int) -> dict[str, list[tuple[str, float]]]:
    """Return for each item up to `count` reviewers with their scores, best first, ties by id.

    Each may join the item's members as they are, whoever of them leaves.
    """
    found: dict[str, list[tuple[str, float]]] = {item: [] for item in round_.items}
    if not count:
        return found
    loads = np.bincount(assigned.reviewer, minlength=len(round_.reviewers))
    free = loads < round_.most
    open_ = free[round_.scored.reviewer] & ~np.isin(round_.keys(round_.scored), round_.keys(assigned))
    pairs = round_.scored.where(open_ & _fits(round_, assigned))
    pairs = pairs.where(np.lexsort((pairs.reviewer, -pairs.score, pairs.item)))
    rank = np.arange(len(pairs)) - np.searchsorted(pairs.item, pairs.item)
    pairs = pairs.where(rank < count)
    for item, reviewer, score in zip(pairs.item, pairs.reviewer, pairs.score.tolist(), strict=True):
        found[round_.items[item]].append((round_.reviewers[reviewer], score))
    return found


def _fits(round_: Round, assigned: Pairs) -> Flags:
    """Say of each scored pair whether its reviewer may sit beside all members of the item."""
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
        fits[asked.row[there >= most[asked.col]]] = False
    return fits
