"""How cheap timetables become in a given time, beside the competition's winner and the best known.

    python -m benchmarks.timetables --data FOLDER [--seconds 60 300 | --steps 800] [--seeds 3] [--threads 2]

Prints Markdown tables, one for each time limit. `--steps` limits the millions of steps of each thread
instead, so that a busy machine changes no cost; CPU seconds tell how long that takes. FOLDER holds comp01.ctt
to comp07.ctt of ITC-2007, track 3; what it lacks is left out. `winner` is the best of the organisers' runs of
T. Mueller's solver (ITC2007: Solver Description, table 4), `best known` the least published (table 13 of
arXiv:2201.07525; comp03 from the same literature). Costs are the median of the seeds, in brackets the least
and the greatest.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from benchmarks.measuring import machine, print_table
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


def row(
    name: str, problem: Problem, seconds: float | None, steps: int | None, seeds: int, threads: int
) -> dict[str, Any]:
    """Return the figures of one instance."""
    results: list[Result] = []
    spent: list[float] = []
    for seed in range(seeds):
        start = process_time()
        results.append(Search(problem, seed=seed, threads=threads).run(Limits(seconds, steps)))
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


def total(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the last row: the sums of medians and of published costs."""
    medians = [row.pop("median") for row in rows]
    return {
        "instance": "sum",
        "without clashes": "",
        "cost": f"{sum(medians):g}" if None not in medians else "",
        "winner": sum(row["winner"] for row in rows),
        "best known": sum(row["best known"] for row in rows),
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
    limits = [(None, millions * 1_000_000) for millions in options.steps] or [
        (seconds, None) for seconds in options.seconds
    ]
    for seconds, steps in limits:
        rows = [
            row(name, problem, seconds, steps, options.seeds, options.threads)
            for name, problem in problems.items()
        ]
        limit = f"{seconds:g} s" if steps is None else f"{steps / 1e6:g} million steps a thread"
        print(f"{limit}, {options.threads} threads, {options.seeds} seeds\n")
        last = total(rows)
        print_table([*rows, last])


if __name__ == "__main__":
    main()
