"""What is given, in one array for the compiled search: tables as `search.layout` describes them."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import numpy as np

from expertpool.timetabling.plans.choices import Choices
from expertpool.timetabling.plans.packing import Array, joined, packed
from expertpool.timetabling.plans.problem import DayKind, Kind, Lesson, Mode, Weights
from expertpool.timetabling.plans.search import layout as s
from expertpool.timetabling.plans.tables import Tables
from expertpool.timetabling.plans.terms import week


@lru_cache(maxsize=2)
def facts_of(tables: Tables) -> Array:
    """Return what is given, as the compiled search reads it; that of the last few tables is kept."""
    problem, grid, choices = tables.problem, tables.grid, Choices(tables)
    cells, cells_start = joined([np.flatnonzero(row) for row in choices.times])
    lists, list_starts = joined([cells, *choices.rooms, *choices.teachers, *choices.crews])
    lessons = len(problem.lessons)
    firsts = [list_starts[1 + kind * lessons : 2 + (kind + 1) * lessons] for kind in range(3)]
    orders, order_starts = joined_orders(tables)
    own = np.array([_lesson(tables, lesson) for lesson in problem.lessons] + [[0] * 11], np.int64)
    when, may_move = (np.append(each, 0) for each in (choices.when, choices.may_move))
    sizes = [tables.places.reach, grid.slots, grid.cells, problem.grid, choices.may_move.sum(), lessons]
    return packed(
        {
            s.LESSON: np.column_stack([own, when, may_move, *firsts, order_starts]),
            s.LISTS: lists,
            s.ORDERS: orders,
            s.TIMES: np.column_stack([cells_start[:-1], cells_start[1:]]),
            s.MAY_BEGIN: choices.times,
            s.MAY_USE: choices.may_use,
            s.MOVABLE: np.flatnonzero(choices.may_move),
            s.BODY: [_body(tables, *name) for name in tables.bodies],
            s.TRAVEL: tables.places.table,
            s.LIKED: [_liked(tables, *name) for name in tables.bodies],
            s.TEACHING: grid.teaching(),
            s.DAY: _days(tables),
            s.SHARE: _shares(tables),
            s.EMPTY: choices.empty,
            s.WEIGHT: [getattr(problem.weights, name) for name in Weights.__slots__],
            s.SETTING: sizes,
        }
    )


def _lesson(tables: Tables, lesson: Lesson) -> list[int]:
    known = (s.NOBODY, s.NOBODY, s.NOBODY)
    if lesson.id in tables.terms.published:
        known = tables.known(tables.terms.published[lesson.id])
    return [
        cells_of(tables, lesson),
        lesson.minutes,
        tables.courses.get(lesson.course, s.NOBODY),
        lesson.kind is Kind.EXAM,
        lesson.mode is Mode.ONLINE,
        lesson.mode is Mode.BOTH,
        lesson.taught,
        lesson.id in tables.terms.pins,
        *known,
    ]


def cells_of(tables: Tables, lesson: Lesson) -> int:
    """Return how many cells a lesson takes; a pinned one may begin off the grid and take one more."""
    pin = tables.terms.pins.get(lesson.id)
    start, end = tables.terms.taken(pin) if pin else tables.terms.slot(0, lesson.minutes)
    return (end - start) // tables.problem.grid


def joined_orders(tables: Tables) -> tuple[Array, Array]:
    """Return the orders of each lesson, seen from it, one lesson after the other; and where each begins."""
    found: list[list[tuple[int, int, int, int]]] = [[] for _ in tables.lessons]
    for order in tables.problem.orders:
        before, after = tables.number[order.before], tables.number[order.after]
        most = s.NEVER if order.most_days is None else order.most_days
        found[before].append((after, 0, order.least_days, most))
        found[after].append((before, 1, order.least_days, most))
    rows = [row for each in found for row in each]
    return np.array(rows, np.int64).reshape(-1, 4), np.cumsum([0, *map(len, found)])


def _body(tables: Tables, what: str, id: str) -> list[int]:
    """Return limits, judged, travels, spreads, remote, moves, place."""
    if what == "room":
        place = tables.places.number[tables.terms.rooms[id].place]
        return [s.NEVER, s.NEVER, s.NEVER, s.NOT_JUDGED, 0, 0, 0, 0, place]
    if what == "group":
        group = tables.terms.groups[id]
        judged = s.COHORT if group.cohort else s.NOT_JUDGED
        limit = _limit(group.most_a_day)
        return [limit, s.NEVER, s.NEVER, judged, group.travels, group.spread, group.remote, 1, 0]
    teacher = tables.terms.teachers[id]
    limits = [_limit(each) for each in (teacher.most_a_day, teacher.most_a_week, teacher.most_in_all)]
    return [*limits, s.TEACHER, teacher.travels, 0, 0, 1, 0]


def _limit(most: int | None) -> int:
    return s.NEVER if most is None else most


def _liked(tables: Tables, what: str, id: str) -> Array:
    return tables.grid.covered(tables.terms.teachers[id].prefers if what == "teacher" else ())


def _days(tables: Tables) -> list[tuple[int, ...]]:
    """Return date, week, whether it is provisional, first cell of the week and the one after its last."""
    weeks = [weeks_of(tables).index(week(date)) for date in tables.grid.dates]
    slots = tables.grid.slots
    ends = {each: (weeks.index(each), weeks.index(each) + weeks.count(each)) for each in weeks}
    return [
        (date.toordinal(), number, _is_provisional(tables, date), *(slots * end for end in ends[number]))
        for date, number in zip(tables.grid.dates, weeks, strict=True)
    ]


def weeks_of(tables: Tables) -> list[tuple[int, int]]:
    """Return the weeks of all days, in order."""
    return list(dict.fromkeys(map(week, tables.grid.dates)))


def _is_provisional(tables: Tables, date: dt.date) -> bool:
    return date in tables.terms.days and tables.terms.days[date].kind is DayKind.PROVISIONAL


def _shares(tables: Tables) -> list[list[int]]:
    weeks = weeks_of(tables)
    return [[tables.terms.shares.get(id, {}).get(each, 0) for each in weeks] for _, id in tables.bodies]
