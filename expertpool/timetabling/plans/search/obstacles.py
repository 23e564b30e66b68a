"""What must go before a lesson can stand somewhere."""

from __future__ import annotations

from expertpool.timetabling.compiling import Array, Random, below, inner, typed
from expertpool.timetabling.plans.search.layout import (
    ALL_CELLS,
    AWAY,
    BODY,
    BUSY,
    CELL,
    COMES_AFTER,
    CREW,
    DAY,
    DAY_LOAD,
    FOUND,
    FREE,
    HELD,
    LEAST_DAYS,
    LENGTH,
    LOAD,
    MAY_BEGIN,
    MAY_USE,
    MINUTES,
    MOST,
    MOST_DAY,
    MOST_DAYS,
    MOVES,
    NEVER,
    NOBODY,
    ONLINE,
    ORDERS,
    OTHER,
    PINNED,
    REACH,
    ROOM,
    SEQUENCE,
    SLOTS,
    TAUGHT,
    TRAVEL,
    WEEK,
    WEEK_BEGINS,
    WEEK_ENDS,
    WEEK_LOAD,
    WHEN,
    at,
    date_of,
    given,
    member,
    place_of,
    setting,
    trait,
    where,
)


@typed
def may_stand(facts: Array, lesson: int, cell: int, room: int, teacher: int) -> bool:
    """Tell whether a lesson may have a cell, a room and a teacher, whatever is in their diaries."""
    if given(facts, lesson, ONLINE) == (room >= 0) or given(facts, lesson, TAUGHT) != (teacher >= 0):
        return False
    if room >= 0 and not facts[at(facts, MAY_USE, lesson, room)]:
        return False
    if teacher >= 0 and not facts[at(facts, MAY_USE, lesson, teacher)]:
        return False
    return facts[at(facts, MAY_BEGIN, given(facts, lesson, WHEN), cell)] > 0


@inner
def _note(facts: Array, plan: Array, lesson: int, count: int) -> int:
    """Note a lesson among those found, unless it is one; -1 if it is pinned or one too many."""
    base = at(plan, FOUND, 0, 0)
    for number in range(count):
        if plan[base + number] == lesson:
            return count
    if given(facts, lesson, PINNED) or count == MOST:
        return -1
    plan[base + count] = lesson
    return count + 1


@inner
def in_time(facts: Array, plan: Array, body: int, lesson: int, room: int, value: int, gap: int) -> bool:
    """Tell whether a body has the time to come from a lesson to what it does so many cells off."""
    here = place_of(facts, body, lesson, room)
    there = BUSY - 1 - value
    if value >= 0:
        there = place_of(facts, body, value, where(plan, value, ROOM))
    return here < 0 or there < 0 or facts[at(facts, TRAVEL, here, there)] <= gap


@inner
def _in_the_way(facts: Array, plan: Array, lesson: int, body: int, cell: int, room: int, count: int) -> int:
    """Find what a body does at that time, or too near to it in another place."""
    end, slots = cell + given(facts, lesson, LENGTH), setting(facts, SLOTS)
    low = cell // slots * slots
    reach = setting(facts, REACH) if trait(facts, body, MOVES) else 0
    base = at(plan, HELD, body, 0)
    for number in range(max(low, cell - reach), min(low + slots, end + reach)):
        value = plan[base + number]
        if value in (FREE, lesson):
            continue
        if number < cell or number >= end:
            gap = cell - 1 - number if number < cell else number - end
            if value == AWAY or in_time(facts, plan, body, lesson, room, value, gap):
                continue
        if value < 0:
            return -1
        count = _note(facts, plan, value, count)
        if count < 0:
            return -1
    return count


@inner
def out_of_order(facts: Array, plan: Array, lesson: int, cell: int, count: int) -> int:
    """Find placed lessons that must come before or after, and would not."""
    for number in range(given(facts, lesson, SEQUENCE), given(facts, lesson + 1, SEQUENCE)):
        other = facts[at(facts, ORDERS, number, OTHER)]
        there = where(plan, other, CELL)
        if there == NOBODY or count < 0:
            continue
        if facts[at(facts, ORDERS, number, COMES_AFTER)]:
            earlier, end, later = there, there + given(facts, other, LENGTH), cell
        else:
            earlier, end, later = cell, cell + given(facts, lesson, LENGTH), there
        days = date_of(facts, later) - date_of(facts, earlier)
        if (
            days < facts[at(facts, ORDERS, number, LEAST_DAYS)]
            or days > facts[at(facts, ORDERS, number, MOST_DAYS)]
            or (days == 0 and end > later)
        ):
            count = _note(facts, plan, other, count)
    return count


@inner
def _relieve(
    facts: Array,
    plan: Array,
    random: Random,
    lesson: int,
    body: int,
    low: int,
    high: int,
    over: int,
    count: int,
) -> int:
    """Find lessons of a body between two cells until it has so many minutes less, counting those found."""
    base, noted = at(plan, HELD, body, 0), at(plan, FOUND, 0, 0)
    for number in range(-1, count):
        gone = plan[noted + number] if number >= 0 else lesson
        there = where(plan, gone, CELL)
        if low <= there < high and plan[base + there] == gone:
            over -= given(facts, gone, MINUTES)
    start = below(random, high - low) if over > 0 else 0
    for step in range(high - low):
        if over <= 0 or count < 0:
            break
        value = plan[base + low + (start + step) % (high - low)]
        if value < 0 or value == lesson or given(facts, value, PINNED):
            continue
        more = _note(facts, plan, value, count)
        if more > count:
            over -= given(facts, value, MINUTES)
        count = more
    return count if over <= 0 else -1


@inner
def _too_much(
    facts: Array, plan: Array, random: Random, lesson: int, body: int, cell: int, count: int
) -> int:
    """Find what a body must lose so as not to have too many minutes on the day, in the week, or in all."""
    slots = setting(facts, SLOTS)
    day = cell // slots
    week = facts[at(facts, DAY, day, WEEK)]
    minutes = given(facts, lesson, MINUTES)
    for period in range(3):
        most = facts[at(facts, BODY, body, MOST_DAY + period)]
        if most == NEVER or count < 0:
            continue
        low, high, load = 0, setting(facts, ALL_CELLS), plan[at(plan, LOAD, body, 0)]
        if period == 0:
            low, high, load = day * slots, (day + 1) * slots, plan[at(plan, DAY_LOAD, body, day)]
        elif period == 1:
            low, high = facts[at(facts, DAY, day, WEEK_BEGINS)], facts[at(facts, DAY, day, WEEK_ENDS)]
            load = plan[at(plan, WEEK_LOAD, body, week)]
        if load + minutes > most:
            over = load + minutes - most
            count = _relieve(facts, plan, random, lesson, body, low, high, over, count)
    return count


@typed
def obstacles(
    facts: Array, plan: Array, random: Random, lesson: int, cell: int, room: int, teacher: int
) -> int:
    """Note in FOUND the lessons that must go before one can stand there; return their number.

    Return -1 if it can't, or if they would be more than MOST.
    """
    first, last = given(facts, lesson, CREW), given(facts, lesson + 1, CREW)
    count = 0
    for number in range(first, last + 2):
        body = member(facts, number, last, teacher, room)
        if body >= 0:
            count = _in_the_way(facts, plan, lesson, body, cell, room, count)
            if count < 0:
                return -1
    count = out_of_order(facts, plan, lesson, cell, count)
    for number in range(first, last + 1):
        body = member(facts, number, last, teacher, room)
        if body >= 0 and count >= 0:
            count = _too_much(facts, plan, random, lesson, body, cell, count)
    return count
