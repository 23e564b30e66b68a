"""How property tests draw their examples: many cheap ones, and more of them when asked.

A strategy that draws every field on its own costs more than what it tests. So strategies draw a few sizes and
`dice`, and fill in the rest from these. An example is printed whole and is replayed from the database of
examples; it is small to begin with, so that it is shrunk only when EXPERTPOOL_EXAMPLES asks for more.
"""

from __future__ import annotations

import os
from random import Random

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

TIMES = int(os.environ.get("EXPERTPOOL_EXAMPLES", "1"))
"""How many times as many examples as by default are tried."""
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


def dice() -> st.SearchStrategy[Random]:
    """Generators of random numbers, by their seeds."""
    return st.integers(0, 2**32 - 1).map(Random)


def examples(number: int) -> settings:
    """Try so many examples, times TIMES."""
    return settings(
        max_examples=number * TIMES,
        deadline=None,
        phases=PHASES if TIMES == 1 else (*PHASES, Phase.shrink),
        suppress_health_check=[HealthCheck.too_slow],
    )
