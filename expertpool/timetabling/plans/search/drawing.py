"""Draw which lesson to try next, and where."""

from __future__ import annotations

from expertpool.timetabling.compiling import Array, Place, Random, below, inner
from expertpool.timetabling.plans.search.forecasting import pain
from expertpool.timetabling.plans.search.layout import (
    ALL_CELLS,
    CELL,
    COMES_AFTER,
    DATE,
    DAY,
    END,
    FIRST,
    FREE,
    HELD,
    KNOWN_CELL,
    KNOWN_ROOM,
    KNOWN_TEACHER,
    LEAST_DAYS,
    LENGTH,
    LISTS,
    MAY_MOVE,
    MOST_DAYS,
    MOVABLE,
    MOVABLES,
    NOBODY,
    ONLINE,
    ORDERS,
    OTHER,
    QUEUE,
    ROOM,
    ROOMS,
    SEQUENCE,
    SLOTS,
    TAUGHT,
    TEACHERS,
    TIMES,
    WAITING,
    WHEN,
    WHO,
    at,
    date_of,
    given,
    setting,
    total,
    where,
)
from expertpool.timetabling.plans.search.obstacles import may_stand


@inner
def any_lesson(facts: Array, plan: Array, random: Random) -> int:
    """Draw a lesson that may move; every other time one that waits, if any does; rather one that costs."""
    waiting = total(plan, WAITING)
    if waiting > 0 and below(random, 2) == 0:
        lesson = plan[at(plan, QUEUE, 0, below(random, waiting))]
        if given(facts, lesson, MAY_MOVE):
            return lesson
    lesson = facts[at(facts, MOVABLE, 0, below(random, setting(facts, MOVABLES)))]
    for _ in range(2):
        if where(plan, lesson, CELL) == NOBODY or pain(facts, plan, lesson) > 0:
            break
        lesson = facts[at(facts, MOVABLE, 0, below(random, setting(facts, MOVABLES)))]
    return lesson


@inner
def _first_at(facts: Array, first: int, end: int, cell: int) -> int:
    """Return where in a list of cells the first one at or after a cell is, by halving."""
    base = at(facts, LISTS, 0, 0)
    while first < end:
        middle = (first + end) // 2
        if facts[base + middle] < cell:
            first = middle + 1
        else:
            end = middle
    return first


@inner
def _cell_of_date(facts: Array, date: int) -> int:
    """Return the first cell at or after a date, by halving."""
    slots = setting(facts, SLOTS)
    first, end = 0, setting(facts, ALL_CELLS) // slots
    while first < end:
        middle = (first + end) // 2
        if facts[at(facts, DAY, middle, DATE)] < date:
            first = middle + 1
        else:
            end = middle
    return first * slots


@inner
def any_cell(facts: Array, plan: Array, random: Random, lesson: int) -> int:
    """Draw a cell where a lesson may begin; mostly one that suits the order of lessons."""
    when = given(facts, lesson, WHEN)
    first, end = facts[at(facts, TIMES, when, FIRST)], facts[at(facts, TIMES, when, END)]
    low, high = 0, setting(facts, ALL_CELLS)
    if below(random, 8) > 0:
        for number in range(given(facts, lesson, SEQUENCE), given(facts, lesson + 1, SEQUENCE)):
            other = facts[at(facts, ORDERS, number, OTHER)]
            there = where(plan, other, CELL)
            if there == NOBODY:
                continue
            date = date_of(facts, there)
            least = facts[at(facts, ORDERS, number, LEAST_DAYS)]
            most = facts[at(facts, ORDERS, number, MOST_DAYS)]
            if facts[at(facts, ORDERS, number, COMES_AFTER)]:
                low = max(low, there + given(facts, other, LENGTH), _cell_of_date(facts, date + least))
                high = min(high, _cell_of_date(facts, date + most + 1))
            else:
                high = min(high, there - given(facts, lesson, LENGTH) + 1)
                high = min(high, _cell_of_date(facts, date - least + 1))
                low = max(low, _cell_of_date(facts, date - most))
    one, other = _first_at(facts, first, end, low), _first_at(facts, first, end, high)
    if one < other:
        first, end = one, other
    return facts[at(facts, LISTS, 0, first + below(random, end - first))]


@inner
def _is_free(facts: Array, plan: Array, lesson: int, body: int, cell: int) -> bool:
    base = at(plan, HELD, body, cell)
    for value in plan[base : base + given(facts, lesson, LENGTH)]:
        if value != FREE and value != lesson:
            return False
    return True


@inner
def any_body(facts: Array, plan: Array, random: Random, lesson: int, column: int, cell: int) -> int:
    """Draw a room or a teacher; mostly one that is free."""
    first = given(facts, lesson, column)
    number = given(facts, lesson + 1, column) - first
    start = below(random, number)
    base = at(facts, LISTS, 0, first)
    if below(random, 8) > 0:
        for step in range(number):
            body = facts[base + (start + step) % number]
            if _is_free(facts, plan, lesson, body, cell):
                return body
    return facts[base + start]


@inner
def any_place(facts: Array, plan: Array, random: Random, lesson: int) -> Place:
    """Draw a place for a lesson: its published one, its own time with others, or any.

    Another time mostly keeps room and teacher: to change all at once seldom pays.
    """
    chance = below(random, 100)
    if given(facts, lesson, KNOWN_CELL) >= 0 and chance < 15:
        cell, room = given(facts, lesson, KNOWN_CELL), given(facts, lesson, KNOWN_ROOM)
        teacher = given(facts, lesson, KNOWN_TEACHER)
        if not may_stand(facts, lesson, cell, room, teacher):
            cell = NOBODY
        return cell, room, teacher
    cell, room, teacher = where(plan, lesson, CELL), where(plan, lesson, ROOM), where(plan, lesson, WHO)
    placed = cell != NOBODY
    same = placed and chance < 30
    if not same:
        cell = any_cell(facts, plan, random, lesson)
    kept = placed and (same or below(random, 8) > 0)
    if not given(facts, lesson, ONLINE) and (not kept or (same and chance % 2 == 0)):
        room = any_body(facts, plan, random, lesson, ROOMS, cell)
    if given(facts, lesson, TAUGHT) and (not kept or (same and chance % 2 == 1)):
        teacher = any_body(facts, plan, random, lesson, TEACHERS, cell)
    return cell, room, teacher
