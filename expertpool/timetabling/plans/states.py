"""Plans in numbers: an empty one, and those that hold placements."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from expertpool.timetabling.plans.facts import facts_of, weeks_of
from expertpool.timetabling.plans.packing import Array, packed
from expertpool.timetabling.plans.problem import Placement
from expertpool.timetabling.plans.search import layout as s
from expertpool.timetabling.plans.search.obstacles import may_stand, obstacles
from expertpool.timetabling.plans.search.standing import put
from expertpool.timetabling.plans.tables import Tables

SUMS = 12
"""More entries than one lesson changes in the sums of a body, or in those of the whole plan."""


def empty(tables: Tables) -> Array:
    """Return a plan without lessons, with all diaries as they are fixed."""
    lessons, bodies, days = len(tables.lessons), len(tables.bodies), len(tables.grid.dates)
    nowhere, courses = np.full((lessons, 3), s.NOBODY), max(1, len(tables.courses))
    cost = lessons * tables.problem.weights.unplaced
    return packed(
        {
            s.WHERE: nowhere,
            s.HELD: tables.diaries,
            s.DAY_LOAD: np.zeros((bodies, days)),
            s.WEEK_LOAD: np.zeros((bodies, len(weeks_of(tables)))),
            s.LOAD: np.zeros((bodies, 1)),
            s.DAY_COST: np.zeros((bodies, days)),
            s.TAUGHT_BY: np.zeros((courses, bodies)),
            s.DIFFERENT: np.zeros((courses, 1)),
            s.TOTAL: [[cost, cost, lessons, 0]],
            s.QUEUE: np.arange(lessons),
            s.QUEUED: np.arange(lessons),
            s.BEST: nowhere,
            s.FOUND: np.zeros((1, s.MOST)),
            s.SAVED: np.zeros((s.MOST + 1, 4)),
            s.SEEN: np.zeros((2, tables.grid.slots)),
            s.JOURNAL: np.zeros((_written(tables), 2)),
        }
    )


def _written(tables: Tables) -> int:
    """Return more entries than a step can write: it lifts and puts MOST lessons and its own."""
    terms = tables.terms
    one = max(
        (
            (len(terms.followers[lesson.id]) + len(lesson.also) + 2)
            * (-(-lesson.minutes // tables.problem.grid) + 1 + SUMS)
            for lesson in tables.problem.lessons
        ),
        default=0,
    )
    return 2 * (s.MOST + 1) * (one + 2 * SUMS)


def filled(tables: Tables, placements: Iterable[Placement]) -> Array:
    """Return a plan with the pins, and then those placements that break nothing."""
    facts, plan = facts_of(tables), empty(tables)
    for pin in tables.problem.pins:
        put(facts, plan, tables.number[pin.lesson], *tables.place(pin))
    for each in placements:
        if each.lesson in tables.number and each.lesson not in tables.terms.pins:
            _try(facts, plan, tables.number[each.lesson], tables.known(each))
    return plan


def _try(facts: Array, plan: Array, lesson: int, place: tuple[int, int, int]) -> None:
    if place[0] < 0 or place[1] == s.ELSEWHERE or s.where(plan, lesson, s.CELL) != s.NOBODY:
        return
    idle = np.ones(1, np.uint64)
    if may_stand(facts, lesson, *place) and not obstacles(facts, plan, idle, lesson, *place):
        put(facts, plan, lesson, *place)


def as_it_is(tables: Tables, placements: Iterable[Placement]) -> Array:
    """Return a plan with all placements on days that are known, whatever they break."""
    facts, plan = facts_of(tables), empty(tables)
    for each in placements:
        pinned = each.lesson in tables.terms.pins
        cell, room, teacher = tables.place(each) if pinned else tables.known(each)
        if cell >= 0:
            room = s.NOBODY if room == s.ELSEWHERE else room
            put(facts, plan, tables.number[each.lesson], cell, room, teacher)
    return plan
