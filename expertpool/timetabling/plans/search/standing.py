"""Put a lesson somewhere, and take it away; every sum that this changes is kept.

Of a body's day, only that day is counted again.
"""

from __future__ import annotations

from expertpool.timetabling.compiling import Array, inner, typed
from expertpool.timetabling.plans.search.costs import day_cost, own_cost, week_change
from expertpool.timetabling.plans.search.layout import (
    ALL_LESSONS,
    BEST,
    CELL,
    COST,
    COURSE,
    CREW,
    DAY,
    DAY_COST,
    DAY_LOAD,
    DIFFERENT,
    FREE,
    HELD,
    JUDGED,
    LEAST,
    LENGTH,
    LOAD,
    MINUTES,
    MOVES,
    NOBODY,
    NOT_JUDGED,
    QUEUE,
    QUEUED,
    ROOM,
    SAME_TEACHER,
    SLOTS,
    TAUGHT_BY,
    TOTAL,
    UNPLACED,
    WAITING,
    WEEK,
    WEEK_LOAD,
    WHERE,
    WHO,
    at,
    given,
    member,
    setting,
    total,
    trait,
    weight,
    where,
)
from expertpool.timetabling.plans.search.writing import add, begin, pay, write


@inner
def _load(facts: Array, plan: Array, body: int, cell: int, minutes: int) -> None:
    """Add minutes to a person's sums, and count what the person's day and week cost now."""
    day = cell // setting(facts, SLOTS)
    week = facts[at(facts, DAY, day, WEEK)]
    pay(plan, week_change(facts, plan, body, week, minutes))
    add(plan, at(plan, DAY_LOAD, body, day), minutes)
    add(plan, at(plan, WEEK_LOAD, body, week), minutes)
    add(plan, at(plan, LOAD, body, 0), minutes)
    if trait(facts, body, JUDGED) != NOT_JUDGED:
        cost, place = day_cost(facts, plan, body, day), at(plan, DAY_COST, body, day)
        if cost != plan[place]:
            pay(plan, cost - plan[place])
            write(plan, place, cost)


@inner
def _teach(facts: Array, plan: Array, course: int, teacher: int, sign: int) -> None:
    """Count a lesson among those of a course by a teacher (sign 1), or no longer (sign -1)."""
    place, number = at(plan, TAUGHT_BY, course, teacher), at(plan, DIFFERENT, course, 0)
    add(plan, place, sign)
    if plan[place] == (sign > 0):
        was = max(0, plan[number] - 1)
        add(plan, number, sign)
        pay(plan, weight(facts, SAME_TEACHER) * (max(0, plan[number] - 1) - was))


@inner
def _mark(facts: Array, plan: Array, lesson: int, sign: int) -> None:
    """Let a lesson stand in the diaries of all its bodies (sign 1), or no longer (sign -1)."""
    cell, room, teacher = where(plan, lesson, CELL), where(plan, lesson, ROOM), where(plan, lesson, WHO)
    first, last = given(facts, lesson, CREW), given(facts, lesson + 1, CREW)
    for number in range(first, last + 2):
        body = member(facts, number, last, teacher, room)
        if body < 0:
            continue
        base = at(plan, HELD, body, cell)
        for place in range(base, base + given(facts, lesson, LENGTH)):
            write(plan, place, lesson if sign > 0 else FREE)
        if trait(facts, body, MOVES):
            _load(facts, plan, body, cell, sign * given(facts, lesson, MINUTES))
    course = given(facts, lesson, COURSE)
    if teacher >= 0 and course >= 0:
        _teach(facts, plan, course, teacher, sign)


@inner
def _enqueue(plan: Array, lesson: int) -> None:
    count = at(plan, TOTAL, 0, WAITING)
    write(plan, at(plan, QUEUE, 0, plan[count]), lesson)
    write(plan, at(plan, QUEUED, 0, lesson), plan[count])
    add(plan, count, 1)


@inner
def _dequeue(plan: Array, lesson: int) -> None:
    """Take a lesson from the queue; the last one there comes into its place."""
    count, spot = at(plan, TOTAL, 0, WAITING), plan[at(plan, QUEUED, 0, lesson)]
    last = plan[at(plan, QUEUE, 0, plan[count] - 1)]
    write(plan, at(plan, QUEUE, 0, spot), last)
    write(plan, at(plan, QUEUED, 0, last), spot)
    add(plan, count, -1)


@inner
def stand(facts: Array, plan: Array, lesson: int, cell: int, room: int, teacher: int) -> None:
    """Place a lesson that has no place."""
    base = at(plan, WHERE, lesson, 0)
    write(plan, base, cell)
    write(plan, base + 1, room)
    write(plan, base + 2, teacher)
    _dequeue(plan, lesson)
    pay(plan, own_cost(facts, lesson, cell, room, teacher) - weight(facts, UNPLACED))
    _mark(facts, plan, lesson, 1)


@inner
def leave(facts: Array, plan: Array, lesson: int) -> None:
    """Take a lesson from its place."""
    cell, room, teacher = where(plan, lesson, CELL), where(plan, lesson, ROOM), where(plan, lesson, WHO)
    _enqueue(plan, lesson)
    pay(plan, weight(facts, UNPLACED) - own_cost(facts, lesson, cell, room, teacher))
    _mark(facts, plan, lesson, -1)
    write(plan, at(plan, WHERE, lesson, CELL), NOBODY)


@typed
def put(facts: Array, plan: Array, lesson: int, cell: int, room: int, teacher: int) -> None:
    """Place a lesson that has no place, for good."""
    begin(plan)
    stand(facts, plan, lesson, cell, room, teacher)


@typed
def keep(facts: Array, plan: Array) -> None:
    """Note the plan at hand as the best."""
    plan[at(plan, TOTAL, 0, LEAST)] = total(plan, COST)
    source, target = at(plan, WHERE, 0, 0), at(plan, BEST, 0, 0)
    for number in range(3 * setting(facts, ALL_LESSONS)):
        plan[target + number] = plan[source + number]
