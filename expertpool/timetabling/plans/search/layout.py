"""How what is given and the plan at hand lie in memory.

All tables of what is given lie in one array, `facts`, and all that changes in another, `plan`: to pass
forty arrays to each function took nine tenths of the time, and minutes to compile. An array begins with
where each table begins and how wide its rows are; `at` finds an entry.
"""

from __future__ import annotations

from expertpool.timetabling.compiling import Array, inner, typed

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
    TIMES,
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
) = range(16)
LENGTH, MINUTES, COURSE, EXAM, ONLINE, HYBRID, TAUGHT, PINNED = range(8)
KNOWN_CELL, KNOWN_ROOM, KNOWN_TEACHER = 8, 9, 10
WHEN, MAY_MOVE = 11, 12
"""LESSON [l]: WHEN is a row of TIMES and MAY_BEGIN, which lessons with the same times share; MAY_MOVE tells
that there is a time, a room and a teacher for it, and no pin."""
ROOMS, TEACHERS, CREW, SEQUENCE = range(13, 17)
"""LESSON [l + 1]: where its parts begin in LISTS (rooms, teachers, the bodies that must be there) and ORDERS;
they end where those of l + 1 begin."""
FIRST, END = range(2)
"""TIMES [t]: a part of LISTS, the cells where lessons may begin, in order; MAY_BEGIN [t, c] tells it too."""
OTHER, COMES_AFTER, LEAST_DAYS, MOST_DAYS = range(4)
"""ORDERS: the other lesson, whether this one comes after it, days between."""
MOST_DAY, MOST_WEEK, MOST_ALL, JUDGED, TRAVELS, SPREADS, REMOTE, MOVES, PLACE = range(9)
"""BODY [b]: MOVES is 0 for rooms; PLACE is theirs, and 0 is online."""
NOT_JUDGED, COHORT, TEACHER = range(3)
DATE, WEEK, IS_PROVISIONAL, WEEK_BEGINS, WEEK_ENDS = range(5)
"""DAY [d]: the last two are cells."""
REACH, SLOTS, ALL_CELLS, CELL_MINUTES, MOVABLES, ALL_LESSONS = range(6)
"""SETTING: the farthest travel in cells; cells a day, and in all; lessons that may move, and all.

MAY_USE [l, b]; TRAVEL [p, p] in cells; LIKED [b, c]; SHARE [b, w] minutes if evenly spread; EMPTY [l, b]
tens of empty seats."""
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
(
    WHERE,
    HELD,
    DAY_LOAD,
    WEEK_LOAD,
    LOAD,
    DAY_COST,
    TAUGHT_BY,
    DIFFERENT,
    TOTAL,
    QUEUE,
    QUEUED,
    BEST,
    FOUND,
    SAVED,
    SEEN,
    JOURNAL,
) = range(16)
"""HELD [b, c]: a lesson, or FREE, AWAY, BUSY and below. DAY_LOAD [b, d], WEEK_LOAD [b, w] and LOAD [b] in
minutes. TAUGHT_BY [course, b]: lessons by a teacher; DIFFERENT [course]: teachers. QUEUE: the lessons without
a place; QUEUED [l]: where one stands there. FOUND: lessons in the way. SAVED: what a step lifts, where it
was. SEEN: numbers seen on a day that is counted. JOURNAL: entries and their values before the step."""
CELL, ROOM, WHO = range(3)
"""WHERE and BEST [l]: cell (NOBODY without a place), room, teacher."""
COST, LEAST, WAITING, WRITTEN = range(4)
"""TOTAL: the cost, that of the best plan, lessons without a place, entries of the journal."""


@typed
def at(tables: Array, table: int, row: int, column: int) -> int:
    """Return where an entry is."""
    return tables[2 * table] + row * tables[2 * table + 1] + column


@inner
def given(facts: Array, lesson: int, column: int) -> int:
    """Return what is given of a lesson."""
    return facts[at(facts, LESSON, lesson, column)]


@typed
def setting(facts: Array, column: int) -> int:
    """Return a size."""
    return facts[at(facts, SETTING, 0, column)]


@inner
def weight(facts: Array, rule: int) -> int:
    """Return what a unit of a rule costs."""
    return facts[at(facts, WEIGHT, 0, rule)]


@inner
def trait(facts: Array, body: int, column: int) -> int:
    """Return what is given of a body."""
    return facts[at(facts, BODY, body, column)]


@typed
def where(plan: Array, lesson: int, column: int) -> int:
    """Return the cell, the room or the teacher of a lesson."""
    return plan[at(plan, WHERE, lesson, column)]


@typed
def total(plan: Array, column: int) -> int:
    """Return a sum over the whole plan."""
    return plan[at(plan, TOTAL, 0, column)]


@inner
def member(facts: Array, number: int, last: int, teacher: int, room: int) -> int:
    """Return one of a lesson's bodies: its crew, which ends at `last`, then its teacher, then its room."""
    if number < last:
        return facts[at(facts, LISTS, 0, number)]
    return teacher if number == last else room


@inner
def place_of(facts: Array, body: int, lesson: int, room: int) -> int:
    """Return where a body is during a lesson; -1 if that is not known."""
    if given(facts, lesson, ONLINE):
        return 0
    if given(facts, lesson, HYBRID) and trait(facts, body, REMOTE):
        return 0
    return trait(facts, room, PLACE) if room >= 0 else -1


@inner
def date_of(facts: Array, cell: int) -> int:
    """Return the number of a cell's date."""
    return facts[at(facts, DAY, cell // setting(facts, SLOTS), DATE)]
