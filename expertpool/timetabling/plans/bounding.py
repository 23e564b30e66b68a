"""The least that any plan of a term could cost, counted without a search.

Each rule is taken by itself, and in it each lesson, cohort or teacher, as if nobody else were in the way:
what that costs at least, every plan costs. Counted are the rules for places of single lessons, for days of
those from afar, and for even weeks; the others may cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from math import gcd

import numpy as np

from expertpool.timetabling.plans.choices import Choices
from expertpool.timetabling.plans.packing import Array
from expertpool.timetabling.plans.problem import ONLINE, DayKind, Lesson, Mode, Problem, Teacher
from expertpool.timetabling.plans.result import Soft
from expertpool.timetabling.plans.scoring import check
from expertpool.timetabling.plans.search.layout import ELSEWHERE
from expertpool.timetabling.plans.tables import Tables, tables_of
from expertpool.timetabling.plans.terms import Group

HOUR = 60
OF_PLACES = (Soft.MOVED, Soft.REASSIGNED, Soft.PROVISIONAL, Soft.TEACHER_TIME, Soft.EMPTY_SEATS)


def bound(problem: Problem) -> int:
    """Return a cost below which no plan is, lessons without a place counted.

    A lesson that has no place by itself has none in any plan. If another has none, too, that alone is paid;
    else all others stand somewhere, and pay what they must.
    """
    asked = _Asked(problem)
    lost = len(problem.lessons) - len(asked.movable) - len(asked.pinned)
    return lost * problem.weights.unplaced + min(asked.least(), problem.weights.unplaced)


@dataclass(frozen=True)
class _Own:
    """A lesson with what it may have."""

    number: int
    lesson: Lesson
    cells: Array
    """At which it may begin."""


class _Asked:
    """What a problem asks of each lesson."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.tables = problem, tables_of(problem)
        self.terms, self.weights = self.tables.terms, problem.weights
        self.choices = Choices(self.tables)
        self.pinned = [each for each in problem.lessons if each.id in self.terms.pins]
        self.movable = [
            _Own(number, lesson, np.flatnonzero(self.choices.times[self.choices.when[number]]))
            for number, lesson in enumerate(problem.lessons)
            if self.choices.may_move[number]
        ]
        self.provisional = _provisional(self.tables)
        working = [day for day in problem.days if day.kind is not DayKind.HOLIDAY]
        spans = (sum(span.end - span.start for span in day.spans) for day in working)
        self.longest = max(spans, default=0)

    def least(self) -> int:
        """Return what a plan with all these lessons costs at least."""
        pins = check(self.problem, self.problem.pins).by_rule()
        groups = [each for each in self.terms.groups.values() if each.cohort]
        people: list[Group | Teacher] = [*groups, *self.terms.teachers.values()]
        travelling = [each for each in people if each.travels]
        return (
            sum(pins[rule] for rule in OF_PLACES)
            + sum(map(self._alone, self.movable))
            + self.weights.travel_day * sum(map(self._days, travelling))
            + self.weights.spread * sum(self._hours(each) for each in groups if each.spread)
        )

    def _alone(self, own: _Own) -> int:
        """Return what a lesson pays wherever it stands."""
        weights, rooms = self.weights, self.choices.rooms[own.number]
        empty = 0 if own.lesson.mode is Mode.ONLINE else int(self.choices.empty[own.number, rooms].min())
        return (
            weights.empty_seats * empty
            + weights.provisional * int(self.provisional[own.cells].all())
            + weights.teacher_time * int(not self._pleases(own))
            + self._change(own)
        )

    def _pleases(self, own: _Own) -> bool:
        """Whether a lesson could be at a time that one of its teachers prefers."""
        if not own.lesson.taught:
            return True
        grid, length = self.tables.grid, -(-own.lesson.minutes // self.problem.grid)
        ids = (self.tables.bodies[body][1] for body in self.choices.teachers[own.number])
        liked = (grid.lasting(grid.covered(self.terms.teachers[id].prefers), length) for id in ids)
        return any(each[own.cells].any() for each in liked)

    def _change(self, own: _Own) -> int:
        """Return what is paid because a published lesson can't be as it is published."""
        published = self.terms.published.get(own.lesson.id)
        if published is None:
            return 0
        cell, room, teacher = self.tables.known(published)
        if cell == ELSEWHERE or cell not in own.cells:
            return self.weights.moved
        online, taught = own.lesson.mode is Mode.ONLINE, own.lesson.taught
        stays = (published.room is None if online else room in self.choices.rooms[own.number]) and (
            teacher in self.choices.teachers[own.number] if taught else published.teacher is None
        )
        return 0 if stays else min(self.weights.moved, self.weights.reassigned)

    def _days(self, person: Group | Teacher) -> int:
        """Return on how many days somebody from afar must come at least."""
        remote = isinstance(person, Group) and person.remote
        minutes = sum(each.lesson.minutes for each in self._of(person) if self._is_on_site(each, remote))
        pins = (self.terms.pins[each.id] for each in self.pinned if self._attends(person, each))
        fixed = {each.day for each in pins if self.terms.place(each, remote=remote) not in (None, ONLINE)}
        most = min(self.longest, person.most_a_day or self.longest)
        return max(len(fixed), -(-minutes // most) if most else 0)

    def _of(self, person: Group | Teacher) -> list[_Own]:
        """Return the lessons at which somebody must be, whoever teaches the others."""
        return [
            each
            for each in self.movable
            if self._attends(person, each.lesson)
            or (isinstance(person, Teacher) and self._must_teach(person, each))
        ]

    def _attends(self, person: Group | Teacher, lesson: Lesson) -> bool:
        if isinstance(person, Group):
            return lesson.id in person.lessons
        pin = self.terms.pins.get(lesson.id)
        return person.id in lesson.also or (pin is not None and pin.teacher == person.id)

    def _must_teach(self, teacher: Teacher, own: _Own) -> bool:
        only = self.choices.teachers[own.number]
        return own.lesson.taught and list(only) == [self.tables.body["teacher", teacher.id]]

    def _is_on_site(self, own: _Own, remote: bool) -> bool:
        if own.lesson.mode is Mode.ONLINE or (own.lesson.mode is Mode.BOTH and remote):
            return False
        ids = (self.tables.bodies[body][1] for body in self.choices.rooms[own.number])
        return all(self.terms.rooms[id].place != ONLINE for id in ids)

    def _hours(self, group: Group) -> int:
        """Return how many started hours above the even shares of weeks a cohort has at least."""
        lessons = [each.lesson for each in self.movable] + self.pinned
        minutes = [each.minutes for each in lessons if each.id in group.lessons]
        return least_hours(sum(minutes), reduce(gcd, minutes, 0), self.terms.shares[group.id].values())


def least_hours(minutes: int, part: int, shares: Iterable[int]) -> int:
    """Return the fewest started hours above the shares of weeks, each of which takes whole parts."""
    if not minutes:
        return 0
    most = -(-minutes // HOUR)
    hours = np.arange(most + 1)
    held = np.zeros(most + 1, np.int64)
    """The most minutes that the weeks so far take, by hours above their shares."""
    for share in shares:
        held = _joined(held, (share + HOUR * hours) // part * part)
    enough = np.flatnonzero(held >= minutes)
    return int(enough[0]) if len(enough) else most


def _joined(one: Array, other: Array) -> Array:
    """Return the most of both together for each sum of their indices."""
    best = one + other[0]
    for number in range(1, len(other)):
        best[number:] = np.maximum(best[number:], one[: len(one) - number] + other[number])
    return best


def _provisional(tables: Tables) -> Array:
    """Return which cells are on days that may become holidays."""
    kinds: Sequence[DayKind | None] = [
        tables.terms.days[date].kind if date in tables.terms.days else None for date in tables.grid.dates
    ]
    days = np.array([kind is DayKind.PROVISIONAL for kind in kinds], np.bool_)
    return np.repeat(days, tables.grid.slots)
