"""Counted terms as sparse rows, without a vocabulary: a term's column is its checksum.

So memory stays bounded, rows can be made on several machines, and their order makes no difference. Among four
million columns about one in a hundred of 50,000 terms shares its column with another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeAlias, TypeVar
from zlib import crc32

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse

COLUMNS = 1 << 22
TEXTS_AT_ONCE = 1_000

Sparse: TypeAlias = Any
"""A scipy.sparse.csr_array of float32."""
T = TypeVar("T", bound=Hashable)


def count(
    sides: Sequence[Sequence[T]], terms: Callable[[T], Counter[str]], parallel: Parallel
) -> list[Sparse]:
    """Return a row of counts for each thing of each side; the sides have the same columns, none empty.

    A thing that comes again, such as an item of which several people wrote, is counted once.
    """
    counted = [_side(things, terms, parallel) for things in sides]
    used = np.logical_or.reduce([filled(rows) for rows in counted])
    place = np.cumsum(used, dtype=np.int32) - 1
    return [
        sparse.csr_array((rows.data, place[rows.indices], rows.indptr), (rows.shape[0], used.sum()))
        for rows in counted
    ]


def filled(rows: Sparse) -> Any:
    """Return for each column whether a row has it."""
    found = np.zeros(rows.shape[1], bool)
    found[rows.indices] = True
    return found


def _side(things: Sequence[T], terms: Callable[[T], Counter[str]], parallel: Parallel) -> Sparse:
    if not things:
        return sparse.csr_array((0, COLUMNS), dtype=np.float32)
    once = list(dict.fromkeys(things))
    parts = [once[at : at + TEXTS_AT_ONCE] for at in range(0, len(once), TEXTS_AT_ONCE)]
    rows = sparse.vstack(list(parallel(delayed(_rows)(part, terms) for part in parts)), format="csr")
    if len(once) == len(things):
        return rows
    place = {thing: at for at, thing in enumerate(once)}
    return rows[[place[thing] for thing in things]]


def _rows(things: Sequence[T], terms: Callable[[T], Counter[str]]) -> Sparse:
    columns: list[int] = []
    counts: list[int] = []
    ends = [0]
    for thing in things:
        found = terms(thing)
        columns += [crc32(term.encode()) % COLUMNS for term in found]
        counts += found.values()
        ends.append(len(columns))
    shape = (len(things), COLUMNS)
    rows = sparse.csr_array((np.array(counts, np.float32), np.array(columns, np.int32), ends), shape=shape)
    rows.sum_duplicates()
    return rows
