"""A problem with easings made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from expertpool.timetabling.plans.problem import Day, DayKind, Order, Placement, Problem, Room, Teacher, Time
from expertpool.timetabling.plans.result import Easing, Rule
from expertpool.timetabling.plans.terms import Terms, terms_of

LOADS = {
    Rule.TEACHER_DAY: "most_a_day",
    Rule.TEACHER_WEEK: "most_a_week",
    Rule.TEACHER_IN_ALL: "most_in_all",
    Rule.GROUP_DAY: "most_a_day",
}


def eased(problem: Problem, easings: Sequence[Easing]) -> Problem:
    """Return the problem with these easings made."""
    for each in easings:
        problem = _eased(problem, each)
    return problem


def _eased(problem: Problem, easing: Easing) -> Problem:
    terms, rule, place = terms_of(problem), easing.rule, easing.placement
    lesson = terms.lessons[place.lesson]
    if rule is Rule.DAY and easing.subject:
        return replace(problem, days=(*problem.days, replace(_longest(problem), date=_date(easing))))
    if rule is Rule.DAY:
        return _changed(problem, "days", place.day, "date", lambda day: replace(day, kind=DayKind.WORKING))
    if rule is Rule.WINDOW:
        late = lesson.latest is not None and place.day > lesson.latest
        to = {"latest" if late else "earliest": place.day}
        return _changed(problem, "lessons", lesson.id, "id", lambda each: replace(each, **to))
    if rule is Rule.ORDER:
        return replace(problem, orders=tuple(_order(each, easing) for each in problem.orders))
    if rule is Rule.ROOM and not easing.subject:
        room = Room(str(place.room), terms.needed[lesson.id], equipment=lesson.equipment, place=NOWHERE)
        problem = replace(problem, rooms=(*problem.rooms, room))
    if rule is Rule.TEACHER and not easing.subject:
        languages = frozenset({lesson.language} if lesson.language else ())
        teacher = Teacher(str(place.teacher), lesson.skills, languages)
        problem = replace(problem, teachers=(*problem.teachers, teacher))
    if rule in (Rule.ROOM, Rule.TEACHER):
        name, id = ("rooms", place.room) if rule is Rule.ROOM else ("teachers", place.teacher)
        return _changed(problem, "lessons", lesson.id, "id", lambda each: _listed(each, name, id))
    if rule is Rule.LESSON_TIME:
        return _changed(problem, "lessons", lesson.id, "id", lambda each: _available(terms, each, place))
    return _of_owner(problem, terms, easing)


NOWHERE = "+"
"""The place of a new room: no travel leads there."""


def _of_owner(problem: Problem, terms: Terms, easing: Easing) -> Problem:
    """Ease what belongs to a room, a teacher, a cohort or a trainee."""
    rule, place = easing.rule, easing.placement

    def change(owner: Any) -> Any:
        if rule is Rule.SEATS:
            spare = {"exam_seats": easing.to} if owner.exam_seats is not None else {}
            return replace(owner, seats=max(owner.seats, int(str(easing.to))), **spare)
        if rule is Rule.EQUIPMENT:
            return replace(owner, equipment=owner.equipment | {easing.to})
        if rule is Rule.SKILL:
            return replace(owner, skills=owner.skills | {easing.to})
        if rule is Rule.LANGUAGE:
            return replace(owner, languages=owner.languages | {easing.to})
        if rule in LOADS:
            return replace(owner, **{LOADS[rule]: easing.to})
        if rule.value.endswith("-time"):
            return _available(terms, owner, place)
        return replace(owner, busy=tuple(each for each in owner.busy if not terms.overlaps(each, place)))

    what = rule.value.partition("-")[0]
    if rule in (Rule.SEATS, Rule.EQUIPMENT):
        what = "room"
    elif rule in (Rule.SKILL, Rule.LANGUAGE):
        what = "teacher"
    names = {"room": ("rooms",), "teacher": ("teachers",), "group": ("cohorts", "trainees")}[what]
    for name in names:
        problem = _changed(problem, name, easing.subject, "id", change)
    return problem


def _longest(problem: Problem) -> Day:
    """Return a working day with as much teaching time as any."""
    longest = max(problem.days, key=lambda day: sum(span.end - span.start for span in day.spans))
    return replace(longest, kind=DayKind.WORKING)


def _date(easing: Easing) -> dt.date:
    assert isinstance(easing.to, dt.date)
    return easing.to


def _changed(problem: Problem, name: str, key: object, field: str, change: Callable[[Any], Any]) -> Problem:
    items = tuple(change(each) if getattr(each, field) == key else each for each in getattr(problem, name))
    changes: dict[str, Any] = {name: items}
    return replace(problem, **changes)


def _listed(lesson: Any, name: str, id: str | None) -> Any:
    """Add to the rooms or teachers that a lesson may have, if it lists any."""
    listed = getattr(lesson, name)
    return replace(lesson, **{name: (*listed, id)}) if listed else lesson


def _available(terms: Terms, owner: Any, place: Placement) -> Any:
    """Add the time of a place to somebody's times."""
    start, end = terms.taken(place)
    return replace(owner, available=(*owner.available, Time(start, end, date=place.day)))


def _order(order: Order, easing: Easing) -> Order:
    if f"{order.before}>{order.after}" != easing.subject:
        return order
    days = int(str(easing.to))
    if days < order.least_days:
        return replace(order, least_days=days)
    return replace(order, most_days=days)
