"""The search itself: annealing over moves that put one lesson somewhere and whatever is in the way elsewhere.

A *cell* is a part of the grid of one day; a *body* is whatever can be in one place only: a group of
trainees, a teacher, a room. The plan at hand breaks no hard rule at any time. A step puts a lesson into a
cell, with a room and a teacher; lessons in the way (of the same bodies, out of order, beyond a load) are
lifted first and put elsewhere if they fit, or wait without a place. The step is taken when its change of
cost is at most -T ln(u), for u drawn evenly from (0, 1): the rule of Metropolis; else it is undone. Every
sum that a step changes is kept; of a body's day, only that day is counted again.

All tables of what is given lie in one array, `facts`, and all that changes in another, `plan`: to pass
forty arrays to each function took nine tenths of the time, and minutes to compile. An array begins with
where each table begins and how wide its rows are; `at` finds an entry.

All its own compiled functions stand in this one file, because numba's cache looks for changes in the file
of the function alone.
"""

from __future__ import annotations

import numpy as np

from expertpool.timetabling.compiling import Array, Place, Random, below, fraction, typed

NOBODY = -1
FREE, AWAY, BUSY = -1, -2, -3
"""What a cell of a body holds besides lessons: nothing, no wish to work, or (BUSY and below) something
fixed at place BUSY - 1 - value, so that BUSY itself is at no place known."""
ELSEWHERE = -2
"""The cell of a published lesson that no place equals."""
NEVER = 1 << 30
MOST = 4
"""So many lessons at most are lifted for one."""

# Tables of `facts`, by number of lesson (l), cell (c), day (d), week (w), body (b) and place (p); columns
(
    LESSON,
    LISTS,
    ORDERS,
    MAY_BEGIN,
    MAY_USE,
    MOVABLE,
    BODY,
    TRAVEL,
    LIKED,
    TEACHING,
    DAY,
    SHARE,
    EMPTY,
    WEIGHT,
    SETTING,
) = range(15)
LENGTH, MINUTES, COURSE, EXAM, ONLINE, HYBRID, TAUGHT, PINNED = range(8)
KNOWN_CELL, KNOWN_ROOM, KNOWN_TEACHER = 8, 9, 10
CELLS, ROOMS, TEACHERS, CREW, SEQUENCE = range(11, 16)
"""LESSON [l + 1]: the last five are where its part begins in LISTS (cells where it may begin, rooms,
teachers, the bodies that must be there) and ORDERS; it ends where that of l + 1 begins."""
OTHER, COMES_AFTER, LEAST_DAYS, MOST_DAYS = range(4)
"""ORDERS: the other lesson, whether this one comes after it, days between."""
MOST_DAY, MOST_WEEK, MOST_ALL, JUDGED, TRAVELS, SPREADS, REMOTE, MOVES, PLACE = range(9)
"""BODY [b]: MOVES is 0 for rooms; PLACE is theirs, and 0 is online."""
NOT_JUDGED, COHORT, TEACHER = range(3)
DATE, WEEK, IS_PROVISIONAL, WEEK_BEGINS, WEEK_ENDS = range(5)
"""DAY [d]: the last two are cells."""
REACH, SLOTS, ALL_CELLS, CELL_MINUTES, MOVABLES, ALL_LESSONS = range(6)
"""SETTING: the farthest travel in cells; cells a day, and in all; lessons that may move, and all.

MAY_BEGIN [l, c]; MAY_USE [l, b]; TRAVEL [p, p] in cells; LIKED [b, c]; SHARE [b, w] minutes if evenly
spread; EMPTY [l, b] tens of empty seats."""
(
    UNPLACED,
    MOVED,
    REASSIGNED,
    PROVISIONAL,
    TEACHER_TIME,
    GAP,
    TEACHER_GAP,
    TRAVEL_DAY,
    SPREAD,
    COURSE_DAY,
    SAME_ROOM,
    SAME_TEACHER,
    EXAM_DAY,
    EMPTY_SEATS,
) = range(14)
"""WEIGHT, in the order of `Weights`."""

