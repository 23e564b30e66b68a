"""A problem as arrays for the compiled search, a random plan to start from, and the best plan out of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from expertpool.timetabling.curricula.compiled import NOBODY, Facts, Plan, settle
from expertpool.timetabling.curricula.problem import Place, Problem
from expertpool.timetabling.curricula.scoring import crowding, rivalries, score

UNKNOWN = np.iinfo(np.int64).max
"""The least cost as long as no plan without a clash is known."""


def make_facts(problem: Problem) -> Facts:
    """Return what is given, as arrays."""
    courses, week = range(len(problem.courses)), np.arange(problem.week)
    shared = rivalries(problem)
    attends: dict[int, list[int]] = defaultdict(list)
    for number, curriculum in enumerate(problem.curricula):
        for course in set(curriculum.courses):
            attends[course].append(number)
    curricula, first_curriculum = _joined([attends[course] for course in courses])
    rivalry = np.array([[shared[one, other] for other in courses] for one in courses])
    others, first_rival = _joined([np.flatnonzero(row) for row in rivalry])
    day = week // problem.periods
    return Facts(
        course=np.array(problem.lectures),
        day=day,
        column=2 + week + day,
        days_wanted=np.array([course.days for course in problem.courses]),
        crowding=np.array(
            [[crowding(problem, course, room) for room in range(len(problem.rooms))] for course in courses]
        ),
        curricula=curricula,
        first_curriculum=first_curriculum,
        rivals=others,
        first_rival=first_rival,
        rivalry=rivalry,
    )


def make_plan(problem: Problem, facts: Facts, seed: int, number: int) -> Plan:
    """Return a plan at random, the same for the same seed and number, with its counts."""
    courses, lectures = len(problem.courses), len(problem.lectures)
    generator = np.random.default_rng([seed, number])
    cells = generator.permutation(problem.week * len(problem.rooms))[:lectures]
    period, room = np.divmod(cells, len(problem.rooms))
    plan = Plan(
        period=period,
        room=room,
        cell=np.full((problem.week, len(problem.rooms)), NOBODY),
        clashes=np.zeros((courses, problem.week), np.int64),
        held=np.zeros((len(problem.curricula), problem.week + problem.days + 3), np.int64),
        on_day=np.zeros((courses, problem.days), np.int64),
        days=np.zeros(courses, np.int64),
        in_room=np.zeros((courses, len(problem.rooms)), np.int64),
        totals=np.zeros(3, np.int64),
        best_period=period.copy(),
        best_room=room.copy(),
        random=generator.integers(1, 2**64, 1, np.uint64),
    )
    for course, when in problem.unavailable:
        plan.clashes[course, when] += 1
    settle(facts, plan)
    plan.totals[1] = score(problem, _places(facts, period, room)).total
    plan.totals[2] = UNKNOWN if plan.totals[0] else plan.totals[1]
    return plan


def best(facts: Facts, plan: Plan) -> tuple[Place, ...]:
    """Return the best plan without a clash that the search saw, or, if it saw none, the last plan."""
    if plan.totals[2] == UNKNOWN:
        return _places(facts, plan.period, plan.room)
    return _places(facts, plan.best_period, plan.best_room)


def _places(facts: Facts, period: Any, room: Any) -> tuple[Place, ...]:
    return tuple(Place(*map(int, place)) for place in zip(facts.course, period, room, strict=True))


def _joined(lists: Sequence[Any]) -> tuple[Any, Any]:
    """Return the lists one after the other, and where each begins; at the end, the length of all."""
    starts = np.cumsum([0, *map(len, lists)])
    return np.array([value for values in lists for value in values], np.int64), starts
