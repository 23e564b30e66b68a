"""What bars a lesson from places, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

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
    counted.
    """
    asked = tables.terms.lessons[lesson]
    found = _without_choice(tables, asked)
    if found:
        return 0, _ranked(found)
    state = as_it_is(tables, [each for each in plan if each.lesson != lesson])
    cells = tables.grid.teaching_starts(asked)
    counts = np.zeros((len(tables.bodies) + 1, len(RULES) + 1), np.int64)
    places = bars.bars(tables.facts, state, tables.number[lesson], cells[:, None], counts)
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


def _without_choice(tables: Tables, lesson: Lesson) -> Counter[tuple[Rule, str, str]]:
    """Count the rules that every room, or every teacher, breaks; nothing if there is one of each."""
    terms, found = tables.terms, Counter[tuple[Rule, str, str]]()
    rooms: list[set[Rule]] = []
    for room in tables.problem.rooms:
        broken = {Rule.ROOM} if lesson.rooms and room.id not in lesson.rooms else set()
        broken |= {Rule.SEATS} if terms.seats(lesson, room) < terms.needed[lesson.id] else set()
        rooms.append(broken | ({Rule.EQUIPMENT} if lesson.equipment - room.equipment else set()))
    if lesson.mode is not Mode.ONLINE and all(rooms):
        found.update((rule, "", "") for broken in rooms for rule in broken)
        found[Rule.ROOM, "", ""] += not rooms
    teachers: list[set[Rule]] = []
    for teacher in tables.problem.teachers:
        broken = {Rule.SKILL} if lesson.skills - teacher.skills else set()
        broken |= {Rule.LANGUAGE} if lesson.language not in (None, *teacher.languages) else set()
        teachers.append(broken or (set() if can_teach(lesson, teacher) else {Rule.TEACHER}))
    if lesson.taught and all(teachers):
        found.update((rule, "", "") for broken in teachers for rule in broken)
        found[Rule.TEACHER, "", ""] += not teachers
    return found


def _ranked(found: Counter[tuple[Rule, str, str]]) -> tuple[Reason, ...]:
    """Join counts of one rule, named after whom it counts most for; the greatest first."""
    rules = {rule for (rule, _, _), number in found.items() if number}
    reasons = []
    for rule in rules:
        counts = {(what, id): number for (each, what, id), number in found.items() if each is rule}
        what, id = max(counts, key=lambda key: (counts[key], key))
        params: Params = {what: id} if what else {}
        reasons.append(Reason(rule, sum(counts.values()), params))
    return tuple(sorted(reasons, key=lambda each: (-each.places, each.rule)))[:SAID]
