"""The least by which a step can change the cost, told by sums that are kept, without trying it."""

from __future__ import annotations

from expertpool.timetabling.compiling import Array, inner
from expertpool.timetabling.plans.search.costs import own_cost, week_change
from expertpool.timetabling.plans.search.layout import (
    CELL,
    COURSE,
    CREW,
    DAY,
    DAY_COST,
    DIFFERENT,
    MINUTES,
    NOBODY,
    ROOM,
    SAME_TEACHER,
    SLOTS,
    TAUGHT_BY,
    UNPLACED,
    WEEK,
    WHO,
    at,
    given,
    member,
    setting,
    weight,
    where,
)


@inner
def _days(facts: Array, plan: Array, lesson: int, cell: int, teacher: int) -> int:
    """Return what the days of a lesson's crew and teacher cost."""
    first, last = given(facts, lesson, CREW), given(facts, lesson + 1, CREW)
    day, cost = cell // setting(facts, SLOTS), 0
    for number in range(first, last + 1):
        body = member(facts, number, last, teacher, NOBODY)
        if body >= 0:
            cost += plan[at(plan, DAY_COST, body, day)]
    return cost


@inner
def pain(facts: Array, plan: Array, lesson: int) -> int:
    """Return what a placed lesson and the days of its bodies cost: no step of it alone can gain more, but
    for weeks and teachers of a course."""
    cell, room, teacher = where(plan, lesson, CELL), where(plan, lesson, ROOM), where(plan, lesson, WHO)
    return own_cost(facts, lesson, cell, room, teacher) + _days(facts, plan, lesson, cell, teacher)


@inner
def _weeks(facts: Array, plan: Array, lesson: int, was: int, cell: int) -> int:
    """Return the change of the weeks' cost when a lesson goes from one cell (or NOBODY) to another."""
    slots, minutes, cost = setting(facts, SLOTS), given(facts, lesson, MINUTES), 0
    week = facts[at(facts, DAY, cell // slots, WEEK)]
    before = facts[at(facts, DAY, was // slots, WEEK)] if was != NOBODY else NOBODY
    if week == before:
        return 0
    for number in range(given(facts, lesson, CREW), given(facts, lesson + 1, CREW)):
        body = member(facts, number, number + 1, NOBODY, NOBODY)
        cost += week_change(facts, plan, body, week, minutes)
        if before != NOBODY:
            cost += week_change(facts, plan, body, before, -minutes)
    return cost


@inner
def _teachers(facts: Array, plan: Array, lesson: int, was: int, teacher: int) -> int:
    """Return the change of what a course's teachers cost when a lesson gets another (or NOBODY had one)."""
    course = given(facts, lesson, COURSE)
    if course < 0 or was == teacher or teacher < 0:
        return 0
    before = plan[at(plan, DIFFERENT, course, 0)]
    after = before + (plan[at(plan, TAUGHT_BY, course, teacher)] == 0)
    if was >= 0:
        after -= plan[at(plan, TAUGHT_BY, course, was)] == 1
    return weight(facts, SAME_TEACHER) * (max(0, after - 1) - max(0, before - 1))


@inner
def least_change(facts: Array, plan: Array, lesson: int, cell: int, room: int, teacher: int) -> int:
    """Return the least by which the cost changes when a lesson goes there, if nothing is in its way.

    Own cost, weeks and teachers are known; days can at best cost nothing afterwards.
    """
    was = where(plan, lesson, CELL)
    change = own_cost(facts, lesson, cell, room, teacher) + _weeks(facts, plan, lesson, was, cell)
    change -= _days(facts, plan, lesson, cell, teacher)
    if was == NOBODY:
        return change - weight(facts, UNPLACED) + _teachers(facts, plan, lesson, NOBODY, teacher)
    change += _teachers(facts, plan, lesson, where(plan, lesson, WHO), teacher)
    return change - pain(facts, plan, lesson)
