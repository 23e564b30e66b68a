"""The smallest easing that would let an unplaced lesson in, while all others stay.

Fewer easings come before more, then smaller ones before larger; `PRICES` says what size is. Two lessons of
one person at one time, and too little time to travel, can't be eased.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from expertpool.timetabling.plans.barring import barred
from expertpool.timetabling.plans.facts import facts_of
from expertpool.timetabling.plans.packing import Array
from expertpool.timetabling.plans.problem import DayKind, Lesson, Mode, Placement, Problem
from expertpool.timetabling.plans.relaxing import eased
from expertpool.timetabling.plans.result import Breach, Easing, Rule, Unplaced, Value
from expertpool.timetabling.plans.scoring import Sheet
from expertpool.timetabling.plans.search import easings as prices
from expertpool.timetabling.plans.search.layout import NEVER, NOBODY
from expertpool.timetabling.plans.states import as_it_is
from expertpool.timetabling.plans.tables import Tables, tables_of

PRICES = {
    Rule.GROUP_DAY: 1,  # a half hour, as of the other loads
    Rule.SEATS: 1,  # a seat
    Rule.WINDOW: 1,  # a day
    Rule.ORDER: prices.DAY_PRICE,  # a day
    Rule.TEACHER_TIME: prices.TIME_PRICE,  # a half hour, as of other times
    Rule.EQUIPMENT: 6,  # a piece of equipment
    Rule.SKILL: 10,
    Rule.LANGUAGE: 10,
    Rule.TEACHER_BUSY: prices.BUSY_PRICE,  # whatever is fixed at that time, as of other diaries
    Rule.DAY: 20,  # a holiday worked
    Rule.ROOM: 24,  # one room more
    Rule.TEACHER: 24,  # one teacher more
}
UNLISTED = 4
"""The size of a room or teacher that the lesson doesn't list."""
NEW = "+"
"""The id of a room or teacher more."""


def easing(problem: Problem, plan: Sequence[Placement], lesson: str) -> tuple[Easing, ...]:
    """Return the smallest set of easings with which the lesson fits; a day after the last if nothing else
    helps.

    Empty if it fits as it is, or if nothing helps.
    """
    found = _smallest(problem, plan, lesson)
    if found is None and problem.days:
        more = day_more(problem, lesson)
        found = _smallest(eased(problem, [more]), plan, lesson)
        if found is not None:
            place, easings = found
            return tuple(replace(each, placement=place) for each in (more, *easings))
    return found[1] if found else ()


def day_more(problem: Problem, lesson: str) -> Easing:
    """Return the easing that adds a working day after the last one."""
    last = problem.days[-1].date
    return Easing(Rule.DAY, NEW, last, last + dt.timedelta(1), Placement(lesson, last, 0))


def _smallest(
    problem: Problem, plan: Sequence[Placement], lesson: str
) -> tuple[Placement, tuple[Easing, ...]] | None:
    """Return the place that asks for the least easing, and the easings; None if no easing helps."""
    tables = tables_of(problem)
    others = [each for each in plan if each.lesson != lesson]
    asked, number = tables.terms.lessons[lesson], tables.number[lesson]
    best = np.full((1, 4), NEVER, np.int64)
    prices.cheapest_easing(
        facts_of(tables),
        as_it_is(tables, others),
        tables.away,
        number,
        _cells(tables, asked),
        _rooms(tables, asked),
        _teachers(tables, asked),
        best,
    )
    if best[0, 0] >= NEVER:
        return None
    place = tables.placement(number, *best[0, 1:])
    sheet = Sheet(tables.terms, [*others, place])
    broken = sheet.judged(sorted(sheet.touching(lesson), key=str))[0]
    before = Sheet(tables.terms, others).judged(sheet.touching(lesson))[0]
    easings = dict.fromkeys(_eased(tables, each, place) for each in broken if each not in before)
    return _shown(tables, place), tuple(easings)


def _shown(tables: Tables, place: Placement) -> Placement:
    """Return a place with the ids of a new room and a new teacher, where it has none and needs one."""
    lesson = tables.terms.lessons[place.lesson]
    return replace(
        place,
        room=place.room if place.room or lesson.mode is Mode.ONLINE else NEW + lesson.id,
        teacher=place.teacher if place.teacher or not lesson.taught else NEW + lesson.id,
    )


def excuses(problem: Problem, plan: Sequence[Placement]) -> tuple[Unplaced, ...]:
    """Return what keeps each lesson without a place from one, in the order of the problem."""
    tables = tables_of(problem)
    placed = {each.lesson for each in plan}
    return tuple(
        Unplaced(id, barred(tables, plan, id)[1], easing(problem, plan, id))
        for id in tables.lessons
        if id not in placed
    )


