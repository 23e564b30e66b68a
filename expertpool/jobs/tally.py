"""What a job hands back when single things may fail and stop no other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tally:
    """How many things a run did, and how many it could not do; the log names those."""

    done: int
    failed: int = 0
