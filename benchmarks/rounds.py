"""How long whole rounds take, how good and even they are, beside bounds, published figures and open solvers.

    python -m benchmarks.rounds [--data FOLDER] [--python PYTHON] [--json FILE] [--quick]
                                [--tables best fair random small growth] [--sizes 500 2000] [--repeat 3]

Prints Markdown tables, each row as soon as it is measured. Each measurement is a process of its own, so that
its megabytes are its own: the most that it ever held, with interpreter, libraries and the round. Seconds are
the median of the repetitions, in brackets the least and the greatest; after the slash the CPU time. Invented
rounds have 100 random scored reviewers and three seats an item, and loads of at most five.

`--data` names a folder with the instances of Xu, Jecmen, Song and Fang (NeurIPS 2023): `aamas2015.in` and the
like, and `published_NAME_main.log`; without it their rows are left out. `--python` names an interpreter that
has numpy, scipy, networkx, pulp and fairpyx; without it their rows are left out. `--json` keeps each
measurement as a line of a file, and leaves out what the file has already: run the same line again to go on.
`--quick` takes small rounds once each, in about a minute on two free cores.
"""

from __future__ import annotations

import argparse
import ast
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measuring import machine, print_table
from benchmarks.rounds_bounds import EVERYTHING, LARGEST, MEAN, SQUARES, WORST
from benchmarks.rounds_kept import Kept
from benchmarks.rounds_one import ENGINE
from benchmarks.rounds_peers import PEERS

COLUMNS = {
    "best": ("seconds", "MB", "total", "bound", "ended"),
    "fair": ("seconds", "MB", "worst item", "worst at most", "total", "ended"),
    "random": (
        "seconds",
        "MB",
        "largest p",
        "mean of largest p",
        "entropy",
        "L2",
        "mean total",
        "bound",
        "ended",
    ),
    "small": ("seconds", "MB", "best", "fair", "random"),
    "growth": ("seconds", "MB", "total", "bound", "ended"),
}
PUBLISHED = ("aamas2015", "aamas2016", "preflib1", "preflib2", "preflib3")
SMALLEST, PARTED = "200", "parted"
OTHER_INTERPRETER = ("networkx", "pulp", "fairpyx")
"""Packages that the application has no use for."""
LARGEST_BOUNDED = 5_000
"""Beyond, a linear programme wants gigabytes."""
AT_95 = 3
"""Place of the quality of 95 % among those of the published logs."""


@dataclass(frozen=True)
class Plan:
    """What is measured: rounds by name for each table, repetitions, and the seconds of a solver."""

    best: tuple[str, ...] = (SMALLEST, "500", "2000", "2000 least 3", PARTED, *PUBLISHED)
    fair: tuple[str, ...] = ("2000", PARTED, *PUBLISHED)
    random: tuple[str, ...] = (PARTED, *PUBLISHED)
    small: int = 200
    sizes: tuple[int, ...] = (500, 1_000, 2_000, 5_000, 10_000, 20_000)
    repeat: int = 3
    limit: float = 120.0


QUICK = Plan(
    (SMALLEST, "aamas2016"), (SMALLEST, "preflib1"), ("preflib1", "preflib2"), 20, (500, 1_000), 1, 20.0
)