# Tables of `plan`
WHERE, HELD, DAY_LOAD, WEEK_LOAD, LOAD, DAY_COST, TAUGHT_BY, DIFFERENT, TOTAL, BEST, FOUND, SAVED, SEEN = (
    range(13)
)
"""HELD [b, c]: a lesson, or FREE, AWAY, BUSY and below. DAY_LOAD [b, d], WEEK_LOAD [b, w] and LOAD [b] in
minutes. TAUGHT_BY [course, b]: lessons by a teacher; DIFFERENT [course]: teachers. FOUND: lessons in the
way. SAVED: lesson, cell, room, teacher, to undo a step. SEEN: numbers seen on a day that is counted."""
CELL, ROOM, WHO = range(3)
"""WHERE and BEST [l]: cell (NOBODY without a place), room, teacher."""
COST, LEAST, WAITING = range(3)
"""TOTAL: the cost, that of the best plan, lessons without a place."""


@typed
def at(tables: Array, table: int, row: int, column: int) -> int:
    """Return where an entry is."""
    return tables[2 * table] + row * tables[2 * table + 1] + column


@typed
def given(facts: Array, lesson: int, column: int) -> int:
    """Return what is given of a lesson."""
    return facts[at(facts, LESSON, lesson, column)]


@typed
def setting(facts: Array, column: int) -> int:
    """Return a size."""
    return facts[at(facts, SETTING, 0, column)]


@typed
def weight(facts: Array, rule: int) -> int:
    """Return what a unit of a rule costs."""
    return facts[at(facts, WEIGHT, 0, rule)]


@typed
def where(plan: Array, lesson: int, column: int) -> int:
    """Return the cell, the room or the teacher of a lesson."""
    return plan[at(plan, WHERE, lesson, column)]


@typed
def total(plan: Array, column: int) -> int:
    """Return a sum over the whole plan."""
    return plan[at(plan, TOTAL, 0, column)]


@typed
def _pay(plan: Array, cost: int) -> None:
    plan[at(plan, TOTAL, 0, COST)] += cost


