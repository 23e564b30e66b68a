"""The search itself: annealing over moves of one lecture, or swaps of two, compiled by numba.

A *cell* is a period with a room. A step draws a lecture and a cell at random, mostly in its own room; what
stands in the cell goes where the lecture was. The step is taken when its change of cost is at most -T ln(u),
for u drawn evenly from (0, 1): the rule of Metropolis. The cost is

    weight x clashes + 1 x capacity + 5 x days + 2 x compactness + 1 x stability

as `scoring` tells; plans that clash are passed through, and only one without a clash becomes the best. Every
count that a step could change is kept, so that a step costs a few look-ups, however large the plan is. A cell
holds one lecture, so no room is ever taken twice.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from expertpool.timetabling.compiling import Array, below, compiled, fraction, part

NOBODY = -1
FAR = 37.0
"""More than -ln(u) can be: a change that is worse by so many temperatures is never taken."""


class Facts(NamedTuple):
    """What is given, by number of lecture (l), course (c), curriculum (q), period (p) and room (r)."""

    course: Array
    """[l] whose lecture it is."""
    day: Array
    """[p]"""
    column: Array
    """[p] its column in `Plan.held`, where an empty column parts the days."""
    days_wanted: Array
    """[c]"""
    crowding: Array
    """[c, r] students without a seat."""
    curricula: Array
    """Curricula of all courses, one after the other; those of c from first_curriculum[c] on."""
    first_curriculum: Array
    rivals: Array
    """Courses that may not meet at one time with c, itself among them, from first_rival[c] on."""
    first_rival: Array
    rivalry: Array
    """[c, c] how many curricula and teachers two courses share: what a clash of theirs counts."""


class Plan(NamedTuple):
    """A plan that changes in place, with its counts and the best plan seen."""

    period: Array
    """[l]"""
    room: Array
    """[l]"""
    cell: Array
    """[p, r] the lecture there, or NOBODY."""
    clashes: Array
    """[c, p] rivals at p, each counted by its rivalry, and 1 if c can't meet then."""
    held: Array
    """[q, column] lectures of a curriculum."""
    on_day: Array
    """[c, day] lectures."""
    days: Array
    """[c] days with a lecture."""
    in_room: Array
    """[c, r] lectures."""
    totals: Array
    """Clashes, cost, the least cost without a clash."""
    best_period: Array
    best_room: Array
    random: Array
    """The state of the generator, never 0."""


@compiled
def settle(facts: Facts, plan: Plan) -> None:
    """Put every lecture where `period` and `room` say, into a plan that holds none yet; count its clashes."""
    for lecture in range(len(facts.course)):
        course, period, room = facts.course[lecture], plan.period[lecture], plan.room[lecture]
        plan.totals[0] += plan.clashes[course, period]
        plan.cell[period, room] = lecture
        _count(facts, plan, course, period, room, 1)


@compiled
def anneal(facts: Facts, plan: Plan, steps: int, temperature: float, weight: float) -> None:
    """Try so many steps at one temperature."""
    for _ in range(steps):
        lecture = below(plan.random, len(facts.course))
        period, room = _target(plan, lecture)
        other = plan.cell[period, room]
        if other != NOBODY and facts.course[other] == facts.course[lecture]:
            continue
        clashes, cost, gain = _quick_change(facts, plan, lecture, other, period, room)
        least = weight * clashes + cost - gain
        if least > FAR * temperature:
            continue
        limit = -temperature * np.log(fraction(plan.random))
        if least > limit:
            continue
        if gain > 0:
            cost += _compactness_change(facts, plan, lecture, other, period)
        if weight * clashes + cost <= limit:
            _exchange(facts, plan, lecture, other, period, room)
            plan.totals[0] += clashes
            plan.totals[1] += cost
            if plan.totals[0] == 0 and plan.totals[1] < plan.totals[2]:
                plan.totals[2] = plan.totals[1]
                for number in range(len(facts.course)):
                    plan.best_period[number] = plan.period[number]
                    plan.best_room[number] = plan.room[number]


@part
def _target(plan: Plan, lecture: int) -> tuple[int, int]:
    """Draw a cell: in half of the cases one in its room, in an eighth one in its period, else any.

    Another room seldom pays: it costs stability.
    """
    periods, rooms = plan.cell.shape
    kind = below(plan.random, 8)
    if kind < 4:
        return below(plan.random, periods), plan.room[lecture]
    if kind == 4:
        return plan.period[lecture], below(plan.random, rooms)
    return below(plan.random, periods), below(plan.random, rooms)