class Bench:
    """Yields the rows of tables, each when it is measured."""

    def __init__(self, plan: Plan, data: Path | None, python: str | None, kept: Kept) -> None:
        self.plan, self.data, self.python, self.kept = plan, data, python, kept

    def best(self) -> Iterator[dict[str, Any]]:
        """Largest totals, each beside open solvers and a bound by linear programming."""
        for case in self._there(self.plan.best):
            yield self._row(case)
            for peer, known in PEERS.items():
                is_here = known.package not in OTHER_INTERPRETER or self.python
                if is_here and (case == SMALLEST or not known.is_slow) and case != PARTED:
                    yield self._row(case, peer)
            yield self._row(case, LARGEST, repeat=1)

    def fair(self) -> Iterator[dict[str, Any]]:
        """Best worst items, each beside a bound by linear programming."""
        for case in self._there(self.plan.fair):
            yield self._row(case, mode="fair")
            yield self._row(case, WORST, repeat=1)

    def random(self) -> Iterator[dict[str, Any]]:
        """Rounds by chance, each beside what was published at 95 % quality and what each measure could be."""
        for case in self._there(self.plan.random):
            if case == PARTED:
                yield self._row(case, mode="random", cap=0.5, quality=0.95, repeat=1)
                continue
            assert self.data is not None
            quality, cap, published = _published(self.data / f"published_{case}_main.log")
            yield self._row(case, mode="random", cap=cap, quality=quality)
            yield {"round": case, "by": "published (PM-Q)", **published}
            for bound in (MEAN, SQUARES):
                yield self._row(case, bound, mode="random", cap=cap, quality=quality, repeat=1)

    def small(self) -> Iterator[dict[str, Any]]:
        """By how much the engine is off, at most, where everything can be tried."""
        row = self._row(f"small {self.plan.small}", EVERYTHING, repeat=1)
        yield row | {"round": f"{self.plan.small} rounds of 3 x 5"}

    def growth(self) -> Iterator[dict[str, Any]]:
        """Largest totals of growing rounds, beside the quickest open solver and a bound."""
        for size in self.plan.sizes:
            yield self._row(str(size))
            yield self._row(str(size), "OR-tools flow")
            if size <= LARGEST_BOUNDED:
                yield self._row(str(size), LARGEST, repeat=1)

    def _there(self, cases: tuple[str, ...]) -> Iterator[str]:
        return (case for case in cases if self.data is not None or case not in PUBLISHED)

    def _row(
        self,
        case: str,
        by: str = ENGINE,
        *,
        mode: str = "best",
        cap: float = 1.0,
        quality: float | None = None,
        repeat: int | None = None,
    ) -> dict[str, Any]:
        asked = {
            "case": case,
            "data": str(self.data) if case in PUBLISHED else "",
            "by": by,
            "mode": mode,
            "cap": cap,
            "quality": quality,
            "repeat": repeat or self.plan.repeat,
            "limit": self.plan.limit,
        }
        elsewhere = by in PEERS and PEERS[by].package in OTHER_INTERPRETER
        python = self.python if elsewhere and self.python else sys.executable
        return {"round": _named(case), "by": by, **self.kept.answer(python, asked)}


def _named(case: str) -> str:
    if case == PARTED:
        return "500 x 600, 827 kept apart"
    size, _, least = case.partition(" least ")
    if not size.isdigit():
        return case
    return f"{int(size):,} x {int(size):,}" + (f", at least {least} each" if least else "")


def _published(log: Path) -> tuple[float, float, dict[str, Any]]:
    """Return quality, cap and measures at 95 % of the second block of a log, PM-Q."""
    lines = [ast.literal_eval(line) for line in log.read_text().splitlines()]
    quality, (largest, mean, _support, entropy, l2) = lines[2][AT_95], lines[3]
    return (
        quality,
        largest[AT_95],
        {
            "largest p": f"{largest[AT_95]:.4f}",
            "mean of largest p": f"{mean[AT_95]:.4f}",
            "entropy": f"{entropy[AT_95]:.2f}",
            "L2": f"{l2[AT_95]:.4f}",
        },
    )


def _plan(options: argparse.Namespace) -> Plan:
    base = QUICK if options.quick else Plan()
    return Plan(
        base.best,
        base.fair,
        base.random,
        base.small,
        tuple(options.sizes or base.sizes),
        options.repeat or base.repeat,
        base.limit,
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--tables", nargs="+", choices=COLUMNS, default=list(COLUMNS))
    parser.add_argument("--sizes", type=int, nargs="+")
    parser.add_argument("--repeat", type=int)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--python")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    print(machine("ortools", "scipy", "numpy"), "\n", flush=True)
    bench = Bench(_plan(options), options.data, options.python, Kept(options.json))
    tables: Mapping[str, Callable[[], Iterator[dict[str, Any]]]] = {
        "best": bench.best,
        "fair": bench.fair,
        "random": bench.random,
        "small": bench.small,
        "growth": bench.growth,
    }
    for name in options.tables:
        print(f"### {name}\n", flush=True)
        columns = ("round", "by", *COLUMNS[name])
        print_table({column: row.get(column, "") for column in columns} for row in tables[name]())
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"load average at the end {load}")


if __name__ == "__main__":
    main()