@typed
def _own_cost(facts: Array, plan: Array, lesson: int) -> int:
    """Return what a placed lesson costs whatever others do."""
    cell, room, teacher = where(plan, lesson, CELL), where(plan, lesson, ROOM), where(plan, lesson, WHO)
    cost = 0
    if facts[at(facts, DAY, cell // setting(facts, SLOTS), IS_PROVISIONAL)]:
        cost += weight(facts, PROVISIONAL)
    known = given(facts, lesson, KNOWN_CELL)
    if known != NOBODY:
        if known != cell:
            cost += weight(facts, MOVED)
        elif given(facts, lesson, KNOWN_ROOM) != room or given(facts, lesson, KNOWN_TEACHER) != teacher:
            cost += weight(facts, REASSIGNED)
    if teacher >= 0:
        base = at(facts, LIKED, teacher, cell)
        for liked in facts[base : base + given(facts, lesson, LENGTH)]:
            if not liked:
                cost += weight(facts, TEACHER_TIME)
                break
    if room >= 0:
        cost += weight(facts, EMPTY_SEATS) * facts[at(facts, EMPTY, lesson, room)]
    return cost


@typed
def _member(facts: Array, number: int, last: int, teacher: int, room: int) -> int:
    """Return one of a lesson's bodies: its crew, which ends at `last`, then its teacher, then its room."""
    if number < last:
        return facts[at(facts, LISTS, 0, number)]
    return teacher if number == last else room


@typed
def _place(facts: Array, body: int, lesson: int, room: int) -> int:
    """Return where a body is during a lesson; -1 if that is not known."""
    if given(facts, lesson, ONLINE):
        return 0
    if given(facts, lesson, HYBRID) and facts[at(facts, BODY, body, REMOTE)]:
        return 0
    return facts[at(facts, BODY, room, PLACE)] if room >= 0 else -1


@typed
def _unseen(plan: Array, row: int, count: int, number: int) -> int:
    """Tell whether a number is not among `count` seen; note it then."""
    base = at(plan, SEEN, row, 0)
    for place in range(base, base + count):
        if plan[place] == number:
            return 0
    plan[base + count] = number
    return 1


@typed
def _day_cost(facts: Array, plan: Array, body: int, day: int) -> int:
    """Return what a cohort's or teacher's day costs."""
    slots = setting(facts, SLOTS)
    base, teaching = at(plan, HELD, body, day * slots), at(facts, TEACHING, 0, day * slots)
    last, waiting, pending, lessons, on_site, exams, rooms, courses, alone = NOBODY, 0, 0, 0, 0, 0, 0, 0, 0
    for slot in range(slots):
        value = plan[base + slot]
        if value < 0:
            if lessons > 0 and value >= AWAY:
                pending += facts[teaching + slot]
            continue
        waiting += pending
        pending = 0
        if value == last:
            continue
        last = value
        lessons += 1
        exams += given(facts, value, EXAM)
        room = where(plan, value, ROOM)
        if _place(facts, body, value, room) > 0:
            on_site += 1
            rooms += _unseen(plan, 0, rooms, room)
        if given(facts, value, COURSE) >= 0:
            courses += _unseen(plan, 1, courses, given(facts, value, COURSE))
        else:
            alone += 1
    cost = weight(facts, TRAVEL_DAY) if on_site > 0 and facts[at(facts, BODY, body, TRAVELS)] else 0
    units = (waiting * setting(facts, CELL_MINUTES) + 29) // 30
    if facts[at(facts, BODY, body, JUDGED)] == TEACHER:
        return cost + weight(facts, TEACHER_GAP) * units
    cost += weight(facts, GAP) * units
    cost += weight(facts, EXAM_DAY) * max(0, exams - 1) + weight(facts, SAME_ROOM) * max(0, rooms - 1)
    if facts[at(facts, BODY, body, SPREADS)]:
        cost += weight(facts, COURSE_DAY) * (lessons - courses - alone)
    return cost


@typed
def _load(facts: Array, plan: Array, body: int, cell: int, minutes: int) -> None:
    """Add minutes to a person's sums, and count what the person's day and week cost now."""
    day = cell // setting(facts, SLOTS)
    week = facts[at(facts, DAY, day, WEEK)]
    plan[at(plan, DAY_LOAD, body, day)] += minutes
    plan[at(plan, LOAD, body, 0)] += minutes
    load = at(plan, WEEK_LOAD, body, week)
    if facts[at(facts, BODY, body, SPREADS)]:
        share = facts[at(facts, SHARE, body, week)]
        was = (max(0, plan[load] - share) + 59) // 60
        _pay(plan, weight(facts, SPREAD) * ((max(0, plan[load] + minutes - share) + 59) // 60 - was))
    plan[load] += minutes
    if facts[at(facts, BODY, body, JUDGED)] != NOT_JUDGED:
        cost, place = _day_cost(facts, plan, body, day), at(plan, DAY_COST, body, day)
        _pay(plan, cost - plan[place])
        plan[place] = cost


@typed
def _mark(facts: Array, plan: Array, lesson: int, sign: int) -> None:
    """Let a lesson stand in the diaries of all its bodies (sign 1), or no longer (sign -1)."""
    cell, room, teacher = where(plan, lesson, CELL), where(plan, lesson, ROOM), where(plan, lesson, WHO)
    first, last = given(facts, lesson, CREW), given(facts, lesson + 1, CREW)
    for number in range(first, last + 2):
        body = _member(facts, number, last, teacher, room)
        if body < 0:
            continue
        base = at(plan, HELD, body, cell)
        for place in range(base, base + given(facts, lesson, LENGTH)):
            plan[place] = lesson if sign > 0 else FREE
        if facts[at(facts, BODY, body, MOVES)]:
            _load(facts, plan, body, cell, sign * given(facts, lesson, MINUTES))
    course = given(facts, lesson, COURSE)
    if teacher >= 0 and course >= 0:
        place, number = at(plan, TAUGHT_BY, course, teacher), at(plan, DIFFERENT, course, 0)
        plan[place] += sign
        if plan[place] == (sign > 0):
            was = max(0, plan[number] - 1)
            plan[number] += sign
            _pay(plan, weight(facts, SAME_TEACHER) * (max(0, plan[number] - 1) - was))


@typed
def put(facts: Array, plan: Array, lesson: int, cell: int, room: int, teacher: int) -> None:
    """Place a lesson that has no place."""
    base = at(plan, WHERE, lesson, 0)
    plan[base], plan[base + 1], plan[base + 2] = cell, room, teacher
    plan[at(plan, TOTAL, 0, WAITING)] -= 1
    _pay(plan, _own_cost(facts, plan, lesson) - weight(facts, UNPLACED))
    _mark(facts, plan, lesson, 1)


@typed
def lift(facts: Array, plan: Array, lesson: int) -> None:
    """Take a lesson from its place."""
    plan[at(plan, TOTAL, 0, WAITING)] += 1
    _pay(plan, weight(facts, UNPLACED) - _own_cost(facts, plan, lesson))
    _mark(facts, plan, lesson, -1)
    plan[at(plan, WHERE, lesson, CELL)] = NOBODY


@typed
def keep(facts: Array, plan: Array) -> None:
    """Note the plan at hand as the best."""
    plan[at(plan, TOTAL, 0, LEAST)] = total(plan, COST)
    source, target = at(plan, WHERE, 0, 0), at(plan, BEST, 0, 0)
    for number in range(3 * setting(facts, ALL_LESSONS)):
        plan[target + number] = plan[source + number]


@typed
def may_stand(facts: Array, lesson: int, cell: int, room: int, teacher: int) -> bool:
    """Tell whether a lesson may have a cell, a room and a teacher, whatever is in their diaries."""
    if given(facts, lesson, ONLINE) == (room >= 0) or given(facts, lesson, TAUGHT) != (teacher >= 0):
        return False
    if room >= 0 and not facts[at(facts, MAY_USE, lesson, room)]:
        return False
    if teacher >= 0 and not facts[at(facts, MAY_USE, lesson, teacher)]:
        return False
    return facts[at(facts, MAY_BEGIN, lesson, cell)] > 0


@typed
def _add(facts: Array, plan: Array, lesson: int, count: int) -> int:
    """Add a lesson to those found, unless it is one; -1 if it is pinned or one too many."""
    base = at(plan, FOUND, 0, 0)
    for number in range(count):
        if plan[base + number] == lesson:
            return count
    if given(facts, lesson, PINNED) or count == MOST:
        return -1
    plan[base + count] = lesson
    return count + 1


@typed
def _in_time(facts: Array, plan: Array, body: int, lesson: int, room: int, value: int, gap: int) -> bool:
    """Tell whether a body has the time to come from a lesson to what it does so many cells off."""
    here = _place(facts, body, lesson, room)
    there = BUSY - 1 - value
    if value >= 0:
        there = _place(facts, body, value, where(plan, value, ROOM))
    return here < 0 or there < 0 or facts[at(facts, TRAVEL, here, there)] <= gap


@typed
def _in_the_way(facts: Array, plan: Array, lesson: int, body: int, cell: int, room: int, count: int) -> int:
    """Find what a body does at that time, or too near to it in another place."""
    end, slots = cell + given(facts, lesson, LENGTH), setting(facts, SLOTS)
    low = cell // slots * slots
    reach = setting(facts, REACH) if facts[at(facts, BODY, body, MOVES)] else 0
    base = at(plan, HELD, body, 0)
    for number in range(max(low, cell - reach), min(low + slots, end + reach)):
        value = plan[base + number]
        if value in (FREE, lesson):
            continue
        if number < cell or number >= end:
            gap = cell - 1 - number if number < cell else number - end
            if value == AWAY or _in_time(facts, plan, body, lesson, room, value, gap):
                continue
        if value < 0:
            return -1
        count = _add(facts, plan, value, count)
        if count < 0:
            return -1
    return count


@typed
def _date(facts: Array, cell: int) -> int:
    return facts[at(facts, DAY, cell // setting(facts, SLOTS), DATE)]


@typed
def _out_of_order(facts: Array, plan: Array, lesson: int, cell: int, count: int) -> int:
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
        days = _date(facts, later) - _date(facts, earlier)
        if (
            days < facts[at(facts, ORDERS, number, LEAST_DAYS)]
            or days > facts[at(facts, ORDERS, number, MOST_DAYS)]
            or (days == 0 and end > later)
        ):
            count = _add(facts, plan, other, count)
    return count


@typed
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
        more = _add(facts, plan, value, count)
        if more > count:
            over -= given(facts, value, MINUTES)
        count = more
    return count if over <= 0 else -1


@typed
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
        body = _member(facts, number, last, teacher, room)
        if body >= 0:
            count = _in_the_way(facts, plan, lesson, body, cell, room, count)
            if count < 0:
                return -1
    count = _out_of_order(facts, plan, lesson, cell, count)
    for number in range(first, last + 1):
        body = _member(facts, number, last, teacher, room)
        if body >= 0 and count >= 0:
            count = _too_much(facts, plan, random, lesson, body, cell, count)
    return count


@typed
def _any_lesson(facts: Array, plan: Array, random: Random) -> int:
    """Draw a lesson that may move; every other time, if any waits, one that does."""
    movable = setting(facts, MOVABLES)
    start = below(random, movable)
    if total(plan, WAITING) > 0 and below(random, 2) == 0:
        for number in range(movable):
            lesson = facts[at(facts, MOVABLE, 0, (start + number) % movable)]
            if where(plan, lesson, CELL) == NOBODY:
                return lesson
    return facts[at(facts, MOVABLE, 0, start)]


@typed
def _one_of(facts: Array, random: Random, lesson: int, column: int) -> int:
    """Draw from one of the lists of a lesson."""
    first = given(facts, lesson, column)
    return facts[at(facts, LISTS, 0, first + below(random, given(facts, lesson + 1, column) - first))]


@typed
def _is_free(facts: Array, plan: Array, lesson: int, body: int, cell: int) -> bool:
    base = at(plan, HELD, body, cell)
    for value in plan[base : base + given(facts, lesson, LENGTH)]:
        if value != FREE and value != lesson:
            return False
    return True


@typed
def _any_body(facts: Array, plan: Array, random: Random, lesson: int, column: int, cell: int) -> int:
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


@typed
def _any_place(facts: Array, plan: Array, random: Random, lesson: int) -> Place:
    """Draw a place for a lesson: its published one, its own time with others, or any."""
    chance = below(random, 100)
    if given(facts, lesson, KNOWN_CELL) >= 0 and chance < 15:
        cell, room = given(facts, lesson, KNOWN_CELL), given(facts, lesson, KNOWN_ROOM)
        teacher = given(facts, lesson, KNOWN_TEACHER)
        if not may_stand(facts, lesson, cell, room, teacher):
            cell = NOBODY
        return cell, room, teacher
    cell, room, teacher = where(plan, lesson, CELL), where(plan, lesson, ROOM), where(plan, lesson, WHO)
    placed = cell != NOBODY
    same = placed and chance < 40
    if not same:
        cell = _one_of(facts, random, lesson, CELLS)
    kept = placed and below(random, 2) == 0
    if not given(facts, lesson, ONLINE) and (not kept or (same and chance % 2 == 0)):
        room = _any_body(facts, plan, random, lesson, ROOMS, cell)
    if given(facts, lesson, TAUGHT) and (not kept or (same and chance % 2 == 1)):
        teacher = _any_body(facts, plan, random, lesson, TEACHERS, cell)
    return cell, room, teacher


@typed
def _save(plan: Array, number: int, lesson: int) -> None:
    base = at(plan, SAVED, number, 0)
    plan[base] = lesson
    for column in range(3):
        plan[base + 1 + column] = where(plan, lesson, column)


@typed
def _lift_saved(facts: Array, plan: Array, count: int) -> None:
    for number in range(count + 1):
        lesson = plan[at(plan, SAVED, number, 0)]
        if where(plan, lesson, CELL) != NOBODY:
            lift(facts, plan, lesson)


@typed
def _settle(facts: Array, plan: Array, random: Random, number: int) -> None:
    """Put a lifted lesson where the first was, else where it was, else anywhere, if it fits."""
    base = at(plan, SAVED, number, 0)
    lesson = plan[base]
    for attempt in range(8):
        cell, room, teacher = plan[base + 1], plan[base + 2], plan[base + 3]
        if attempt == 0:
            cell = plan[at(plan, SAVED, 0, 1)]
            if cell == NOBODY or not facts[at(facts, MAY_BEGIN, lesson, cell)]:
                continue
        elif attempt > 2:
            cell = _one_of(facts, random, lesson, CELLS)
        if attempt > 0 and room >= 0:
            room = _any_body(facts, plan, random, lesson, ROOMS, cell)
        if attempt > 0 and teacher >= 0 and below(random, 2) == 0:
            teacher = _any_body(facts, plan, random, lesson, TEACHERS, cell)
        if obstacles(facts, plan, random, lesson, cell, room, teacher) == 0:
            put(facts, plan, lesson, cell, room, teacher)
            return


@typed
def _displace(
    facts: Array, plan: Array, random: Random, lesson: int, count: int, cell: int, room: int, teacher: int
) -> None:
    """Put a lesson there, and the `count` found where they fit; SAVED tells where all of them were."""
    _save(plan, 0, lesson)
    for number in range(count):
        _save(plan, number + 1, plan[at(plan, FOUND, 0, number)])
    _lift_saved(facts, plan, count)
    put(facts, plan, lesson, cell, room, teacher)
    for number in range(1, count + 1):
        _settle(facts, plan, random, number)


@typed
def _undo(facts: Array, plan: Array, count: int) -> None:
    _lift_saved(facts, plan, count)
    for number in range(count + 1):
        base = at(plan, SAVED, number, 0)
        if plan[base + 1] != NOBODY:
            put(facts, plan, plan[base], plan[base + 1], plan[base + 2], plan[base + 3])


@typed
def anneal(facts: Array, plan: Array, random: Random, steps: int, temperature: float) -> None:
    """Try so many steps at one temperature."""
    for _ in range(steps):
        lesson = _any_lesson(facts, plan, random)
        cell, room, teacher = _any_place(facts, plan, random, lesson)
        if cell == NOBODY or (
            cell == where(plan, lesson, CELL)
            and room == where(plan, lesson, ROOM)
            and teacher == where(plan, lesson, WHO)
        ):
            continue
        count = obstacles(facts, plan, random, lesson, cell, room, teacher)
        if count < 0:
            continue
        limit = -temperature * np.log(fraction(random))
        before = total(plan, COST)
        _displace(facts, plan, random, lesson, count, cell, room, teacher)
        if total(plan, COST) - before > limit:
            _undo(facts, plan, count)
        elif total(plan, COST) < total(plan, LEAST):
            keep(facts, plan)
