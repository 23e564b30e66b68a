"""What bars a lesson from places, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from expertpool.timetabling.plans.facts import facts_of
from expertpool.timetabling.plans.fixed import time_rules
from expertpool.timetabling.plans.packing import Array
from expertpool.timetabling.plans.problem import Lesson, Mode, Placement
from expertpool.timetabling.plans.result import Params, Reason, Rule
from expertpool.timetabling.plans.search import bars
from expertpool.timetabling.plans.search.layout import NOBODY
from expertpool.timetabling.plans.states import as_it_is
from expertpool.timetabling.plans.tables import Tables
from expertpool.timetabling.plans.terms import can_teach

RULES = {
    bars.BAR_TIME: "time",
    bars.BAR_BUSY: "busy",
    bars.BAR_TWICE: "twice",
    bars.BAR_TRAVEL: "travel",
    bars.BAR_DAY: "day",
    bars.BAR_WEEK: "week",
    bars.BAR_ALL: "in-all",
}
SAID = 5
"""So many reasons at most are told."""


def barred(tables: Tables, plan: Sequence[Placement], lesson: str) -> tuple[int, tuple[Reason, ...]]:
    """Return how many places a lesson could have, and what bars them while all others stay, most frequent
    first.

    Places are times within the teaching time of a day, with each room and teacher that the lesson may have.
    A place that two rules bar counts for both. Without any room or teacher for it, rooms and teachers are
    counted, and what they lack is named.
    """
    asked = tables.terms.lessons[lesson]
    lacking = (*_rooms_lacking(tables, asked), *_teachers_lacking(tables, asked))
    if lacking:
        return 0, _most_first(lacking)
    found = Counter[tuple[Rule, str, str]]()
    state = as_it_is(tables, [each for each in plan if each.lesson != lesson])
    cells = tables.grid.teaching_starts(asked)
    counts = np.zeros((len(tables.bodies) + 1, len(RULES) + 1), np.int64)
    places = bars.bars(facts_of(tables), state, tables.number[lesson], cells[:, None], counts)
    for body, bar in np.argwhere(counts[:-1, 1:]):
        what, id = tables.bodies[body]
        found[Rule(f"{what}-{RULES[int(bar) + 1]}"), what, id] += int(counts[body, bar + 1])
    found[Rule.ORDER, "", ""] += int(counts[-1, 0])
    if len(cells):
        found.update(_by_time(tables, asked, cells, places // len(cells)))
    return places, _ranked(found)


def _by_time(tables: Tables, lesson: Lesson, cells: Array, each: int) -> Counter[tuple[Rule, str, str]]:
    found: Counter[tuple[Rule, str, str]] = Counter()
    for cell in cells:
        placement = tables.placement(tables.number[lesson.id], cell, NOBODY, NOBODY)
        for rule, _ in time_rules(tables.terms, placement):
            found[rule, "", ""] += each
    return found


def _rooms_lacking(tables: Tables, lesson: Lesson) -> list[Reason]:
    """Return what the rooms of a lesson lack; nothing if one of them will do."""
    terms, needed = tables.terms, tables.terms.needed[lesson.id]
    rooms = [each for each in tables.problem.rooms if not lesson.rooms or each.id in lesson.rooms]
    small = [each for each in rooms if terms.seats(lesson, each) < needed]
    missing = [lesson.equipment - each.equipment for each in rooms]
    fit = any(each not in small and not lacks for each, lacks in zip(rooms, missing, strict=True))
    if lesson.mode is Mode.ONLINE or fit:
        return []
    if not rooms:
        return [Reason(Rule.ROOM, 1)]
    found = _each_counted(Rule.EQUIPMENT, "equipment", missing)
    if small:
        largest = max(small, key=lambda each: terms.seats(lesson, each))
        seats = terms.seats(lesson, largest)
        found.append(Reason(Rule.SEATS, len(small), {"room": largest.id, "seats": seats, "needed": needed}))
    return found


def _teachers_lacking(tables: Tables, lesson: Lesson) -> list[Reason]:
    """Return what the teachers of a lesson lack; nothing if one of them will do."""
    teachers = [
        each
        for each in tables.problem.teachers
        if (not lesson.teachers or each.id in lesson.teachers) and each.id not in lesson.also
    ]
    if not lesson.taught or any(can_teach(lesson, each) for each in teachers):
        return []
    if not teachers:
        return [Reason(Rule.TEACHER, 1)]
    spoken = frozenset({lesson.language} if lesson.language is not None else ())
    return [
        *_each_counted(Rule.SKILL, "skill", [lesson.skills - each.skills for each in teachers]),
        *_each_counted(Rule.LANGUAGE, "language", [spoken - each.languages for each in teachers]),
    ]


def _each_counted(rule: Rule, name: str, missing: list[frozenset[str]]) -> list[Reason]:
    """Return a reason for each thing that is missing, with how many lack it."""
    counts = Counter(each for lacks in missing for each in lacks)
    return [Reason(rule, number, {name: each}) for each, number in counts.items()]


def _ranked(found: Counter[tuple[Rule, str, str]]) -> tuple[Reason, ...]:
    """Join counts of one rule, named after whom it counts most for; the greatest first."""
    rules = {rule for (rule, _, _), number in found.items() if number}
    reasons = []
    for rule in rules:
        counts = {(what, id): number for (each, what, id), number in found.items() if each is rule}
        what, id = max(counts, key=lambda key: (counts[key], key))
        params: Params = {what: id} if what else {}
        reasons.append(Reason(rule, sum(counts.values()), params))
    return _most_first(reasons)


def _most_first(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    ordered = sorted(reasons, key=lambda each: (-each.places, each.rule, str(each.params)))
    return tuple(ordered[:SAID])