@part
def _quick_change(
    facts: Facts, plan: Plan, lecture: int, other: int, period: int, room: int
) -> tuple[int, int, int]:
    """Return the change of clashes, the change of cost but for compactness, and what compactness may gain.

    In each curriculum of a lecture that moves, itself and two neighbours may stop being alone: 2 each.
    """
    course, was, here = facts.course[lecture], plan.period[lecture], plan.room[lecture]
    clashes, gain = 0, 0
    if period != was:
        clashes = plan.clashes[course, period] - plan.clashes[course, was] + facts.rivalry[course, course]
        gain = 6 * (facts.first_curriculum[course + 1] - facts.first_curriculum[course])
    cost = _course_change(facts, plan, course, here, room, facts.day[was], facts.day[period])
    if other == NOBODY:
        return clashes, cost, gain
    second = facts.course[other]
    if period != was:
        clashes += plan.clashes[second, was] - plan.clashes[second, period] + facts.rivalry[second, second]
        clashes -= 2 * facts.rivalry[course, second]
        gain += 6 * (facts.first_curriculum[second + 1] - facts.first_curriculum[second])
    cost += _course_change(facts, plan, second, room, here, facts.day[period], facts.day[was])
    return clashes, cost, gain


@part
def _course_change(facts: Facts, plan: Plan, course: int, old: int, new: int, was: int, day: int) -> int:
    """Return the change of capacity, stability and days when a lecture changes its room and its day."""
    cost = 0
    if new != old:
        cost += facts.crowding[course, new] - facts.crowding[course, old]
        cost += (plan.in_room[course, new] == 0) - (plan.in_room[course, old] == 1)
    if day != was:
        days = plan.days[course] + (plan.on_day[course, day] == 0) - (plan.on_day[course, was] == 1)
        wanted = facts.days_wanted[course]
        cost += 5 * (max(0, wanted - days) - max(0, wanted - plan.days[course]))
    return cost


@part
def _compactness_change(facts: Facts, plan: Plan, lecture: int, other: int, period: int) -> int:
    """Return the change of compactness when a lecture goes to a period, and the other one to its own."""
    course, was, then = facts.course[lecture], facts.column[plan.period[lecture]], facts.column[period]
    lone = _lone_change(facts, plan.held, course, was, then)
    if other != NOBODY:
        _shift(facts, plan.held, course, was, then)
        lone += _lone_change(facts, plan.held, facts.course[other], then, was)
        _shift(facts, plan.held, course, then, was)
    return 2 * lone


@part
def _lone_change(facts: Facts, held: Array, course: int, was: int, then: int) -> int:
    """Return how many more lectures stand alone when one of a course changes its column."""
    change = 0
    for number in range(facts.first_curriculum[course], facts.first_curriculum[course + 1]):
        row = held[facts.curricula[number]]
        row[was] -= 1
        if row[was] == 0:
            change -= _lone_by_adding(row, was)
        if row[then] == 0:
            change += _lone_by_adding(row, then)
        row[was] += 1
    return change


@part
def _lone_by_adding(row: Array, column: int) -> Any:
    """Return how many more lectures of a curriculum stand alone when one comes to an empty column."""
    before, after = row[column - 1] > 0, row[column + 1] > 0
    if not before and not after:
        return 1
    return -(before and row[column - 2] == 0) - (after and row[column + 2] == 0)


@part
def _shift(facts: Facts, held: Array, course: int, was: int, then: int) -> None:
    for number in range(facts.first_curriculum[course], facts.first_curriculum[course + 1]):
        held[facts.curricula[number], was] -= 1
        held[facts.curricula[number], then] += 1


@part
def _exchange(facts: Facts, plan: Plan, lecture: int, other: int, period: int, room: int) -> None:
    """Put a lecture into a cell, and the one that stood there, if any, where the first was."""
    was, here = plan.period[lecture], plan.room[lecture]
    _count(facts, plan, facts.course[lecture], was, here, -1)
    plan.cell[was, here] = other
    if other != NOBODY:
        _count(facts, plan, facts.course[other], period, room, -1)
        _count(facts, plan, facts.course[other], was, here, 1)
        plan.period[other], plan.room[other] = was, here
    _count(facts, plan, facts.course[lecture], period, room, 1)
    plan.cell[period, room] = lecture
    plan.period[lecture], plan.room[lecture] = period, room


@part
def _count(facts: Facts, plan: Plan, course: int, period: int, room: int, sign: int) -> None:
    """Count a lecture of a course in a cell (sign 1), or no longer (sign -1)."""
    for number in range(facts.first_rival[course], facts.first_rival[course + 1]):
        rival = facts.rivals[number]
        plan.clashes[rival, period] += sign * facts.rivalry[course, rival]
    column, day = facts.column[period], facts.day[period]
    for number in range(facts.first_curriculum[course], facts.first_curriculum[course + 1]):
        plan.held[facts.curricula[number], column] += sign
    plan.on_day[course, day] += sign
    if plan.on_day[course, day] == (sign > 0):
        plan.days[course] += sign
    plan.in_room[course, room] += sign
