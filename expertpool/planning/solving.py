"""Ask the engine, outside of any transaction, and put its plan into rows' terms."""

from __future__ import annotations

import platform
from collections.abc import Callable
from importlib.metadata import version

from expertpool.planning import kept
from expertpool.planning.composition import Composed
from expertpool.planning.drafts import spot_of
from expertpool.planning.keys import number_of
from expertpool.planning.runs import Answer
from expertpool.timetabling.limits import Limits
from expertpool.timetabling.plans.result import Progress

THREADS = 2


def versions() -> dict[str, str]:
    """Return the versions that an answer may depend on."""
    return {"expertpool": version("expertpool"), "python": platform.python_version()}


def warm() -> None:
    """Load the engine, and compile it if that was not done since the installation."""
    import expertpool.timetabling.plans.solving  # noqa: F401


def solve(
    composed: Composed,
    *,
    seconds: float,
    seed: int,
    watch: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Answer:
    """Return the best plan found in so many seconds; `watch` and `stop` as the engine asks for them."""
    from expertpool.timetabling.plans import solving as engine  # loading compiles; pages never need it

    limits = Limits(seconds=seconds)
    plan = engine.solve(composed.problem, limits, seed=seed, threads=THREADS, watch=watch, stop=stop)
    return Answer(
        spots={number_of(each.lesson): spot_of(composed, each) for each in plan.placements},
        asked=[number_of(each.id) for each in composed.problem.lessons],
        best=kept.of_plan(plan, plan.unplaced),
    )
