"""A seeded, score-weighted choice. It proves nothing: a lottery that others can check is a draw.

Each person gets the key `log(score) + Gumbel noise`; the panel with the largest sum of keys that holds every
rule is chosen. Without rules those are the n largest keys, which is weighted sampling without replacement
(Efraimidis and Spirakis 2006); with rules it is perturb-and-MAP (Papandreou and Yuille 2011). The noise comes
from SHA-256 of the seed and the id, so it depends neither on the order of the input nor on Python's version.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence

from expertpool.matching.pool import Entry
from expertpool.matching.scores import to_units


def uniform(seed: int, name: str) -> float:
    """Return the number strictly between 0 and 1 that belongs to this seed and name."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return (int.from_bytes(digest[:6], "big") + 0.5) / 2**48


def drawn_values(entries: Iterable[Entry], seed: int) -> list[Entry]:
    """Return the entries with drawn keys (millionths) for values, the largest first."""
    drawn = [entry._replace(value=_key(entry, seed)) for entry in entries]
    return sorted(drawn, key=lambda entry: (-entry.value, entry.candidate.id))


def _key(entry: Entry, seed: int) -> int:
    weight = max(entry.value, 1)
    noise = -math.log(-math.log(uniform(seed, f"person:{entry.candidate.id}")))
    return to_units(math.log(weight) + noise)


def slot_order(slots: Sequence[int | None], seed: int) -> list[int | None]:
    """Return the slots in the order in which the lottery tries them."""
    return sorted(slots, key=lambda slot: uniform(seed, f"slot:{slot}"))
