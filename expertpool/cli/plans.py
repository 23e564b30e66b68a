"""`expertpool timetable` for training plans (JSON); no command of its own."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from expertpool.cli.messages import Fault, fail, say
from expertpool.cli.streams import write_text
from expertpool.errors import N_

if TYPE_CHECKING:
    from expertpool.timetabling.limits import Limits
    from expertpool.timetabling.plans.problem import Problem
    from expertpool.timetabling.plans.result import Plan, Progress

NAMED = 20
"""So many lessons without a place are named."""


def plan(file: str, text: str, limits: Limits, seed: int, threads: int, out: str, table: str | None) -> None:
    """Plan the term in a text and write the solution; ends the command with a line for each fault of it."""
    problem = _read(file, text)
    from expertpool.cli.barriers import sentence

    # The first import compiles for a while, which is no time to search.
    from expertpool.timetabling.plans.solving import solve
    from expertpool.timetabling.plans.weekly import weekly
    from expertpool.timetabling.plans.writing import write

    limits = replace(limits, started=monotonic())
    interrupted: list[bool] = []
    signal.signal(signal.SIGINT, lambda *_: interrupted.append(True))
    found = solve(
        problem,
        limits,
        seed=seed,
        threads=threads,
        watch=_watch(limits.started),
        stop=lambda: bool(interrupted),
    )
    write_text(out, write(problem, found, sentence))
    if table is not None:
        write_text(table, weekly(problem, found.placements))
    _tell(problem, found)


def _read(file: str, text: str) -> Problem:
    from expertpool.timetabling.plans.reading import Unreadable, read

    try:
        return read(text)
    except Unreadable as error:
        fail(
            *(
                Fault(each.problem, file=file, column=each.path or None, value=each.value)
                for each in error.faults
            )
        )


def _watch(started: float) -> Callable[[Progress], None] | None:
    """Return what shows the best so far whenever it got better, if a person watches."""
    if not sys.stderr.isatty():
        return None
    shown: list[int] = []

    def watch(progress: Progress) -> None:
        if [progress.cost] != shown[-1:]:
            shown.append(progress.cost)
            say(
                N_("%(seconds)s s: %(unplaced)s lessons without a place, cost %(cost)s."),
                seconds=f"{monotonic() - started:.0f}",
                unplaced=progress.unplaced,
                cost=progress.cost,
            )

    return watch


def _tell(problem: Problem, found: Plan) -> None:
    from expertpool.cli.barriers import explained

    for unplaced in found.unplaced[:NAMED]:
        for told in explained(unplaced):
            say(told)
    if len(found.unplaced) > NAMED:
        say(
            N_("%(count)s more lessons have no place; the solution names all."),
            count=len(found.unplaced) - NAMED,
        )
    result = (
        N_("%(placed)s of %(lessons)s lessons have a place. Cost %(cost)s, and no plan costs less.")
        if found.bound == found.total
        else N_(
            "%(placed)s of %(lessons)s lessons have a place. Cost %(cost)s, in any plan at least %(bound)s."
        )
    )
    say(
        result,
        placed=len(found.placements),
        lessons=len(problem.lessons),
        cost=found.total,
        bound=found.bound,
    )
    say(N_("%(steps)s steps, %(seconds)s s."), steps=found.steps, seconds=f"{found.seconds:.1f}")
