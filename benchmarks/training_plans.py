"""How good training plans become in a given time, from 50 to 1,000 lessons, beside placing one by one.

    python -m benchmarks.training_plans [--sizes 50 1000] [--seconds 10 30 60 | --steps N ...] [--threads 2]

Prints a Markdown table, a row as soon as it is known. Seconds are those of the CPU, of each thread: on free
cores they are seconds of the clock, and other work on the machine changes nothing. Terms are those of
`benchmarks.terms`, the same each time. `one by one` gives each lesson the cheapest place at its turn. Costs
leave out lessons without a place, which are counted apart; so does `at least`, below which no plan costs.
"""

from __future__ import annotations

import argparse
import resource
from collections.abc import Sequence
from statistics import median
from time import process_time
from typing import Any

import numpy as np

from benchmarks.measuring import CpuSeconds, machine, print_table
from benchmarks.terms import invented
from expertpool.timetabling.limits import Limits
from expertpool.timetabling.plans.facts import facts_of
from expertpool.timetabling.plans.moves import moving
from expertpool.timetabling.plans.packing import rows
from expertpool.timetabling.plans.problem import Placement, Problem
from expertpool.timetabling.plans.result import Soft
from expertpool.timetabling.plans.scoring import check
from expertpool.timetabling.plans.search import layout
from expertpool.timetabling.plans.search.fitting import survey
from expertpool.timetabling.plans.search.standing import put
from expertpool.timetabling.plans.solving import solve
from expertpool.timetabling.plans.states import filled
from expertpool.timetabling.plans.tables import tables_of


def greedy(problem: Problem) -> tuple[Placement, ...]:
    """Give each lesson, in order, the place that is cheapest at its turn; no lesson moves again."""
    tables, random = tables_of(problem), np.ones(1, np.uint64)
    plan = filled(tables, ())
    for number in range(len(problem.lessons)):
        best = np.full((tables.grid.cells, 3), layout.NEVER, np.int64)
        if survey(facts_of(tables), plan, random, number, best):
            cell = int(best[:, 0].argmin())
            put(facts_of(tables), plan, number, cell, int(best[cell, 1]), int(best[cell, 2]))
    return tables.placements(rows(plan, layout.WHERE))


def asked(problem: Problem, placements: Sequence[Placement]) -> float:
    """Return the milliseconds of CPU in which a page is told what a move does: the median of 20."""
    plain = [each for each in placements if each.room][:20]
    times = []
    for each in plain:
        start = process_time()
        moving(problem, placements, each.lesson, each.day, each.start + problem.grid, each.room, each.teacher)
        times.append(1000 * (process_time() - start))
    return median(times)


def row(lessons: int, limits: list[tuple[str, Limits]], threads: int) -> dict[str, Any]:
    """Return the figures of one size, for limits with names."""
    problem = invented(lessons)
    simple = greedy(problem)
    figures: dict[str, Any] = {
        "lessons": lessons,
        "days, rooms, teachers, cohorts": ", ".join(
            str(len(each)) for each in (problem.days, problem.rooms, problem.teachers, problem.cohorts)
        ),
        "one by one: placed": len(simple),
        "cost": soft(problem, simple),
    }
    steps, used = 0, process_time()
    for name, limit in limits:
        plan = solve(problem, limit, threads=threads)
        figures[f"{name}: placed"] = len(plan.placements)
        figures[f"{name}: cost"] = soft(problem, plan.placements)
        figures["broken"] = figures.get("broken", 0) + len(check(problem, plan.placements).breaches)
        steps += plan.steps
    figures["broken"] = figures.pop("broken")
    figures["at least"] = max(0, plan.bound - plan.costs[Soft.UNPLACED])
    figures["1,000 steps a CPU second"] = f"{steps / (process_time() - used) / 1000:.0f}"
    figures["a move, ms of CPU"] = f"{asked(problem, plan.placements):.0f}"
    figures["memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return figures


def soft(problem: Problem, plan: Sequence[Placement]) -> int:
    """Return the cost without that of unplaced lessons."""
    judged = check(problem, plan)
    return judged.total - judged.by_rule()[Soft.UNPLACED]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 100, 200, 500, 1000])
    parser.add_argument("--seconds", type=float, nargs="+", default=[10.0, 30.0, 60.0])
    parser.add_argument("--steps", type=int, nargs="+", help="of each thread, instead of seconds")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    print(machine(), "\n")
    limits: list[tuple[str, Limits]] = [(f"{each:g} s", CpuSeconds(each)) for each in options.seconds]
    if options.steps:
        limits = [(f"{each:,} steps", Limits(None, each)) for each in options.steps]
    print_table(row(size, limits, options.threads) for size in options.sizes)


if __name__ == "__main__":
    main()
