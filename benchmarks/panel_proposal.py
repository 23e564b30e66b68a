"""How long one panel takes to propose, from 1,000 to 100,000 people, with six slots and every kind of rule.

    python -m benchmarks.panel_proposal [--sizes 1000 20000] [--seats 7] [--repeat 3]

Prints a Markdown table (seconds; the median of the repetitions). The people are invented (see people.py);
`why not` is the mean over 10 people who may sit. Each run checks that its proposal is a proven optimum.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from statistics import mean, median
from time import perf_counter

from benchmarks.people import make_candidates, make_problem
from expertpool.matching.explain import why_not
from expertpool.matching.model import warm
from expertpool.matching.panel import propose
from expertpool.matching.pool import may_sit
from expertpool.matching.problem import Mode, PanelProblem, Wanted
from expertpool.matching.result import Infeasible, Solution

SIZES = (1_000, 5_000, 20_000, 50_000, 100_000)


def seconds(work: Callable[[], object]) -> float:
    """Return how long the work takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def cold_import() -> float:
    """Return how long a fresh interpreter takes until the solver is ready."""
    code = "from expertpool.matching.model import warm; warm()"
    return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True))


def measure(problem: PanelProblem, repeat: int) -> dict[str, float | int]:
    """Return the figures of one row."""
    solution = propose(problem)
    assert isinstance(solution, Solution)
    assert solution.optimal
    seated = {member.id for member in solution.members}
    asked = [each.id for each in filter(may_sit(problem), problem.candidates) if each.id not in seated][-10:]
    one_slot = replace(problem, slots=problem.slots[:1])
    short = replace(problem, wanted=(*problem.wanted, Wanted("nobody has it", 2)))
    assert isinstance(propose(short), Infeasible)
    lottery = replace(problem, mode=Mode.RANDOM)

    def middle(asked_for: PanelProblem) -> float:
        return median(seconds(lambda: propose(asked_for)) for _ in range(repeat))

    return {
        "people": len(problem.candidates),
        "best, 6 slots": middle(problem),
        "best, 1 slot": middle(one_slot),
        "random": middle(lottery),
        "infeasible": seconds(lambda: propose(short)),
        "why not": mean(seconds(lambda id_=id_: why_not(problem, solution, id_)) for id_ in asked),  # type: ignore[misc]
        "objective": solution.objective,
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--seats", type=int, default=7)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    print(f"Cold start of the solver: {cold_import():.1f} s\n")
    warm()
    for index, size in enumerate(options.sizes):
        problem = make_problem(make_candidates(size, seed=1), seed=1, seats=options.seats)
        row = measure(problem, options.repeat)
        if index == 0:
            print("| " + " | ".join(row) + " |\n|" + "---:|" * len(row))
        cells = (f"{value:,}" if isinstance(value, int) else f"{value:.3f}" for value in row.values())
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
