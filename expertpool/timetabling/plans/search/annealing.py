"""The steps of the search."""

from __future__ import annotations

import numpy as np

from expertpool.timetabling.compiling import Array, Random, below, fraction, inner, typed
from expertpool.timetabling.plans.search.drawing import any_body, any_cell, any_lesson, any_place
from expertpool.timetabling.plans.search.forecasting import least_change
from expertpool.timetabling.plans.search.layout import (
    CELL,
    COST,
    FOUND,
    LEAST,
    MAY_BEGIN,
    NOBODY,
    ROOM,
    ROOMS,
    SAVED,
    TEACHERS,
    UNPLACED,
    WHEN,
    WHO,
    at,
    given,
    total,
    weight,
    where,
)
from expertpool.timetabling.plans.search.obstacles import obstacles
from expertpool.timetabling.plans.search.standing import keep, leave, stand
from expertpool.timetabling.plans.search.writing import begin, undo

TRIES = 8
"""So many places are tried for a lesson that was in the way."""


@inner
def _lift(facts: Array, plan: Array, number: int, lesson: int) -> None:
    """Take a lesson from its place, if it has one, and save where it was."""
    base = at(plan, SAVED, number, 0)
    plan[base] = lesson
    for column in range(3):
        plan[base + 1 + column] = where(plan, lesson, column)
    if where(plan, lesson, CELL) != NOBODY:
        leave(facts, plan, lesson)


@inner
def _settle(facts: Array, plan: Array, random: Random, number: int) -> bool:
    """Put a lifted lesson where the first was, else where it was, else anywhere, if it fits."""
    base = at(plan, SAVED, number, 0)
    lesson = plan[base]
    for attempt in range(TRIES):
        cell, room, teacher = plan[base + 1], plan[base + 2], plan[base + 3]
        if attempt == 0:
            cell = plan[at(plan, SAVED, 0, 1)]
            if cell == NOBODY or not facts[at(facts, MAY_BEGIN, given(facts, lesson, WHEN), cell)]:
                continue
        elif attempt > 2:
            cell = any_cell(facts, plan, random, lesson)
        if attempt > 0 and room >= 0:
            room = any_body(facts, plan, random, lesson, ROOMS, cell)
        if attempt > 0 and teacher >= 0 and below(random, 2) == 0:
            teacher = any_body(facts, plan, random, lesson, TEACHERS, cell)
        if obstacles(facts, plan, random, lesson, cell, room, teacher) == 0:
            stand(facts, plan, lesson, cell, room, teacher)
            return True
    return False


@inner
def _displace(
    facts: Array,
    plan: Array,
    random: Random,
    lesson: int,
    count: int,
    cell: int,
    room: int,
    teacher: int,
    most: float,
) -> None:
    """Put a lesson there, and the `count` found where they fit, as long as the cost may end below `most`."""
    _lift(facts, plan, 0, lesson)
    for number in range(count):
        _lift(facts, plan, number + 1, plan[at(plan, FOUND, 0, number)])
    stand(facts, plan, lesson, cell, room, teacher)
    for number in range(1, count + 1):
        left = (count + 1 - number) * weight(facts, UNPLACED)
        if total(plan, COST) - left > most:
            return
        _settle(facts, plan, random, number)


@typed
def anneal(facts: Array, plan: Array, random: Random, steps: int, temperature: float) -> None:
    """Try so many steps at one temperature."""
    for _ in range(steps):
        lesson = any_lesson(facts, plan, random)
        cell, room, teacher = any_place(facts, plan, random, lesson)
        if cell == NOBODY or (
            cell == where(plan, lesson, CELL)
            and room == where(plan, lesson, ROOM)
            and teacher == where(plan, lesson, WHO)
        ):
            continue
        limit = -temperature * np.log(fraction(random))
        if least_change(facts, plan, lesson, cell, room, teacher) > limit:
            continue
        count = obstacles(facts, plan, random, lesson, cell, room, teacher)
        if count < 0:
            continue
        begin(plan)
        most = total(plan, COST) + limit
        _displace(facts, plan, random, lesson, count, cell, room, teacher, most)
        if total(plan, COST) > most:
            undo(plan)
        elif total(plan, COST) < total(plan, LEAST):
            keep(facts, plan)
