"""One measurement of a round, in this process alone: `python -m benchmarks.rounds_one ASKED` prints JSON.

What is asked is `{"case", "data", "by", "mode", "cap", "quality", "repeat", "limit"}`; `by` is the engine,
one of `rounds_peers.PEERS` or one of `rounds_bounds.BOUNDS`.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from benchmarks.measuring import figure
from benchmarks.rounds_bounds import BOUNDS
from benchmarks.rounds_cases import Case
from benchmarks.rounds_peers import PEERS
from expertpool.matching.rounds.problem import Round

ENGINE = "ExpertPool"


def measure(asked: dict[str, Any]) -> dict[str, Any]:
    """Return what came out, with seconds and megabytes of this process."""
    work = _work(asked)
    round_ = Case(asked["case"], Path(asked["data"]) if asked["data"] else None).round()
    seconds, cpu, found = [], [], {}
    for _ in range(asked["repeat"]):
        start, used = perf_counter(), process_time()
        found = work(replace(round_))
        seconds.append(perf_counter() - start)
        cpu.append(process_time() - used)
    return {
        "seconds": f"{figure(seconds)} / {sorted(cpu)[len(cpu) // 2]:.2f}",
        "MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        **found,
    }


def _work(asked: dict[str, Any]) -> Callable[[Round], dict[str, Any]]:
    by = asked["by"]
    if by in PEERS:
        return lambda round_: _by_peer(by, round_, asked["limit"])
    if by in BOUNDS:
        return lambda round_: BOUNDS[by](round_, asked)
    return lambda round_: _by_engine(round_, asked)


def _by_peer(by: str, round_: Round, limit: float) -> dict[str, Any]:
    total, ended = PEERS[by].work(round_, limit)
    return {"by": f"{by} {version(PEERS[by].package)}", "total": f"{total:.2f}", "ended": ended}


def _by_engine(round_: Round, asked: dict[str, Any]) -> dict[str, Any]:
    from expertpool.matching.rounds.solving import Mode, Wish, solve

    answer = solve(round_, Wish(Mode(asked["mode"]), asked["cap"], asked["quality"]))
    report = answer.report()
    chance = report.get("random")
    if chance is not None:
        return {
            "largest p": f"{chance['largest']:.4f}",
            "mean of largest p": f"{chance['mean_largest']:.4f}",
            "entropy": f"{chance['entropy']:.2f}",
            "L2": f"{chance['l2']:.4f}",
            "mean total": f"{chance['expected']:.2f}",
            "bound": f"{chance['expected_bound']:.2f}",
        }
    found = {
        "total": f"{report['objective']:.2f}",
        "bound": f"{report['bound']:.2f}",
        "worst item": f"{report['smallest']:.4g}",
        "ended": f"gap {report['gap']:.0e}" if report["gap"] else "gap 0",
    }
    if "smallest_bound" in report:
        found["worst at most"] = f"{report['smallest_bound']:.4g}"
    return found


def main() -> None:
    """Measure what the command line asks."""
    print(json.dumps(measure(json.loads(sys.argv[1]))))


if __name__ == "__main__":
    main()
