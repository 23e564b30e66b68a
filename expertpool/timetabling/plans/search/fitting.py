"""Where a lesson without a place fits."""

from __future__ import annotations

from expertpool.timetabling.compiling import Array, Random, Table, inner, typed
from expertpool.timetabling.plans.search.forecasting import least_change
from expertpool.timetabling.plans.search.layout import (
    COST,
    END,
    FIRST,
    LISTS,
    NOBODY,
    ONLINE,
    ROOMS,
    TAUGHT,
    TEACHERS,
    TIMES,
    WHEN,
    at,
    given,
    total,
)
from expertpool.timetabling.plans.search.obstacles import (
    obstacles,
)
from expertpool.timetabling.plans.search.standing import (
    stand,
)
from expertpool.timetabling.plans.search.writing import (
    begin,
    undo,
)


@inner
def _choices(facts: Array, lesson: int, column: int, needed: bool) -> int:
    """Return how many rooms or teachers there are to choose from; one, that is none, if it needs none."""
    return given(facts, lesson + 1, column) - given(facts, lesson, column) if needed else 1


@inner
def _choice(facts: Array, lesson: int, column: int, needed: bool, number: int) -> int:
    return facts[at(facts, LISTS, 0, given(facts, lesson, column) + number)] if needed else NOBODY


@inner
def _price(facts: Array, plan: Array, lesson: int, cell: int, room: int, teacher: int, most: int) -> int:
    """Return the change of cost when a lesson stands there; `most` if it is no less."""
    if least_change(facts, plan, lesson, cell, room, teacher) >= most:
        return most
    before = total(plan, COST)
    begin(plan)
    stand(facts, plan, lesson, cell, room, teacher)
    change = total(plan, COST) - before
    undo(plan)
    return min(change, most)


@typed
def survey(facts: Array, plan: Array, random: Random, lesson: int, best: Table) -> int:
    """Find, for each cell, the cheapest room and teacher with which a lesson without a place fits.

    `best[c]` becomes (change of cost, room, teacher), or keeps NEVER. Return how many places fit. Rooms are
    tried only where its crew is free, and teachers only where a room is.
    """
    fitting, on_site, taught = 0, given(facts, lesson, ONLINE) == 0, given(facts, lesson, TAUGHT) > 0
    when = given(facts, lesson, WHEN)
    for number in range(facts[at(facts, TIMES, when, FIRST)], facts[at(facts, TIMES, when, END)]):
        cell = facts[at(facts, LISTS, 0, number)]
        if obstacles(facts, plan, random, lesson, cell, NOBODY, NOBODY) != 0:
            continue
        for which in range(_choices(facts, lesson, ROOMS, on_site)):
            room = _choice(facts, lesson, ROOMS, on_site, which)
            if on_site and obstacles(facts, plan, random, lesson, cell, room, NOBODY) != 0:
                continue
            for who in range(_choices(facts, lesson, TEACHERS, taught)):
                teacher = _choice(facts, lesson, TEACHERS, taught, who)
                if taught and obstacles(facts, plan, random, lesson, cell, room, teacher) != 0:
                    continue
                fitting += 1
                change = _price(facts, plan, lesson, cell, room, teacher, best[cell, 0])
                if change < best[cell, 0]:
                    best[cell, 0], best[cell, 1], best[cell, 2] = change, room, teacher
    return fitting
