"""Search for the best plan that breaks no hard rule, within limits, in several threads.

Each thread anneals a plan of its own, from the pins and whatever still fits of the published plan:
temperature falls geometrically from HOT to COLD. How far it is, is told by steps where they are limited,
else by time.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from operator import itemgetter
from threading import Event
from time import monotonic

import numpy as np

from expertpool.timetabling.limits import Limits
from expertpool.timetabling.plans.bounding import bound
from expertpool.timetabling.plans.easing import excuses
from expertpool.timetabling.plans.facts import facts_of
from expertpool.timetabling.plans.packing import Array, rows
from expertpool.timetabling.plans.problem import Placement, Problem
from expertpool.timetabling.plans.result import Plan, Progress
from expertpool.timetabling.plans.scoring import check
from expertpool.timetabling.plans.search import layout
from expertpool.timetabling.plans.search.annealing import anneal
from expertpool.timetabling.plans.search.standing import keep
from expertpool.timetabling.plans.states import filled
from expertpool.timetabling.plans.tables import Tables, tables_of

HOT, COLD = 5.0, 0.3
"""Units of cost; hotter starts left terms of 500 lessons and more dearer after the same time."""
SLICE = 5_000
"""Steps between two looks at the clock: some hundredths of a second."""
WATCH = 1.0
"""Seconds."""


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
    search = _Search(problem, limits, seed, threads)
    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(search.anneal, number) for number in range(threads)]
        try:
            while wait(running, timeout=WATCH).not_done:
                if watch is not None:
                    watch(search.progress())
                if stop is not None and stop():
                    search.stopped.set()
        finally:
            search.ended.set()
            ended_early = search.stopped.is_set()
        for each in running:
            each.result()
    placements = _whole(problem, search.best())
    judged = check(problem, placements)
    return Plan(
        placements=placements,
        unplaced=excuses(problem, placements),
        costs=judged.by_rule(),
        bound=bound(problem),
        seed=seed,
        steps=sum(search.steps),
        seconds=monotonic() - limits.started,
        stopped=ended_early,
    )


class _Search:
    """The plans of all threads, and how far they are."""

    def __init__(self, problem: Problem, limits: Limits, seed: int, threads: int) -> None:
        self.tables: Tables = tables_of(problem)
        self.limits = limits
        self.plans = [self._start() for _ in range(threads)]
        self.random = [_generator(seed, number) for number in range(threads)]
        self.steps = [0] * threads
        self.known = [self._best(plan) for plan in self.plans]
        """The best of each thread after its last slice: cost and plan."""
        self.stopped = Event()
        self.ended = Event()

    def _start(self) -> Array:
        plan = filled(self.tables, self.tables.problem.published)
        keep(facts_of(self.tables), plan)
        return plan

    def _best(self, plan: Array) -> tuple[int, Array]:
        return int(layout.total(plan, layout.LEAST)), rows(plan, layout.BEST).copy()

    def anneal(self, number: int) -> None:
        """Anneal one plan until a limit or the end."""
        plan, random, limits = self.plans[number], self.random[number], self.limits
        if not layout.setting(facts_of(self.tables), layout.MOVABLES):
            return
        while self._goes_on(number):
            done = self.steps[number]
            temperature = HOT * (COLD / HOT) ** limits.spent(done)
            size = SLICE if limits.steps is None else min(SLICE, limits.steps - done)
            anneal(facts_of(self.tables), plan, random, size, temperature)
            self.steps[number] += size
            if layout.total(plan, layout.LEAST) < self.known[number][0]:
                self.known[number] = self._best(plan)

    def _goes_on(self, number: int) -> bool:
        """Tell whether a thread is to go on: a first slice is tried however little time is left."""
        if self.stopped.is_set() or self.ended.is_set() or self.known[number][0] == 0:
            return False
        return self.steps[number] == 0 or not self.limits.over(self.steps[number])

    def best(self) -> tuple[Placement, ...]:
        """Return the cheapest plan of all threads."""
        return self.tables.placements(min(self.known, key=itemgetter(0))[1])

    def progress(self) -> Progress:
        """Return how far the search is."""
        cost, best = min(self.known, key=itemgetter(0))
        return Progress(
            unplaced=int((best[:, layout.CELL] == layout.NOBODY).sum()),
            cost=cost,
            steps=sum(self.steps),
            spent=max(map(self.limits.spent, self.steps)),
            placements=self.tables.placements(best),
        )


def _generator(seed: int, number: int) -> Array:
    return np.random.default_rng([seed, number]).integers(1, 2**64, 1, np.uint64)


def _whole(problem: Problem, placements: tuple[Placement, ...]) -> tuple[Placement, ...]:
    """Leave out what breaks a rule, but for pins among themselves: nothing, unless the search is wrong."""
    pinned = {pin.lesson for pin in problem.pins}
    allowed = check(problem, problem.pins).breaches
    while broken := [each for each in check(problem, placements).breaches if each not in allowed]:
        names = {name for each in broken for name in (each.lesson, *each.params.values())} - pinned
        kept = tuple(each for each in placements if each.lesson not in names)
        if len(kept) == len(placements):
            break
        placements = kept
    return placements
