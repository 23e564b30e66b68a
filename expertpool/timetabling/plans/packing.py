"""Tables in one array, as the compiled search reads them (`search.layout.at`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = Any


def packed(tables: Mapping[int, Any]) -> Array:
    """Lay tables, by number from 0, into one array that begins with where each begins, and its width."""
    arrays = [np.atleast_2d(np.asarray(tables[number])) for number in range(len(tables))]
    starts = np.cumsum([2 * len(arrays), *(array.size for array in arrays)])
    head = [value for start, array in zip(starts, arrays, strict=False) for value in (start, array.shape[1])]
    return np.concatenate([np.array(head), *(array.reshape(-1) for array in arrays)]).astype(np.int64)


def rows(packed: Array, table: int) -> Array:
    """Return a table out of such an array, to read or to change."""
    start, width = packed[2 * table : 2 * table + 2]
    tables = packed[0] // 2
    end = packed[2 * table + 2] if table + 1 < tables else len(packed)
    return packed[start:end].reshape(-1, max(1, width))


def joined(lists: list[Array]) -> tuple[Array, Array]:
    """Return lists one after the other, and where each begins; at the end, the length of all."""
    starts = np.cumsum([0, *map(len, lists)])
    return np.concatenate([np.zeros(0, np.int64), *lists]).astype(np.int64), starts
