"""Make a timetable: a week of lectures, or a term of lessons with days, rooms and teachers."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

import click

from expertpool.cli import Fault, fail, say
from expertpool.cli.messages import translated
from expertpool.cli.plans import plan
from expertpool.cli.streams import read_text, write_text
from expertpool.errors import N_, Sentence

if TYPE_CHECKING:
    from expertpool.timetabling.curricula.problem import Problem
    from expertpool.timetabling.curricula.solving import Result, Search
    from expertpool.timetabling.limits import Limits

SECONDS = 60.0
NAMED = 10
"""So many clashes are named."""


@click.command()
@click.argument("instance", metavar="INSTANCE.ctt|INSTANCE.json")
@click.option(
    "--time-limit", type=click.FloatRange(0, min_open=True), metavar="SECONDS", help="Seconds to search (60)."
)
@click.option(
    "--steps", type=click.IntRange(1), help="Steps of each thread: the same seed then gives the same plan."
)
@click.option("--seed", type=click.IntRange(0), default=0, help="Seed of the search (0).")
@click.option("--threads", type=click.IntRange(1, 64), default=2, help="Searches at the same time (2).")
@click.option("--out", default="-", metavar="SOLUTION", help="Where the plan goes (standard output).")
@click.option("--table", metavar="FILE", help="Where a table by weeks and days goes (JSON only).")
def command(
    instance: str,
    time_limit: float | None,
    steps: int | None,
    seed: int,
    threads: int,
    out: str,
    table: str | None,
) -> None:
    """Make a timetable without clashes, the cheapest that is found in time. Ctrl-C keeps the best so far."""
    from expertpool.timetabling.limits import Limits

    started = monotonic()
    limits = Limits(time_limit or (None if steps else SECONDS), steps, started)
    text = _text(instance)
    if instance.lower().endswith(".json") or text.lstrip().startswith("{"):
        plan(instance, text, limits, seed, threads, out, table)
        return
    if table is not None:
        raise click.UsageError(translated(N_("--table goes with a term of lessons (.json) only.")))
    _week(instance, text, limits, seed, threads, out)


def _text(file: str) -> str:
    try:
        return read_text(file)
    except UnicodeDecodeError:
        fail(Fault(Sentence(N_("This is no UTF-8 text.")), Sentence(N_("Save it as UTF-8.")), file=file))


def _week(instance: str, text: str, limits: Limits, seed: int, threads: int, out: str) -> None:
    """Plan a week of lectures."""
    problem = _read(instance, text)
    from expertpool.timetabling.curricula.reading import write
    from expertpool.timetabling.curricula.solving import Search

    search = Search(problem, seed=seed, threads=threads)
    signal.signal(signal.SIGINT, lambda *_: search.stop())
    result = search.run(limits, _watch(search, limits.started))
    if result.cost.clashes:
        _fail_clashing(problem, result)
    write_text(out, write(problem, result.plan))
    _tell(result, monotonic() - limits.started)


def _read(file: str, text: str) -> Problem:
    """Return the instance in a file; ends the command with a line for each fault of it."""
    from expertpool.timetabling.curricula.problem import shortages
    from expertpool.timetabling.curricula.reading import Unreadable, read

    try:
        problem = read(text)
    except Unreadable as error:
        fail(*(Fault(each.problem, file=file, row=each.row, value=each.value) for each in error.faults))
    short = shortages(problem)
    if short:
        fail(*(Fault(sentence, file=file) for sentence in short))
    return problem


def _watch(search: Search, started: float) -> Callable[[], None] | None:
    """Return what shows the least cost so far whenever it fell, if a person watches."""
    if not sys.stderr.isatty():
        return None
    shown: list[int | None] = [None]

    def watch() -> None:
        least = search.least()
        if least != shown[-1]:
            shown.append(least)
            say(N_("%(seconds)s s: cost %(cost)s."), seconds=f"{monotonic() - started:.0f}", cost=least)

    return watch


def _fail_clashing(problem: Problem, result: Result) -> None:
    from expertpool.timetabling.curricula.scoring import clashing

    groups = clashing(problem, result.plan)
    names = [" + ".join(problem.courses[place.course].id for place in group) for group in groups]
    fail(
        Fault(
            Sentence(
                N_("No plan without clashes was found; the nearest has %(count)s: %(courses)s."),
                {
                    "count": len(names),
                    "courses": ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else ""),
                },
            ),
            Sentence(N_("Give it more time or steps, or let these courses meet at more times.")),
        )
    )


def _tell(result: Result, seconds: float) -> None:
    cost = result.cost
    say(
        N_(
            "Cost %(total)s: capacity %(capacity)s, days %(days)s, compactness %(compactness)s, "
            "stability %(stability)s. No clash. %(steps)s million steps, %(seconds)s s."
        ),
        total=cost.total,
        capacity=cost.capacity,
        days=cost.days,
        compactness=cost.compactness,
        stability=cost.stability,
        steps=f"{result.steps / 1e6:.0f}",
        seconds=f"{seconds:.1f}",
    )
