"""How people fit the items of a round by texts and skills: the affinities of `expertpool.text`, item by item.

Affinities compare the experts of one item, and not items (docs/affinity.md, Limits): each is divided by the
highest of its item in the pool, so that no item counts less because its text is long or rare.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from sqlalchemy.orm import Session

from expertpool.affinity import profiles
from expertpool.panels.round_scoring import Column, Scores
from expertpool.text import Profile, affinities

NEAREST = 100
"""So many who are nearest to an item score on it, whatever they hold."""
CELLS = 4_000_000
"""So many similarities are held at once: a quarter of the engine's own, for the pool is in memory as well."""
TOLD_EVERY = 100
"""Items after which progress is told."""
DIGITS = 6


@dataclass(frozen=True)
class Texts:
    """What the pool and the items of a round are read by."""

    experts: Sequence[Profile]
    items: Sequence[Profile]


def read(session: Session, items: Collection[int]) -> Texts:
    """Return the texts and skills of the pool and of the items, which are nobody's works."""
    return Texts(profiles.of_pool(session, but=items), profiles.of_items(session, items))


def columns(
    texts: Texts, scores: Scores, people: Sequence[int], *, skilled_only: bool, told: Callable[[str], None]
) -> dict[int, Column]:
    """Return who scores on each item: who holds one of its skills and, if others may review, its nearest.

    `people` are the ids behind the indexes of columns.
    """
    told("texts")
    place = {str(id_): at for at, id_ in enumerate(people)}
    experts = [each for each in texts.experts if each.id in place]
    holders = _holders(texts, scores, experts, people, skilled_only=skilled_only)
    best = 1 if skilled_only else NEAREST
    found = {}
    ranked = affinities(experts, texts.items, best=best, besides=holders, cells=CELLS)
    for count, (item, near) in enumerate(ranked):
        if count % TOLD_EVERY == 0:
            told("texts")
        highest = near[0][1] if near else 0.0
        held = frozenset(holders[item])
        who = sorted((place[id_], value) for id_, value in near if id_ in held or not skilled_only)
        indexes = np.array([at for at, _ in who], np.int64)
        fit = np.array([value for _, value in who]) / (highest or 1.0)
        experience = scores.experience(scores.items[int(item)], indexes)
        found[int(item)] = Column(indexes, np.round(fit, DIGITS), experience)
    return found


def _holders(
    texts: Texts, scores: Scores, experts: Sequence[Profile], people: Sequence[int], *, skilled_only: bool
) -> Mapping[str, Collection[str]]:
    """Return by item who holds one of its skills; everybody may, where only holders may and it has none."""
    known = {each.id for each in experts}

    @cache
    def of(skills: frozenset[int]) -> list[str]:
        held = scores.holders(skills) if skills or skilled_only else np.zeros(0, np.int64)
        return [id_ for id_ in (str(people[at]) for at in held.tolist()) if id_ in known]

    return {each.id: of(scores.items[int(each.id)]) for each in texts.items}
