"""Answers about one lesson in a plan: what a move would do, where else it could be, why it is where it is."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

import numpy as np

from expertpool.timetabling.plans.barring import barred
from expertpool.timetabling.plans.facts import facts_of
from expertpool.timetabling.plans.problem import Placement, Problem
from expertpool.timetabling.plans.result import Breach, Effect, Soft, Why
from expertpool.timetabling.plans.scoring import Sheet
from expertpool.timetabling.plans.search.fitting import survey
from expertpool.timetabling.plans.search.layout import NEVER
from expertpool.timetabling.plans.states import as_it_is
from expertpool.timetabling.plans.tables import Tables, tables_of
from expertpool.timetabling.plans.terms import terms_of


def moving(
    problem: Problem,
    plan: Sequence[Placement],
    lesson: str,
    day: dt.date,
    start: int,
    room: str | None,
    teacher: str | None,
) -> Effect:
    """Return what it would do to place a lesson there, whether it has a place now or not.

    It equals the difference of `check` with and without, and is quick enough to be asked at every drop.
    """
    return _effect(Sheet(terms_of(problem), plan), Placement(lesson, day, start, room, teacher))


def _effect(sheet: Sheet, placement: Placement) -> Effect:
    other = sheet.moved(placement)
    spots = sorted(sheet.touching(placement.lesson) | other.touching(placement.lesson), key=str)
    broken, paid = sheet.judged(spots)
    then_broken, then_paid = other.judged(spots)
    changes: Counter[Soft] = Counter()
    for cost in then_paid:
        changes[cost.rule] += cost.cost
    changes.subtract({rule: sum(cost.cost for cost in paid if cost.rule is rule) for rule in Soft})
    return Effect(
        placement,
        breaches=tuple(each for each in then_broken if each not in broken),
        mended=tuple(each for each in broken if each not in then_broken),
        costs={rule: changes[rule] for rule in Soft if changes[rule]},
    )


def placings(
    problem: Problem, plan: Sequence[Placement], lesson: str, *, most: int = 10, day: dt.date | None = None
) -> tuple[Effect, ...]:
    """Return the best places for a lesson that break nothing while all others stay, the cheapest first.

    Of each time only the best room and teacher are told. Where it stands now is not among them, and a pinned
    lesson has none.
    """
    tables, sheet = tables_of(problem), Sheet(terms_of(problem), plan)
    if lesson in tables.terms.pins:
        return ()
    return _best(tables, sheet, lesson, most, day)[1]


def _best(
    tables: Tables, sheet: Sheet, lesson: str, most: int, day: dt.date | None
) -> tuple[int, tuple[Effect, ...]]:
    """Return how many places are free besides its own, and the effects of the best."""
    others = [each for id, each in sheet.placed.items() if id != lesson]
    state, number = as_it_is(tables, others), tables.number[lesson]
    best = np.full((tables.grid.cells, 3), NEVER, np.int64)
    free = survey(facts_of(tables), state, np.ones(1, np.uint64), number, best)
    now = sheet.placed.get(lesson)
    found: list[Effect] = []
    for cell in np.argsort(best[:, 0], kind="stable"):
        if best[cell, 0] == NEVER or len(found) == most:
            break
        placement = tables.placement(number, cell, *best[cell, 1:])
        if placement != now and day in (None, placement.day):
            found.append(_effect(sheet, placement))
    own = now is not None and not any(each.lesson == lesson for each in _broken(sheet, lesson))
    return free - own, tuple(found)


def _broken(sheet: Sheet, lesson: str) -> list[Breach]:
    return sheet.judged(sheet.touching(lesson))[0]


def why(problem: Problem, plan: Sequence[Placement], lesson: str) -> Why:
    """Return why a lesson is where it is: what it costs there, what bars other places, the best free ones."""
    tables, sheet = tables_of(problem), Sheet(terms_of(problem), plan)
    places, reasons = barred(tables, list(sheet.placed.values()), lesson)
    pinned = lesson in tables.terms.pins
    free, best = (0, ()) if pinned else _best(tables, sheet, lesson, 3, None)
    return Why(
        placement=sheet.placed.get(lesson),
        pinned=pinned,
        costs=tuple(sheet.judged(sorted(sheet.touching(lesson), key=str))[1]),
        places=places,
        free=free,
        reasons=reasons,
        best=best,
    )
