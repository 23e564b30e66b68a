"""Texts as directions: by their words, and by what stands beside words: latent ones, or a model's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from joblib import Parallel
from scipy import sparse

from expertpool.text import latent
from expertpool.text.counting import Sparse, count
from expertpool.text.weighing import rarity, unit, unit_dense, weigh
from expertpool.text.words import terms

LATENT, MODEL = 0.15, 0.5
"""The share of what stands beside words."""

Encode: TypeAlias = Callable[[Sequence[str]], Any]
"""A model: makes of n texts an array of n x d numbers whose directions tell their meaning."""


@dataclass(frozen=True, slots=True)
class Side:
    """Texts (n) as directions, each of length 1: by their words, and by what stands beside words (n x d)."""

    words: Sparse
    beside: Any
    share: float

    def rows(self, which: slice) -> Side:
        return Side(self.words[which], self.beside[which], self.share)

    def turned(self) -> Side:
        """Return the same with a column for each text, for `like`."""
        return Side(self.words.T.tocsr(), self.beside.T, self.share)

    def only(self, columns: Any) -> Side:
        """Return the same by the words of some columns."""
        return Side(self.words[:, columns], self.beside, self.share)

    def like(self, turned: Side) -> Any:
        """Return how near each text is to each of the others: n x m, from 0 to 1."""
        near = (self.words @ turned.words).toarray() * np.float32(1 - self.share)
        near += np.maximum(self.beside @ turned.beside, 0) * np.float32(self.share)
        return near


def directions(
    works: Sequence[str], items: Sequence[str], encode: Encode | None, parallel: Parallel
) -> tuple[Side, Side]:
    """Return works of experts and texts of items; from the works alone come rarity and latent directions."""
    counts = count([works, items], terms, parallel)
    weights = rarity(counts[0])
    words = [weigh(rows, weights) for rows in counts]
    if encode is not None:
        beside, share = [unit_dense(np.asarray(encode(texts))) for texts in (works, items)], MODEL
    else:
        learned = latent.learn(words[0])
        beside, share = [learned.place(rows) for rows in words], LATENT if learned.columns.size else 0.0
    mine, theirs = (Side(rows, near, share) for rows, near in zip(words, beside, strict=True))
    return mine, theirs


def together(works: Side, counts: Any) -> Side:
    """Return the sum of the works of each writer, at length 1; `counts` tells how many each has."""
    ends = np.concatenate([[0], np.cumsum(counts)])
    adding = sparse.csr_array(
        (np.ones(ends[-1], np.float32), np.arange(ends[-1]), ends), shape=(len(counts), ends[-1])
    )
    return Side(unit(adding @ works.words), unit_dense(adding @ works.beside), works.share)
