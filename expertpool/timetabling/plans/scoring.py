"""What a plan breaks and costs, counted plainly."""

from __future__ import annotations

from collections.abc import Sequence

from expertpool.timetabling.plans.problem import Placement, Problem
from expertpool.timetabling.plans.result import Check


def check(problem: Problem, plan: Sequence[Placement]) -> Check:
    """Return all hard rules that a plan breaks and all that it costs; lessons left out are unplaced."""
    raise NotImplementedError
