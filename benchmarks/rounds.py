"""How long whole rounds take, how good and even they are, beside bounds, published figures and open solvers.

    python -m benchmarks.rounds [--sizes 500 2000 20000] [--repeat 3] [--data FOLDER] [--python PYTHON]

Prints Markdown tables. Each measurement is a process of its own, so that its megabytes are its own: the most
that it ever held, with interpreter, libraries and the round. Seconds are the median of the repetitions, in
brackets the least and the greatest; after the slash the CPU time. Invented rounds have 100 random scored
reviewers and three seats an item, and loads of at most five. `--data` names a folder with the instances of
Xu, Jecmen, Song and Fang (NeurIPS 2023): `aamas2015.in` and the like, and `published_NAME_main.log`; without
it their rows are left out. `--python` names an interpreter that also has networkx and pulp; networkx is asked
for the smallest round alone, since it takes minutes for others.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from benchmarks.measuring import figure, machine, print_table
from benchmarks.rounds_cases import LOADS, Case
from benchmarks.rounds_peers import LIMIT, PEERS
from expertpool.matching.rounds.answer import Answer
from expertpool.matching.rounds.solving import Mode, Wish, solve

SIZES = (500, 1_000, 2_000, 5_000, 10_000, 20_000)
AT_95 = 3
"""Place of the quality of 95 % among those of the published logs."""


def measure(asked: dict[str, Any]) -> dict[str, Any]:
    """Do one measurement in this process; `peer` names an open solver, else the engine answers the wish."""
    round_ = Case(asked["case"], Path(asked["data"]) if asked["data"] else None).round()
    seconds, cpu, found = [], [], {}
    for _ in range(asked["repeat"]):
        start, used = perf_counter(), process_time()
        if asked["peer"]:
            total, ended = PEERS[asked["peer"]](round_)
            found = {"total": f"{total:.2f}", "proven": ended}
        else:
            found = measures(
                solve(replace(round_), Wish(Mode(asked["mode"]), asked["cap"], asked["quality"]))
            )
        seconds.append(perf_counter() - start)
        cpu.append(process_time() - used)
    return {
        "seconds": f"{figure(seconds)} / {sorted(cpu)[len(cpu) // 2]:.2f}",
        "MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        **found,
    }


def measures(answer: Answer) -> dict[str, str]:
    """Return totals, bounds and randomness of an answer as text."""
    report = answer.report()
    chance = report.get("random")
    if chance is not None:
        return {
            "largest p": f"{chance['largest']:.4f}",
            "mean of largest p": f"{chance['mean_largest']:.4f}",
            "entropy": f"{chance['entropy']:.2f}",
            "L2": f"{chance['l2']:.2f}",
            "mean total": f"{chance['expected']:.2f}",
        }
    worst = f"{report['smallest']:.4g}"
    if "smallest_bound" in report:
        worst += f" of at most {report['smallest_bound']:.4g}"
    proven = f"gap {report['gap']:.0e}" if report["gap"] else "gap 0"
    return {"total": f"{report['objective']:.2f}", "proven": proven, "worst item": worst}


class Bench:
    """Runs measurements one after the other, each in a process of its own at low priority."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options

    def row(
        self,
        name: str,
        case: str,
        wish: Wish | None = None,
        *,
        peer: str = "",
        repeat: int | None = None,
    ) -> dict[str, Any]:
        """Return a row of a table."""
        wish = wish or Wish()
        asked = {
            "case": case,
            "data": str(self.options.data) if self.options.data else "",
            "repeat": repeat or self.options.repeat,
            "peer": peer,
            "mode": wish.mode.value,
            "cap": wish.cap,
            "quality": wish.quality,
        }
        found = {"round": name, "by": peer or "ExpertPool"}
        elsewhere = self.options.python and peer in ("networkx", "pulp CBC")
        command = [
            self.options.python if elsewhere else sys.executable,
            "-m",
            "benchmarks.rounds",
            "--one",
            json.dumps(asked),
        ]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=5 * LIMIT, env=environment, check=True
            )
        except subprocess.TimeoutExpired:
            return found | {"seconds": f"ended after {5 * LIMIT:.0f}"}
        except subprocess.CalledProcessError as error:
            return found | {"seconds": f"not to be had: {error.stderr.strip().splitlines()[-1][:60]}"}
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found | answer

    def best(self) -> Iterator[dict[str, Any]]:
        """Yield rows of largest totals, each beside the open solvers."""
        named = [("2,000 x 2,000", "2000"), ("2,000 x 2,000, at least 3 each", "2000 least 3")]
        for name, case in [("500 x 500", "500"), *named]:
            yield self.row(name, case)
            yield self.row(name, case, peer="OR-tools flow")
            yield self.row(name, case, peer="scipy milp", repeat=1)
            if self.options.python:
                yield self.row(name, case, peer="pulp CBC", repeat=1)
                if case == "500":
                    yield self.row(name, case, peer="networkx", repeat=1)
        yield self.row("500 x 600, 827 kept apart", "parted")
        if self.options.data:
            for case in LOADS:
                yield self.row(case, case)
                yield self.row(case, case, peer="OR-tools flow")

    def fair(self) -> Iterator[dict[str, Any]]:
        """Yield rows of best worst items."""
        for name, case in [("2,000 x 2,000", "2000"), ("500 x 600, 827 kept apart", "parted")]:
            yield self.row(name, case, Wish(Mode.FAIR))
        for case in LOADS if self.options.data else ():
            yield self.row(case, case, Wish(Mode.FAIR))

    def random(self) -> Iterator[dict[str, Any]]:
        """Yield rows of rounds by chance, each beside what was published at 95 % quality."""
        yield self.row("500 x 600, 827 kept apart", "parted", Wish(Mode.RANDOM, 0.5, 0.95), repeat=1)
        for case in LOADS if self.options.data else ():
            quality, published = _published(self.options.data / f"published_{case}_main.log")
            cap = published.pop("cap")
            yield self.row(case, case, Wish(Mode.RANDOM, cap, quality))
            yield {"round": case, "by": "published (PM-Q)", "seconds": "", "MB": "", **published}

    def growth(self) -> Iterator[dict[str, Any]]:
        """Yield rows of growing rounds."""
        for size in self.options.sizes:
            yield self.row(f"{size:,} x {size:,}", str(size))
            yield self.row(f"{size:,} x {size:,}", str(size), peer="OR-tools flow")


def _published(log: Path) -> tuple[float, dict[str, Any]]:
    """Return quality and measures at 95 % of the second block of a log, PM-Q."""
    lines = [ast.literal_eval(line) for line in log.read_text().splitlines()]
    quality, (largest, mean, _support, entropy, l2) = lines[2][AT_95], lines[3]
    return quality, {
        "cap": largest[AT_95],
        "largest p": f"{largest[AT_95]:.4f}",
        "mean of largest p": f"{mean[AT_95]:.4f}",
        "entropy": f"{entropy[AT_95]:.2f}",
        "L2": f"{l2[AT_95]:.2f}",
    }


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--python")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(json.loads(options.one))))
        return
    os.nice(19)
    print(machine(), "\n")
    bench = Bench(options)
    for table in (bench.best, bench.fair, bench.random, bench.growth):
        rows = list(table())
        names = list(dict.fromkeys(name for row in rows for name in row))
        print_table([{name: row.get(name, "") for name in names} for row in rows])
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"load average at the end {load}")


if __name__ == "__main__":
    main()
