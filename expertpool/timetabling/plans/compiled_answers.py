"""Answers about one lesson that has no place in a plan, compiled: where it fits, what bars it, what would
help.

Tables, columns and values are those of `compiled`; who changes functions there that are used here clears
the caches (`__pycache__`), because numba's cache looks for changes in the file of a function alone.
"""

from __future__ import annotations

from expertpool.timetabling.compiling import Array, Random, Table, typed
from expertpool.timetabling.plans.compiled import (
    AWAY,
    BODY,
    BUSY,
    CELL,
    CELL_MINUTES,
    CELLS,
    COMES_AFTER,
    COST,
    CREW,
    DAY,
    DAY_LOAD,
    FREE,
    HELD,
    LEAST_DAYS,
    LENGTH,
    LISTS,
    LOAD,
    MINUTES,
    MOST_ALL,
    MOST_DAY,
    MOST_DAYS,
    MOST_WEEK,
    MOVES,
    NEVER,
    NOBODY,
    ONLINE,
    ORDERS,
    OTHER,
    REACH,
    ROOMS,
    SEQUENCE,
    SLOTS,
    TAUGHT,
    TEACHERS,
    WEEK,
    WEEK_LOAD,
    _date,
    _in_time,
    _member,
    _out_of_order,
    at,
    given,
    lift,
    obstacles,
    put,
    setting,
    total,
    where,
)

BAR_NOTHING, BAR_TIME, BAR_BUSY, BAR_TWICE, BAR_TRAVEL, BAR_DAY, BAR_WEEK, BAR_ALL = range(8)
"""What keeps a body from a lesson."""
EASED = 1_000_000
"""What each easing costs besides its size: fewer easings come first."""
BUSY_PRICE, TIME_PRICE, DAY_PRICE = 12, 2, 2
"""The size of giving up what is fixed, of a half hour outside the times, of a day between lessons."""


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
    for number in range(given(facts, lesson, CELLS), given(facts, lesson + 1, CELLS)):
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
            put(facts, plan, lesson, cell, room, teacher)
            change = total(plan, COST) - before
            lift(facts, plan, lesson)
            if change < best[cell, 0]:
                best[cell, 0], best[cell, 1], best[cell, 2] = change, room, teacher
    return fitting


