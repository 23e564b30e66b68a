"""The place for a lesson that asks for the least easing."""

from __future__ import annotations

from expertpool.timetabling.compiling import Array, Table, inner, typed
from expertpool.timetabling.plans.search.layout import (
    AWAY,
    BUSY,
    CELL,
    CELL_MINUTES,
    COMES_AFTER,
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
    ORDERS,
    OTHER,
    REACH,
    SEQUENCE,
    SLOTS,
    WEEK,
    WEEK_LOAD,
    at,
    date_of,
    given,
    setting,
    trait,
    where,
)
from expertpool.timetabling.plans.search.obstacles import (
    in_time,
)

EASED = 1_000_000
"""What each easing costs besides its size: fewer easings come first."""
BUSY_PRICE, TIME_PRICE, DAY_PRICE = 12, 2, 2
"""The size of giving up what is fixed, of a half hour outside the times, of a day between lessons."""


@inner
def _half_hours(minutes: int) -> int:
    return (minutes + 29) // 30


@inner
def _over(minutes: int, most: int) -> int:
    return EASED + _half_hours(minutes - most) if minutes > most else 0


@inner
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
    if trait(facts, body, MOVES):
        day = cell // slots
        minutes, week = given(facts, lesson, MINUTES), facts[at(facts, DAY, day, WEEK)]
        price += _over(plan[at(plan, DAY_LOAD, body, day)] + minutes, trait(facts, body, MOST_DAY))
        price += _over(plan[at(plan, WEEK_LOAD, body, week)] + minutes, trait(facts, body, MOST_WEEK))
        price += _over(plan[at(plan, LOAD, body, 0)] + minutes, trait(facts, body, MOST_ALL))
    return price


@inner
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
        days = date_of(facts, later) - date_of(facts, earlier)
        few = facts[at(facts, ORDERS, number, LEAST_DAYS)] - days
        many = days - facts[at(facts, ORDERS, number, MOST_DAYS)]
        if few > 0 or many > 0:
            price += EASED + DAY_PRICE * max(few, many)
    return price


@inner
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
        if not in_time(facts, plan, body, lesson, room, value, gap):
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
