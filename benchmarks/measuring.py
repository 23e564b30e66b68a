"""Measure work and print tables: seconds by the clock and, because machines are shared, of the CPU."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import perf_counter, process_time, thread_time
from typing import Any

from expertpool.timetabling.limits import Limits


@dataclass(frozen=True)
class Timing:
    """Seconds of each repetition: by the clock, and of this process alone."""

    wall: tuple[float, ...]
    cpu: tuple[float, ...]

    def __str__(self) -> str:
        return f"{figure(self.wall)} / {median(self.cpu):.2f}"


def figure(seconds: Sequence[float]) -> str:
    """Return the median and, in brackets, the least and the greatest."""
    return f"{median(seconds):.2f} ({min(seconds):.2f}-{max(seconds):.2f})"


def timed(work: Callable[[], Any], repeat: int) -> Timing:
    """Do the work once to warm up, then `repeat` times."""
    work()
    wall, cpu = [], []
    for _ in range(repeat):
        clock, used = perf_counter(), process_time()
        work()
        wall.append(perf_counter() - clock)
        cpu.append(process_time() - used)
    return Timing(tuple(wall), tuple(cpu))


def machine(*packages: str) -> str:
    """Say in one line on what the figures were measured, with the versions of packages."""
    versions = ", ".join(f"{name} {version(name)}" for name in packages or ("ortools", "sqlalchemy", "flask"))
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
        f"{versions}; load average at the start {load}"
    )


class CpuSeconds(Limits):
    """End a search after so many seconds of the CPU of each of its threads, which begin with it."""

    def _elapsed(self) -> float:
        return thread_time() / self.seconds if self.seconds is not None else 0.0


def print_table(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print rows as a Markdown table, each as soon as it is known."""
    for number, row in enumerate(rows):
        if number == 0:
            print("| " + " | ".join(row) + " |\n|" + "---:|" * len(row))
        print("| " + " | ".join(_cell(value) for value in row.values()) + " |", flush=True)
    print(flush=True)


def _cell(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