@typed
def _bar(facts: Array, plan: Array, lesson: int, body: int, cell: int, room: int) -> int:
    """Return what keeps a body from a lesson there: BAR_TIME and so on, or BAR_NOTHING."""
    end, slots = cell + given(facts, lesson, LENGTH), setting(facts, SLOTS)
    low, day = cell // slots * slots, cell // slots
    person = facts[at(facts, BODY, body, MOVES)]
    reach = setting(facts, REACH) if person else 0
    base, far = at(plan, HELD, body, 0), False
    for number in range(max(low, cell - reach), min(low + slots, end + reach)):
        value = plan[base + number]
        if value in (FREE, lesson):
            continue
        if cell <= number < end:
            return BAR_TWICE if value >= 0 else (BAR_TIME if value == AWAY else BAR_BUSY)
        gap = cell - 1 - number if number < cell else number - end
        far = far or (value != AWAY and not _in_time(facts, plan, body, lesson, room, value, gap))
    if far:
        return BAR_TRAVEL
    if person:
        minutes, week = given(facts, lesson, MINUTES), facts[at(facts, DAY, day, WEEK)]
        if plan[at(plan, DAY_LOAD, body, day)] + minutes > facts[at(facts, BODY, body, MOST_DAY)]:
            return BAR_DAY
        if plan[at(plan, WEEK_LOAD, body, week)] + minutes > facts[at(facts, BODY, body, MOST_WEEK)]:
            return BAR_WEEK
        if plan[at(plan, LOAD, body, 0)] + minutes > facts[at(facts, BODY, body, MOST_ALL)]:
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
        disorder = _out_of_order(facts, plan, lesson, cell, 0) != 0
        for pair in range(rooms * teachers):
            room, teacher = NOBODY, NOBODY
            if not given(facts, lesson, ONLINE):
                room = facts[at(facts, LISTS, 0, given(facts, lesson, ROOMS) + pair // teachers)]
            if given(facts, lesson, TAUGHT):
                teacher = facts[at(facts, LISTS, 0, given(facts, lesson, TEACHERS) + pair % teachers)]
            counts[len(counts) - 1, 0] += disorder
            for place in range(first, last + 2):
                body = _member(facts, place, last, teacher, room)
                if body >= 0:
                    counts[body, _bar(facts, plan, lesson, body, cell, room)] += 1
    return len(cells) * rooms * teachers


@typed
def _half_hours(minutes: int) -> int:
    return (minutes + 29) // 30


@typed
def _over(minutes: int, most: int) -> int:
    return EASED + _half_hours(minutes - most) if minutes > most else 0


@typed
def _price(facts: Array, plan: Array, away: Table, lesson: int, body: int, cell: int) -> int:
    """Return what must be eased for a body to be at a lesson, travel aside; NEVER if it holds another."""
    length, slots = given(facts, lesson, LENGTH), setting(facts, SLOTS)
    base, busy, outside = at(plan, HELD, body, cell), False, 0
    for number in range(length):
        value = plan[base + number]
        if value >= 0 and value != lesson:
            return NEVER
        busy = busy or value <= BUSY
        outside += away[body, cell + number]
    price = EASED + BUSY_PRICE if busy else 0
    if outside:
        price += EASED + TIME_PRICE * _half_hours(outside * setting(facts, CELL_MINUTES))
    if facts[at(facts, BODY, body, MOVES)]:
        day = cell // slots
        minutes, week = given(facts, lesson, MINUTES), facts[at(facts, DAY, day, WEEK)]
        price += _over(plan[at(plan, DAY_LOAD, body, day)] + minutes, facts[at(facts, BODY, body, MOST_DAY)])
        price += _over(
            plan[at(plan, WEEK_LOAD, body, week)] + minutes, facts[at(facts, BODY, body, MOST_WEEK)]
        )
        price += _over(plan[at(plan, LOAD, body, 0)] + minutes, facts[at(facts, BODY, body, MOST_ALL)])
    return price


@typed
def _order_price(facts: Array, plan: Array, lesson: int, cell: int) -> int:
    """Return what must be eased of orders for a lesson to begin there; NEVER if the order is reversed."""
    price = 0
    for number in range(given(facts, lesson, SEQUENCE), given(facts, lesson + 1, SEQUENCE)):
        other = facts[at(facts, ORDERS, number, OTHER)]
        there = where(plan, other, CELL)
        if there == NOBODY:
            continue
        if facts[at(facts, ORDERS, number, COMES_AFTER)]:
            earlier, end, later = there, there + given(facts, other, LENGTH), cell
        else:
            earlier, end, later = cell, cell + given(facts, lesson, LENGTH), there
        if end > later:
            return NEVER
        days = _date(facts, later) - _date(facts, earlier)
        few = facts[at(facts, ORDERS, number, LEAST_DAYS)] - days
        many = days - facts[at(facts, ORDERS, number, MOST_DAYS)]
        if few > 0 or many > 0:
            price += EASED + DAY_PRICE * max(few, many)
    return price


@typed
def _arrives(facts: Array, plan: Array, lesson: int, body: int, cell: int, room: int) -> bool:
    """Tell whether a person has the time to come and to go."""
    end, slots = cell + given(facts, lesson, LENGTH), setting(facts, SLOTS)
    low, reach = cell // slots * slots, setting(facts, REACH)
    base = at(plan, HELD, body, 0)
    for number in range(max(low, cell - reach), min(low + slots, end + reach)):
        value = plan[base + number]
        if value in (FREE, AWAY, lesson) or cell <= number < end:
            continue
        gap = cell - 1 - number if number < cell else number - end
        if not _in_time(facts, plan, body, lesson, room, value, gap):
            return False
    return True


@typed
def cheapest_easing(
    facts: Array,
    plan: Array,
    away: Table,
    lesson: int,
    cells: Table,
    rooms: Table,
    teachers: Table,
    best: Table,
) -> None:
    """Find the place for a lesson without one that asks for the least easing.

    `cells`, `rooms` and `teachers` hold (number, price) of all that come into question: cells with the
    price of their day and time, rooms and teachers (NOBODY for a new one, or for none) with that of using
    them at all. `best[0]` becomes (price, cell, room, teacher), or keeps a price of NEVER.
    """
    first, last = given(facts, lesson, CREW), given(facts, lesson + 1, CREW)
    for number in range(len(cells)):
        cell = cells[number, 0]
        base = cells[number, 1] + _order_price(facts, plan, lesson, cell)
        for place in range(first, last):
            if base < best[0, 0]:
                base += _price(facts, plan, away, lesson, facts[at(facts, LISTS, 0, place)], cell)
        for choice in range(len(rooms)):
            room = rooms[choice, 0]
            with_room = base + rooms[choice, 1]
            if with_room < best[0, 0] and room != NOBODY:
                with_room += _price(facts, plan, away, lesson, room, cell)
            for place in range(first, last):
                if with_room < best[0, 0]:
                    body = facts[at(facts, LISTS, 0, place)]
                    if not _arrives(facts, plan, lesson, body, cell, room):
                        with_room = NEVER
            for other in range(len(teachers)):
                teacher = teachers[other, 0]
                price = with_room + teachers[other, 1]
                if price < best[0, 0] and teacher != NOBODY:
                    price += _price(facts, plan, away, lesson, teacher, cell)
                    if not _arrives(facts, plan, lesson, teacher, cell, room):
                        price = NEVER
                if price < best[0, 0]:
                    best[0, 0], best[0, 1], best[0, 2], best[0, 3] = price, cell, room, teacher
