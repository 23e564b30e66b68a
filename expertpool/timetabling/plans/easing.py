"""The smallest easing that would let an unplaced lesson in, while all others stay."""

from __future__ import annotations

from collections.abc import Sequence

from expertpool.timetabling.plans.problem import Placement, Problem
from expertpool.timetabling.plans.result import Easing


def easing(problem: Problem, plan: Sequence[Placement], lesson: str) -> tuple[Easing, ...]:
    """Return the smallest set of easings with which the lesson fits.

    Empty if it fits as it is, or if nothing helps.
    """
    raise NotImplementedError


def eased(problem: Problem, easings: Sequence[Easing]) -> Problem:
    """Return the problem with these easings made."""
    raise NotImplementedError
