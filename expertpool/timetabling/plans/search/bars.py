"""What bars a lesson from places."""

from __future__ import annotations

from expertpool.timetabling.compiling import Array, Table, inner, typed
from expertpool.timetabling.plans.search.layout import (
    AWAY,
    CREW,
    DAY,
    DAY_LOAD,
    FREE,
    HELD,
    LENGTH,
    LISTS,
    LOAD,
    MINUTES,
    MOST_ALL,
    MOST_DAY,
    MOST_WEEK,
    MOVES,
    NOBODY,
    ONLINE,
    REACH,
    ROOMS,
    SLOTS,
    TAUGHT,
    TEACHERS,
    WEEK,
    WEEK_LOAD,
    at,
    given,
    member,
    setting,
    trait,
)
from expertpool.timetabling.plans.search.obstacles import (
    in_time,
    out_of_order,
)

BAR_NOTHING, BAR_TIME, BAR_BUSY, BAR_TWICE, BAR_TRAVEL, BAR_DAY, BAR_WEEK, BAR_ALL = range(8)
"""What keeps a body from a lesson."""


@inner
def _bar(facts: Array, plan: Array, lesson: int, body: int, cell: int, room: int) -> int:
    """Return what keeps a body from a lesson there: BAR_TIME and so on, or BAR_NOTHING."""
    end, slots = cell + given(facts, lesson, LENGTH), setting(facts, SLOTS)
    low, day = cell // slots * slots, cell // slots
    person = trait(facts, body, MOVES)
    reach = setting(facts, REACH) if person else 0
    base, far = at(plan, HELD, body, 0), False
    for number in range(max(low, cell - reach), min(low + slots, end + reach)):
        value = plan[base + number]
        if value in (FREE, lesson):
            continue
        if cell <= number < end:
            return BAR_TWICE if value >= 0 else (BAR_TIME if value == AWAY else BAR_BUSY)
        gap = cell - 1 - number if number < cell else number - end
        far = far or (value != AWAY and not in_time(facts, plan, body, lesson, room, value, gap))
    if far:
        return BAR_TRAVEL
    if person:
        minutes, week = given(facts, lesson, MINUTES), facts[at(facts, DAY, day, WEEK)]
        if plan[at(plan, DAY_LOAD, body, day)] + minutes > trait(facts, body, MOST_DAY):
            return BAR_DAY
        if plan[at(plan, WEEK_LOAD, body, week)] + minutes > trait(facts, body, MOST_WEEK):
            return BAR_WEEK
        if plan[at(plan, LOAD, body, 0)] + minutes > trait(facts, body, MOST_ALL):
            return BAR_ALL
    return BAR_NOTHING


@typed
def bars(facts: Array, plan: Array, lesson: int, cells: Table, counts: Table) -> int:
    """Count what bars a lesson without a place from each cell with each of its rooms and teachers.

    `cells[i, 0]` are the cells. `counts[b, bar]` is raised for each body, and the last row, at 0, for orders;
    a place that several things bar counts for each. Return how many places there are.
    """
    first, last = given(facts, lesson, CREW), given(facts, lesson + 1, CREW)
    rooms = given(facts, lesson + 1, ROOMS) - given(facts, lesson, ROOMS)
    teachers = given(facts, lesson + 1, TEACHERS) - given(facts, lesson, TEACHERS)
    rooms = 1 if given(facts, lesson, ONLINE) else rooms
    teachers = teachers if given(facts, lesson, TAUGHT) else 1
    for number in range(len(cells)):
        cell = cells[number, 0]
        disorder = out_of_order(facts, plan, lesson, cell, 0) != 0
        for pair in range(rooms * teachers):
            room, teacher = NOBODY, NOBODY
            if not given(facts, lesson, ONLINE):
                room = facts[at(facts, LISTS, 0, given(facts, lesson, ROOMS) + pair // teachers)]
            if given(facts, lesson, TAUGHT):
                teacher = facts[at(facts, LISTS, 0, given(facts, lesson, TEACHERS) + pair % teachers)]
            counts[len(counts) - 1, 0] += disorder
            for place in range(first, last + 2):
                body = member(facts, place, last, teacher, room)
                if body >= 0:
                    counts[body, _bar(facts, plan, lesson, body, cell, room)] += 1
    return len(cells) * rooms * teachers
