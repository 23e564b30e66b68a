"""Search for the best plan that breaks no hard rule, within limits, in several threads."""

from __future__ import annotations

from collections.abc import Callable

from expertpool.timetabling.limits import Limits
from expertpool.timetabling.plans.problem import Problem
from expertpool.timetabling.plans.result import Plan, Progress


def solve(
    problem: Problem,
    limits: Limits,
    *,
    seed: int = 0,
    threads: int = 1,
    watch: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Plan:
    """Return the best plan found within the limits.

    In the calling thread, about each second, `watch` is told how far it is, and then `stop` is asked whether
    to end with the best so far. The same problem, seed, threads and limit of steps give the same plan, unless
    time or `stop` ends the search sooner.
    """
    raise NotImplementedError
