"""Keep Python's garbage collector out of the way of short, large computations."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Do not look for reference cycles meanwhile; also a decorator.

    Tens of thousands of candidates and facts, which have no cycles, make the collector walk the whole heap
    again and again: that took half the time of a proposal from 20,000 people.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
