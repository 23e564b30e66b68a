"""What a lesson, a day and a week cost; `scoring` counts the same plainly."""

from __future__ import annotations

from expertpool.timetabling.compiling import Array, inner
from expertpool.timetabling.plans.search.layout import (
    AWAY,
    CELL_MINUTES,
    COURSE,
    COURSE_DAY,
    DAY,
    EMPTY,
    EMPTY_SEATS,
    EXAM,
    EXAM_DAY,
    GAP,
    HELD,
    IS_PROVISIONAL,
    JUDGED,
    KNOWN_CELL,
    KNOWN_ROOM,
    KNOWN_TEACHER,
    LENGTH,
    LIKED,
    MOVED,
    NOBODY,
    PROVISIONAL,
    REASSIGNED,
    ROOM,
    SAME_ROOM,
    SEEN,
    SHARE,
    SLOTS,
    SPREAD,
    SPREADS,
    TEACHER,
    TEACHER_GAP,
    TEACHER_TIME,
    TEACHING,
    TRAVEL_DAY,
    TRAVELS,
    WEEK_LOAD,
    at,
    given,
    place_of,
    setting,
    trait,
    weight,
    where,
)


@inner
def own_cost(facts: Array, lesson: int, cell: int, room: int, teacher: int) -> int:
    """Return what a lesson costs in a place whatever others do."""
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


@inner
def _hours(minutes: int) -> int:
    return (max(0, minutes) + 59) // 60


@inner
def week_change(facts: Array, plan: Array, body: int, week: int, minutes: int) -> int:
    """Return the change of cost when a body gets so many minutes more in a week."""
    if not trait(facts, body, SPREADS):
        return 0
    over = plan[at(plan, WEEK_LOAD, body, week)] - facts[at(facts, SHARE, body, week)]
    return weight(facts, SPREAD) * (_hours(over + minutes) - _hours(over))


@inner
def _unseen(plan: Array, row: int, count: int, number: int) -> int:
    """Tell whether a number is not among `count` seen; note it then."""
    base = at(plan, SEEN, row, 0)
    for place in range(base, base + count):
        if plan[place] == number:
            return 0
    plan[base + count] = number
    return 1


@inner
def day_cost(facts: Array, plan: Array, body: int, day: int) -> int:
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
        if place_of(facts, body, value, room) > 0:
            on_site += 1
            rooms += _unseen(plan, 0, rooms, room)
        if given(facts, value, COURSE) >= 0:
            courses += _unseen(plan, 1, courses, given(facts, value, COURSE))
        else:
            alone += 1
    cost = weight(facts, TRAVEL_DAY) if on_site > 0 and trait(facts, body, TRAVELS) else 0
    units = (waiting * setting(facts, CELL_MINUTES) + 29) // 30
    if trait(facts, body, JUDGED) == TEACHER:
        return cost + weight(facts, TEACHER_GAP) * units
    cost += weight(facts, GAP) * units
    cost += weight(facts, EXAM_DAY) * max(0, exams - 1) + weight(facts, SAME_ROOM) * max(0, rooms - 1)
    if trait(facts, body, SPREADS):
        cost += weight(facts, COURSE_DAY) * (lessons - courses - alone)
    return cost
