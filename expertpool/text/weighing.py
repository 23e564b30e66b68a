"""Counts become directions: rare terms weigh more, repetition soon adds little, length nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from expertpool.text.counting import Sparse

SATURATION = 1.2
"""k of BM25 (Robertson and Zaragoza, 2009): many times count at most 1 + k times as much as once."""


def rarity(counts: Sparse) -> Any:
    """Return each column's weight: the logarithm of how few of the rows have it."""
    count, width = counts.shape
    held = np.bincount(counts.indices, minlength=width)
    return np.log((count + 1) / (held + 0.5)).astype(np.float32)


def weigh(counts: Sparse, weights: Any) -> Sparse:
    """Return saturated, weighted rows of length 1 (0 for what is empty)."""
    often = counts.data
    saturated = often * (SATURATION + 1) / (often + SATURATION)
    return unit(
        sparse.csr_array((saturated * weights[counts.indices], counts.indices, counts.indptr), counts.shape)
    )


def unit(rows: Sparse) -> Sparse:
    """Return the rows at length 1; an empty row stays empty."""
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return sparse.diags_array(1 / np.where(lengths > 0, lengths, 1), dtype=np.float32).tocsr() @ rows


def unit_dense(rows: Any) -> Any:
    """The same for dense rows (n x d)."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
