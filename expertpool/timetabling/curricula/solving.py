"""Search for the cheapest plan without clashes, within limits, in several threads.

Each thread anneals a plan of its own, from its own random start: temperature falls geometrically from HOT to
COLD. How far it is, is told by steps where they are limited, else by time; the same seed, threads and limit
of steps give the same plan.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event

from expertpool.timetabling.curricula.compiled import Plan, anneal
from expertpool.timetabling.curricula.problem import Place, Problem
from expertpool.timetabling.curricula.scoring import Cost, score
from expertpool.timetabling.curricula.tables import UNKNOWN, best, make_facts, make_plan
from expertpool.timetabling.limits import Limits

HOT, COLD = 30.0, 0.1
CLASH = 300.0
"""What a clash weighs: hot plans pass through clashes, cold ones have none."""
SLICE = 100_000
"""Steps between two looks at the clock: some hundredths of a second."""
WATCH = 1.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Result:
    """The best plan and its cost; if every plan seen had clashes, the one with the fewest at the end.

    `steps` are those of all threads.
    """

    plan: tuple[Place, ...]
    cost: Cost
    steps: int


class Search:
    """A search that can be watched and, from another thread or a signal, stopped."""

    def __init__(self, problem: Problem, *, seed: int = 0, threads: int = 1) -> None:
        self.problem = problem
        self.facts = make_facts(problem)
        self.plans = [make_plan(problem, self.facts, seed, number) for number in range(threads)]
        self._stopped = Event()

    def least(self) -> int | None:
        """Return the least cost so far of a plan without clashes."""
        least = min(int(plan.totals[2]) for plan in self.plans)
        return None if least == UNKNOWN else least

    def stop(self) -> None:
        """Let all threads end soon."""
        self._stopped.set()

    def run(self, limits: Limits, watch: Callable[[], None] | None = None) -> Result:
        """Search until a limit, `stop`, or plans that cost nothing; call `watch` each second."""
        with ThreadPoolExecutor(len(self.plans)) as pool:
            threads = [pool.submit(self._anneal, plan, limits) for plan in self.plans]
            try:
                while wait(threads, timeout=WATCH).not_done:
                    if watch is not None:
                        watch()
            finally:
                self.stop()
        plan = best(self.facts, min(self.plans, key=_rank))
        return Result(plan, score(self.problem, plan), sum(thread.result() for thread in threads))

    def _anneal(self, plan: Plan, limits: Limits) -> int:
        """Anneal one plan; return how many steps were taken."""
        steps = 0
        while not self._stopped.is_set() and plan.totals[2] > 0 and not limits.over(steps):
            temperature = HOT * (COLD / HOT) ** limits.spent(steps)
            size = SLICE if limits.steps is None else min(SLICE, limits.steps - steps)
            anneal(self.facts, plan, size, temperature, CLASH)
            steps += size
        return steps


def _rank(plan: Plan) -> tuple[int, int]:
    """Order plans by the least cost, then by clashes at the end."""
    return int(plan.totals[2]), int(plan.totals[0])