def _cells(tables: Tables, lesson: Lesson) -> Array:
    """Return the cells at which a lesson could begin with day, window and times eased, and prices."""
    found = []
    for cell in tables.grid.teaching_starts(lesson, holidays=True):
        placement = tables.placement(tables.number[lesson.id], cell, NOBODY, NOBODY)
        price = 0
        day = placement.day
        if tables.terms.days[day].kind is DayKind.HOLIDAY:
            price += prices.EASED + PRICES[Rule.DAY]
        if tables.problem.not_before and day < tables.problem.not_before:
            continue
        far = max(
            (lesson.earliest - day).days if lesson.earliest else 0,
            (day - lesson.latest).days if lesson.latest else 0,
        )
        if far > 0:
            price += prices.EASED + PRICES[Rule.WINDOW] * far
        outside = tables.terms.outside(lesson.available, day, tables.terms.taken(placement))
        if outside:
            price += prices.EASED + prices.TIME_PRICE * -(-outside // 30)
        found.append((cell, price))
    return np.array(found, np.int64).reshape(-1, 2)


def _rooms(tables: Tables, lesson: Lesson) -> Array:
    if lesson.mode is Mode.ONLINE:
        return np.array([[NOBODY, 0]])
    found = [(NOBODY, prices.EASED + PRICES[Rule.ROOM])]
    for room in tables.problem.rooms:
        price = prices.EASED + UNLISTED if lesson.rooms and room.id not in lesson.rooms else 0
        short = tables.terms.needed[lesson.id] - tables.terms.seats(lesson, room)
        price += prices.EASED + PRICES[Rule.SEATS] * short if short > 0 else 0
        price += (prices.EASED + PRICES[Rule.EQUIPMENT]) * len(lesson.equipment - room.equipment)
        found.append((tables.body["room", room.id], price))
    return np.array(found, np.int64)


def _teachers(tables: Tables, lesson: Lesson) -> Array:
    if not lesson.taught:
        return np.array([[NOBODY, 0]])
    found = [(NOBODY, prices.EASED + PRICES[Rule.TEACHER])]
    for teacher in tables.problem.teachers:
        if teacher.id in lesson.also:
            continue
        listed = not lesson.teachers or teacher.id in lesson.teachers
        price = 0 if listed else prices.EASED + UNLISTED
        price += (prices.EASED + PRICES[Rule.SKILL]) * len(lesson.skills - teacher.skills)
        if lesson.language not in (None, *teacher.languages):
            price += prices.EASED + PRICES[Rule.LANGUAGE]
        found.append((tables.body["teacher", teacher.id], price))
    return np.array(found, np.int64)


def _eased(tables: Tables, breach: Breach, place: Placement) -> Easing:
    """Return how a breach is eased; of several fixed times of one person or room, once."""
    rule, params = breach.rule, breach.params
    lesson = tables.terms.lessons[place.lesson]
    subject = str(params.get("teacher", params.get("room", params.get("group", lesson.id))))
    was: Value | None = None
    to: Value | None = None
    if rule is Rule.DAY:
        subject, was, to = "", DayKind.HOLIDAY.value, DayKind.WORKING.value
    elif rule is Rule.WINDOW:
        was, to = params.get("earliest", params.get("latest")), place.day
    elif rule is Rule.SEATS:
        was, to = params["seats"], params["needed"]
    elif rule is Rule.ORDER:
        subject = f"{params['before']}>{params['after']}"
        was, to = params.get("least", params.get("most")), params["days"]
    elif rule in (Rule.ROOM, Rule.TEACHER):
        subject = lesson.id if subject else ""
        to = params["room"] if rule is Rule.ROOM else params["teacher"]
        if not subject:
            to = tables.terms.needed[lesson.id] if rule is Rule.ROOM else None
    elif rule.value.endswith("-time"):
        was, to = 0, params["minutes"]
    elif rule.value.endswith("-busy"):
        was = _fixed(tables, rule, subject, place)
    elif "most" in params:
        was, to = params["most"], params["minutes"]
    else:
        to = params.get("equipment", params.get("skill", params.get("language")))
    return Easing(rule, subject, was, to, _shown(tables, place))


def _fixed(tables: Tables, rule: Rule, subject: str, place: Placement) -> str:
    """Return what somebody's fixed times are that a place overlaps."""
    owner = tables.owner(rule.value.partition("-")[0], subject)
    return "; ".join(dict.fromkeys(each.what for each in owner.busy if tables.terms.overlaps(each, place)))
