"""Terms that keep company count for one another: latent semantic analysis (Deerwester et al., 1990).

It is learned from the experts' works at hand, and from nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, eigsh

from expertpool.text.counting import Sparse
from expertpool.text.weighing import unit_dense

FEWEST, MOST = 50, 10_000
"""Fewer texts teach nothing; of more, so many are learned from, evenly spread."""


@dataclass(frozen=True, slots=True)
class Latent:
    """The strongest directions (columns.size x rank) of the texts; without any, every text is 0."""

    columns: Any
    directions: Any

    def place(self, rows: Sparse) -> Any:
        """Return the rows in those directions (n x rank), at length 1."""
        return unit_dense(rows[:, self.columns] @ self.directions)


def learn(rows: Sparse) -> Latent:
    """Return as many directions as the root of the number of rows, the stronger the longer.

    Terms that stand in one row alone teach nothing. Made of texts, which are fewer than their terms.
    """
    count = rows.shape[0]
    taught = rows[np.linspace(0, count - 1, MOST).astype(int)] if count > MOST else rows
    columns = np.flatnonzero(np.bincount(taught.indices, minlength=rows.shape[1]) > 1)
    rank = min(isqrt(taught.shape[0]), columns.size - 1)
    if count < FEWEST or rank < 1:
        return Latent(np.zeros(0, np.int32), np.zeros((0, 1), np.float32))
    kept = sparse.csr_array(taught[:, columns], dtype=np.float64)
    likeness = LinearOperator((kept.shape[0],) * 2, lambda row: kept @ (kept.T @ row), dtype=np.float64)
    _, texts = eigsh(likeness, k=rank, v0=np.ones(kept.shape[0]))
    return Latent(columns, kept.T.astype(np.float32) @ texts.astype(np.float32))
