"""A round as arrays: ids sorted, pairs as indexes, so that the order of files changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Pair = tuple[str, str]

MOST_PAIRS = 4_000_000
"""So many unscored pairs are listed one by one at most; `best` finds those it needs without a list."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Reviewers (indexes) of whom at most `most` sit on one item; `label` is what people call them."""

    label: str
    members: tuple[int, ...]
    most: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs in the order of their keys: item and reviewer as indexes, and the score."""

    item: Ints
    reviewer: Ints
    score: Floats

    def __len__(self) -> int:
        return self.item.size

    def where(self, chosen: Flags | Ints) -> Pairs:
        """Return some of the pairs."""
        return Pairs(self.item[chosen], self.reviewer[chosen], self.score[chosen])


@dataclass(frozen=True)
class Round:
    """What is asked. `per_item`, `least` and `most` are counts; a *key* is item * reviewers + reviewer.

    `scored` holds the pairs with a score that are neither banned nor locked; `locked` the fixed ones; `bans`
    is sorted.
    """

    items: tuple[str, ...]
    reviewers: tuple[str, ...]
    scored: Pairs
    locked: Pairs
    bans: Ints
    per_item: Ints
    least: Ints
    most: Ints
    scored_only: bool = False
    crowds: tuple[Crowd, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """How many items and reviewers there are."""
        return len(self.items), len(self.reviewers)

    def keys(self, pairs: Pairs) -> Ints:
        """Return the keys of pairs."""
        return pairs.item * len(self.reviewers) + pairs.reviewer

    @cached_property
    def closed(self) -> Ints:
        """Sorted keys of the pairs that are not free unscored ones: scored, banned or locked."""
        return np.union1d(np.union1d(self.keys(self.scored), self.keys(self.locked)), self.bans)

    @cached_property
    def open_items(self) -> Ints:
        """How many each item still needs beside its locks (negative: locked too often)."""
        return self.per_item - np.bincount(self.locked.item, minlength=len(self.items))

    @cached_property
    def locked_loads(self) -> Ints:
        """How many items are locked to each reviewer."""
        return np.bincount(self.locked.reviewer, minlength=len(self.reviewers))

    @cached_property
    def open_most(self) -> Ints:
        """How many more each reviewer may take beside the locks."""
        return self.most - self.locked_loads

    @cached_property
    def open_least(self) -> Ints:
        """How many more each reviewer must take beside the locks."""
        least: Ints = np.maximum(self.least - self.locked_loads, 0)
        return least

    @property
    def can_list(self) -> bool:
        """Whether all pairs that may be assigned can be listed."""
        return self.scored_only or len(self.items) * len(self.reviewers) <= MOST_PAIRS

    def by_item(self, pairs: Pairs) -> Floats:
        """Return the sum of the scores of each item's pairs."""
        totals: Floats = np.zeros(len(self.items))
        np.add.at(totals, pairs.item, pairs.score)
        return totals

    def listed(self) -> Pairs:
        """Return every pair that may be assigned, with 0 for those without a score (see `can_list`)."""
        if self.scored_only:
            return self.scored
        free = np.setdiff1d(np.arange(len(self.items) * len(self.reviewers)), self.closed, assume_unique=True)
        return self.with_unscored(self.scored, free)

    def with_unscored(self, pairs: Pairs, keys: Ints) -> Pairs:
        """Return the pairs with those of the keys added, which score 0."""
        item, reviewer = np.divmod(keys, len(self.reviewers))
        together = Pairs(
            np.concatenate([pairs.item, item]),
            np.concatenate([pairs.reviewer, reviewer]),
            np.concatenate([pairs.score, np.zeros(keys.size)]),
        )
        return together.where(np.argsort(self.keys(together), kind="stable"))


def make_round(
    scores: Mapping[Pair, float],
    *,
    per_item: int,
    most: int | None = None,
    least: int = 0,
    loads: Mapping[str, int] | None = None,
    bans: Collection[Pair] = (),
    locks: Collection[Pair] = (),
    scored_only: bool = False,
    crowds: Iterable[tuple[str, Sequence[str], int]] = (),
) -> Round:
    """Return the round of scores by (item, reviewer).

    `loads` gives some reviewers a highest load of their own, which also lowers their least load; without
    `most` nobody else has one. A crowd is (label, reviewers, at most); reviewers nobody knows are left out of
    it.
    """
    known = [*scores, *bans, *locks]
    items = tuple(sorted({item for item, _ in known}))
    reviewers = tuple(sorted({reviewer for _, reviewer in known}))
    row = {item: index for index, item in enumerate(items)}
    column = {reviewer: index for index, reviewer in enumerate(reviewers)}

    def keys(pairs: Iterable[Pair]) -> Ints:
        return np.fromiter((row[i] * len(reviewers) + column[r] for i, r in pairs), np.int64)

    own = loads or {}
    limits = [own.get(each, len(items) if most is None else most) for each in reviewers]
    highest = np.array(limits, np.int64)
    groups = (
        (label, tuple(sorted({column[r] for r in members if r in column})), n) for label, members, n in crowds
    )
    return from_keys(
        Round(
            items,
            reviewers,
            NO_PAIRS,
            NO_PAIRS,
            np.unique(keys(bans)),
            np.full(len(items), per_item, np.int64),
            np.minimum(least, highest),
            highest,
            scored_only,
            tuple(Crowd(*each) for each in groups if len(each[1]) > each[2]),
        ),
        keys(scores),
        np.fromiter(scores.values(), np.float64, len(scores)),
        np.unique(keys(locks)),
    )


def from_keys(round_: Round, keys: Ints, scores: Floats, locks: Ints) -> Round:
    """Return the round with scored pairs (different keys, any order) and locks put in their places."""
    order = np.argsort(keys)
    keys, scores = keys[order], scores[order]
    width = max(len(round_.reviewers), 1)
    place = np.searchsorted(keys, locks)
    known = (
        (place < keys.size) & (keys[np.minimum(place, keys.size - 1)] == locks) if keys.size else locks < 0
    )
    locked = np.zeros(locks.size)
    locked[known] = scores[place[known]]
    free = ~(np.isin(keys, round_.bans) | np.isin(keys, locks))
    scored = Pairs(keys[free] // width, keys[free] % width, scores[free])
    return replace(round_, scored=scored, locked=Pairs(locks // width, locks % width, locked))


NO_PAIRS = Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
