"""Where a lesson without a place fits."""

from __future__ import annotations

from expertpool.timetabling.compiling import Array, Random, Table, typed
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


@typed
def survey(facts: Array, plan: Array, random: Random, lesson: int, best: Table) -> int:
    """Find, for each cell, the cheapest room and teacher with which a lesson without a place fits.

    `best[c]` becomes (change of cost, room, teacher), or keeps NEVER. Return how many places fit.
    """
    fitting, before = 0, total(plan, COST)
    rooms = given(facts, lesson + 1, ROOMS) - given(facts, lesson, ROOMS)
    teachers = given(facts, lesson + 1, TEACHERS) - given(facts, lesson, TEACHERS)
    rooms = 1 if given(facts, lesson, ONLINE) else rooms
    teachers = teachers if given(facts, lesson, TAUGHT) else 1
    when = given(facts, lesson, WHEN)
    for number in range(facts[at(facts, TIMES, when, FIRST)], facts[at(facts, TIMES, when, END)]):
        cell = facts[at(facts, LISTS, 0, number)]
        for pair in range(rooms * teachers):
            room, teacher = NOBODY, NOBODY
            if not given(facts, lesson, ONLINE):
                room = facts[at(facts, LISTS, 0, given(facts, lesson, ROOMS) + pair // teachers)]
            if given(facts, lesson, TAUGHT):
                teacher = facts[at(facts, LISTS, 0, given(facts, lesson, TEACHERS) + pair % teachers)]
            if obstacles(facts, plan, random, lesson, cell, room, teacher) != 0:
                continue
            fitting += 1
            begin(plan)
            stand(facts, plan, lesson, cell, room, teacher)
            change = total(plan, COST) - before
            undo(plan)
            if change < best[cell, 0]:
                best[cell, 0], best[cell, 1], best[cell, 2] = change, room, teacher
    return fitting
