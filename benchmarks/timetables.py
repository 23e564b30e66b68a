"""How cheap timetables become in a given time, beside the competition's winner and the best known.

    python -m benchmarks.timetables --data FOLDER [--seconds 60 300 | --steps 800] [--seeds 3] [--threads 2]

Prints Markdown tables, one for each time limit, in seconds of the CPU of each thread; on free cores they are
seconds of the clock. `--steps` limits the millions of steps of each thread instead, so that nothing changes
a cost. FOLDER holds comp01.ctt to comp07.ctt of ITC-2007, track 3; what it lacks is left out. `winner` is the
best of the organisers' runs of T. Mueller's solver (ITC2007: Solver Description, table 4), `best known` the
least published (table 13 of arXiv:2201.07525; comp03 from the same literature). Costs are the median of the
seeds, in brackets the least and the greatest.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from benchmarks.measuring import CpuSeconds, machine, print_table
from expertpool.timetabling.curricula.problem import Problem
from expertpool.timetabling.curricula.reading import read
from expertpool.timetabling.curricula.solving import Result, Search
from expertpool.timetabling.limits import Limits

PUBLISHED = {
    "comp01": (5, 5),
    "comp02": (51, 24),
    "comp03": (84, 64),
    "comp04": (37, 35),
    "comp05": (330, 284),
    "comp06": (48, 27),
    "comp07": (20, 6),
}
"""The winner's cost and the best known."""


def compile_seconds(problem: Problem) -> float:
    """Return how long the first search takes before its first step: nearly all of it compiles."""
    start = perf_counter()
    Search(problem).run(Limits(None, 1))
    return perf_counter() - start


def row(name: str, problem: Problem, limit: Limits, seeds: int, threads: int) -> dict[str, Any]:
    """Return the figures of one instance."""
    results: list[Result] = []
    spent: list[float] = []
    for seed in range(seeds):
        start = process_time()
        results.append(Search(problem, seed=seed, threads=threads).run(limit))
        spent.append(process_time() - start)
    costs = [result.cost.total for result in results if not result.cost.clashes]
    winner, best = PUBLISHED[name]
    return {
        "instance": name,
        "without clashes": f"{len(costs)} of {seeds}",
        "cost": f"{median(costs):g} ({min(costs)}-{max(costs)})" if costs else "",
        "winner": winner,
        "best known": best,
        "million steps": f"{median(result.steps for result in results) / 1e6:.0f}",
        "CPU seconds": f"{median(spent):.0f}",
        "median": median(costs) if costs else None,
    }


def rows(problems: dict[str, Problem], limit: Limits, seeds: int, threads: int) -> Iterator[dict[str, Any]]:
    """Return a row an instance, then the sums of medians and of published costs."""
    medians: list[float | None] = []
    for name, problem in problems.items():
        found = row(name, problem, limit, seeds, threads)
        medians.append(found.pop("median"))
        yield found
    winner, best = (sum(PUBLISHED[name][column] for name in problems) for column in (0, 1))
    yield {
        "instance": "sum",
        "without clashes": "",
        "cost": "" if None in medians else f"{sum(filter(None, medians)):g}",
        "winner": winner,
        "best known": best,
        "million steps": "",
        "CPU seconds": "",
    }


def main() -> None:
    """Print a table for each time limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seconds", type=float, nargs="+", default=[60.0, 300.0])
    parser.add_argument("--steps", type=int, nargs="+", default=[], metavar="MILLIONS")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    files = [path for path in sorted(options.data.glob("comp*.ctt")) if path.stem in PUBLISHED]
    problems = {path.stem: read(path.read_text(encoding="utf-8")) for path in files}
    print(machine(), "\n")
    print(f"First search of this process: {compile_seconds(next(iter(problems.values()))):.1f} s\n")
    limits: list[tuple[str, Limits]] = [
        (f"{millions} million steps a thread", Limits(None, millions * 1_000_000))
        for millions in options.steps
    ] or [(f"{each:g} s", CpuSeconds(each)) for each in options.seconds]
    for name, limit in limits:
        print(f"{name}, {options.threads} threads, {options.seeds} seeds\n")
        print_table(rows(problems, limit, options.seeds, options.threads))


if __name__ == "__main__":
    main()
