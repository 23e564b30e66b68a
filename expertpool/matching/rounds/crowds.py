"""Crowds: reviewers of whom at most so many may sit on one item."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from expertpool.matching.rounds.problem import Crowd, Ints, Pairs, Round


@dataclass(frozen=True, slots=True)
class Rows:
    """The rules of crowds over some pairs: one row for an item and a crowd, a column for a pair.

    `items` and `crowds` tell what each row stands for; `most` is what its sum may be beside the locks.
    """

    matrix: csr_array
    items: Ints
    crowds: Ints
    most: Ints


def members_of(crowds: tuple[Crowd, ...], reviewers: int) -> csr_array:
    """Return who is in which crowd, a row for a reviewer."""
    who = [member for crowd in crowds for member in crowd.members]
    which = np.repeat(np.arange(len(crowds)), [len(crowd.members) for crowd in crowds])
    shape = (reviewers, len(crowds))
    return csr_array((np.ones(len(who), np.int64), (np.array(who, np.int64), which)), shape=shape)


def rows(round_: Round, pairs: Pairs) -> Rows:
    """Return the rules that the pairs, each taken or not, could break."""
    width = len(round_.crowds)
    most = np.array([crowd.most for crowd in round_.crowds], np.int64)
    if not width:
        return Rows(csr_array((0, len(pairs))), most, most, most)
    member = members_of(round_.crowds, len(round_.reviewers))
    places = member[pairs.reviewer].tocoo()
    column, keys = places.row, pairs.item[places.row] * width + places.col
    locks = member[round_.locked.reviewer].tocoo()
    locked_keys = round_.locked.item[locks.row] * width + locks.col
    found, row, count = np.unique(keys, return_inverse=True, return_counts=True)
    held = np.searchsorted(np.sort(locked_keys), found, "right") - np.searchsorted(
        np.sort(locked_keys), found
    )
    room = np.maximum(most[found % width] - held, 0)
    tight = count > room
    number = np.cumsum(tight) - 1
    kept = tight[row]
    shape = (int(tight.sum()), len(pairs))
    matrix = csr_array((np.ones(int(kept.sum())), (number[row[kept]], column[kept])), shape=shape)
    return Rows(matrix, found[tight] // width, found[tight] % width, room[tight])


def broken_by_locks(round_: Round) -> list[tuple[int, Crowd]]:
    """Return items and crowds whose rule the locks themselves break."""
    locked = round_.locked
    found = []
    for crowd in round_.crowds:
        inside = np.isin(locked.reviewer, crowd.members)
        counts = np.bincount(locked.item[inside], minlength=len(round_.items))
        found += [(int(item), crowd) for item in np.flatnonzero(counts > crowd.most)]
    return found
