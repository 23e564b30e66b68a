"""What each lesson may have, whatever else is placed: times, rooms and teachers."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right

import numpy as np

from expertpool.timetabling.plans.packing import Array
from expertpool.timetabling.plans.problem import Lesson, Mode
from expertpool.timetabling.plans.search.layout import FREE
from expertpool.timetabling.plans.tables import Tables
from expertpool.timetabling.plans.terms import can_teach


class Choices:
    """Made for `facts`. `times` are sets of cells, each once; `when` tells which of them a lesson has."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._kept: dict[int, Array] = {}
        problem, groups, teachers = tables.problem, len(tables.terms.groups), len(tables.terms.teachers)
        self.may_use = np.zeros((len(problem.lessons), len(tables.bodies)), np.bool_)
        """[l, b] for rooms and teachers."""
        self.empty = np.zeros(self.may_use.shape, np.int64)
        """[l, b] tens of empty seats."""
        for number, lesson in enumerate(problem.lessons):
            self._note(number, lesson)
        first_room = groups + teachers
        self.teachers = [np.flatnonzero(row[:first_room]) for row in self.may_use]
        self.rooms = [first_room + np.flatnonzero(row[first_room:]) for row in self.may_use]
        self.crews = [np.array(self._crew(lesson), np.int64) for lesson in problem.lessons]
        sets: dict[bytes, int] = {}
        masks = [self._may_begin(number, lesson) for number, lesson in enumerate(problem.lessons)]
        self.when = np.array([sets.setdefault(mask.tobytes(), len(sets)) for mask in masks], np.int64)
        kept = [np.frombuffer(mask, np.bool_) for mask in sets]
        self.times = np.array(kept, np.bool_).reshape(len(sets), tables.grid.cells)
        self.may_move = np.array(
            [self._may_move(number, lesson) for number, lesson in enumerate(problem.lessons)], np.bool_
        )

    def _note(self, number: int, lesson: Lesson) -> None:
        """Note the rooms and teachers that a lesson may have."""
        tables = self._tables
        needed = tables.terms.needed[lesson.id]
        for room in tables.problem.rooms:
            body, spare = tables.body["room", room.id], tables.terms.seats(lesson, room) - needed
            listed = not lesson.rooms or room.id in lesson.rooms
            self.may_use[number, body] = listed and spare >= 0 and lesson.equipment <= room.equipment
            self.empty[number, body] = max(0, spare) // 10
        for teacher in tables.problem.teachers:
            self.may_use[number, tables.body["teacher", teacher.id]] = can_teach(lesson, teacher)

    def _crew(self, lesson: Lesson) -> list[int]:
        """Return who must be there, whoever teaches."""
        tables = self._tables
        groups = [tables.body["group", group.id] for group in tables.terms.followers[lesson.id]]
        return groups + [tables.body["teacher", id] for id in dict.fromkeys(lesson.also)]

    def _may_begin(self, number: int, lesson: Lesson) -> Array:
        """Return the cells within days and times where its crew, a teacher and a room have nothing fixed."""
        grid, problem = self._tables.grid, self._tables.problem
        earliest = max(filter(None, (lesson.earliest, problem.not_before)), default=dt.date.min)
        first = bisect_left(grid.dates, earliest) * grid.slots
        last = bisect_right(grid.dates, lesson.latest or dt.date.max) * grid.slots
        begins = np.zeros(grid.cells, np.bool_)
        begins[first:last] = grid.within(lesson)[first:last]
        length = -(-lesson.minutes // problem.grid)
        if lesson.available:
            begins &= grid.lasting(grid.covered(lesson.available), length)
        free = self._free(length)
        begins &= free[self.crews[number]].all(axis=0)
        if lesson.taught:
            begins &= free[self.teachers[number]].any(axis=0)
        if lesson.mode is not Mode.ONLINE:
            begins &= free[self.rooms[number]].any(axis=0)
        return begins

    def _free(self, length: int) -> Array:
        """Return from which cells on each body has nothing fixed for so many, kept by length."""
        if length not in self._kept:
            self._kept[length] = self._tables.grid.lasting(self._tables.diaries == FREE, length)
        return self._kept[length]

    def _may_move(self, number: int, lesson: Lesson) -> bool:
        wanted = (lesson.mode is Mode.ONLINE or len(self.rooms[number]) > 0) and (
            not lesson.taught or len(self.teachers[number]) > 0
        )
        pinned = lesson.id in self._tables.terms.pins
        return bool(wanted and not pinned and self.times[self.when[number]].any())
