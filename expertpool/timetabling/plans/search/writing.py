"""Change the plan at hand so that it can be undone: a journal keeps what each entry was."""

from __future__ import annotations

from expertpool.timetabling.compiling import Array, inner, typed
from expertpool.timetabling.plans.search.layout import COST, JOURNAL, TOTAL, WRITTEN, at


@typed
def begin(plan: Array) -> None:
    """Forget what was written: from here on `undo` goes back."""
    plan[at(plan, TOTAL, 0, WRITTEN)] = 0


@inner
def write(plan: Array, place: int, value: int) -> None:
    """Change one entry."""
    count = at(plan, TOTAL, 0, WRITTEN)
    entry = at(plan, JOURNAL, plan[count], 0)
    plan[entry], plan[entry + 1] = place, plan[place]
    plan[count] += 1
    plan[place] = value


@inner
def add(plan: Array, place: int, change: int) -> None:
    """Add to one entry."""
    write(plan, place, plan[place] + change)


@inner
def pay(plan: Array, cost: int) -> None:
    """Add to the cost."""
    if cost:
        add(plan, at(plan, TOTAL, 0, COST), cost)


@inner
def undo(plan: Array) -> None:
    """Go back to where the plan was at `begin`, last changes first."""
    count = at(plan, TOTAL, 0, WRITTEN)
    for number in range(plan[count] - 1, -1, -1):
        entry = at(plan, JOURNAL, number, 0)
        plan[plan[entry]] = plan[entry + 1]
    plan[count] = 0
