"""Score experts for items, block by block.

The affinity of an expert and an item, from 0 to 1: three quarters how near all of the expert's works together
are, one quarter how near the nearest is; common skills add to it, and missing ones take nothing away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from joblib import Parallel, delayed

from expertpool.text.counting import Sparse, count, filled
from expertpool.text.directions import Encode, Side, directions, together
from expertpool.text.profile import Profile
from expertpool.text.skills import skill_terms
from expertpool.text.weighing import rarity, weigh

NEAREST, SKILLS = 0.25, 0.3
CELLS = 16_000_000
"""So many similarities of items and works are held at once."""
DIGITS = 6

Scores: TypeAlias = tuple[str, list[tuple[str, float]]]
"""An item with its experts and their scores, the best first, of equal ones the lower id first."""


@dataclass(frozen=True, slots=True)
class Pool:
    """The experts; works, one after the other; where those of each writer start; all of each together."""

    ids: list[str]
    writers: Any
    starts: Any
    works: Side
    together: Side
    skills: Sparse


def affinities(
    experts: Sequence[Profile],
    items: Sequence[Profile],
    *,
    best: int | None = None,
    besides: Mapping[str, Collection[str]] | None = None,
    encode: Encode | None = None,
    workers: int = 1,
    cells: int = CELLS,
) -> Iterator[Scores]:
    """Yield the scores of each item, in the order of their ids.

    All experts are told, or with `best` only so many, and only those above 0, and those whom `besides` names
    for the item, whatever their scores. Ids are unique on each side.
    `workers` is a number of processes; within `joblib.parallel_config(backend=...)` they may be on other
    machines. Neither that nor `cells` changes what comes out, but for the last of the six digits.
    """
    experts = sorted(experts, key=lambda each: each.id)
    items = sorted(items, key=lambda each: each.id)
    parallel = Parallel(n_jobs=workers, return_as="generator")
    pool, texts, skills = _prepare(experts, items, encode, parallel)
    size = max(1, cells // max(pool.works.words.shape[1], len(experts), 1))
    blocks = [slice(at, at + size) for at in range(0, len(items), size)]
    place = {id_: at for at, id_ in enumerate(pool.ids)}
    besides = besides or {}
    found = parallel(
        delayed(_score)(
            pool,
            texts.rows(block),
            skills[block],
            best,
            [[place[id_] for id_ in besides.get(item.id, ())] for item in items[block]],
        )
        for block in blocks
    )
    for block, rows in zip(blocks, found, strict=True):
        yield from zip((item.id for item in items[block]), rows, strict=True)


def _prepare(
    experts: Sequence[Profile], items: Sequence[Profile], encode: Encode | None, parallel: Parallel
) -> tuple[Pool, Side, Sparse]:
    """Return the experts, and the texts and the skills of the items."""
    lists = [each.works() for each in experts]
    works, texts = directions(
        [text for each in lists for text in each],
        ["\n".join(each.works()) for each in items],
        encode,
        parallel,
    )
    counts = np.array([len(each) for each in lists], int)
    writers = np.flatnonzero(counts)
    columns = _common(works.words, texts.words)
    everything = together(works, counts[writers]).only(columns).turned()
    expert_skills, item_skills = _skills(experts, items, parallel)
    pool = Pool(
        [each.id for each in experts],
        writers,
        (np.cumsum(counts) - counts)[writers],
        works.only(columns).turned(),
        everything,
        expert_skills.T.tocsr(),
    )
    return pool, texts.only(columns), item_skills


def _skills(
    experts: Sequence[Profile], items: Sequence[Profile], parallel: Parallel
) -> tuple[Sparse, Sparse]:
    counts = count([[each.skills for each in side] for side in (experts, items)], skill_terms, parallel)
    weights = rarity(counts[0])
    held, asked = (weigh(rows, weights) for rows in counts)
    columns = _common(held, asked)
    return held[:, columns], asked[:, columns]


def _common(one: Sparse, other: Sparse) -> Any:
    """Return the columns that both fill: no other adds anything to a product."""
    return np.flatnonzero(filled(one) & filled(other))


def _score(
    pool: Pool, texts: Side, skills: Sparse, best: int | None, also: list[list[int]]
) -> list[list[tuple[str, float]]]:
    """Return the experts of each item of a block."""
    scores = 1 - SKILLS * np.minimum((skills @ pool.skills).toarray(), 1)
    if pool.writers.size:
        nearest = np.maximum.reduceat(texts.like(pool.works), pool.starts, axis=1)
        near = NEAREST * nearest + (1 - NEAREST) * texts.like(pool.together)
        scores[:, pool.writers] *= 1 - np.minimum(near, 1)
    rounded = np.round(1 - scores.astype(float), DIGITS)
    return [_ranked(pool.ids, row, best, others) for row, others in zip(rounded, also, strict=True)]


def _ranked(ids: list[str], scores: Any, best: int | None, also: list[int]) -> list[tuple[str, float]]:
    """Return ids (in order) with their scores, the best first: all, or so many above 0 and those `also`."""
    places = np.arange(scores.size)
    if best is not None:
        least = np.partition(scores, -best)[-best] if best < scores.size else 0
        places = np.flatnonzero((scores >= least) & (scores > 0))
    order = places[np.argsort(-scores[places], kind="stable")][:best]
    if also:
        told = np.zeros(scores.size, bool)
        told[order] = told[also] = True
        places = np.flatnonzero(told)
        order = places[np.argsort(-scores[places], kind="stable")]
    return [(ids[place], float(scores[place])) for place in order]
