"""Answers about one lesson in a plan: what a move would do, where else it could be, why it is where it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from expertpool.timetabling.plans.problem import Placement, Problem
from expertpool.timetabling.plans.result import Effect, Why


def moving(
    problem: Problem,
    plan: Sequence[Placement],
    lesson: str,
    day: dt.date,
    start: int,
    room: str | None,
    teacher: str | None,
) -> Effect:
    """Return what it would do to place a lesson there, whether it has a place now or not.

    It equals the difference of `check` with and without, and is quick enough to be asked at every drop.
    """
    raise NotImplementedError


def placings(
    problem: Problem, plan: Sequence[Placement], lesson: str, *, most: int = 10, day: dt.date | None = None
) -> tuple[Effect, ...]:
    """Return the best places for a lesson that break nothing while all others stay, the cheapest first.

    Of each time only the best room and teacher are told. Where it stands now is not among them.
    """
    raise NotImplementedError


def why(problem: Problem, plan: Sequence[Placement], lesson: str) -> Why:
    """Return why a lesson is where it is: what it costs there, what bars other places, the best free ones."""
    raise NotImplementedError
