"""Numbers for the ids of a problem, and its places in numbers and back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache

import numpy as np

from expertpool.timetabling.plans.grid import Grid
from expertpool.timetabling.plans.packing import Array
from expertpool.timetabling.plans.places import Places
from expertpool.timetabling.plans.problem import Placement, Problem, Room, Teacher
from expertpool.timetabling.plans.search import layout
from expertpool.timetabling.plans.terms import Group, terms_of


class Tables:
    """Made once for a problem by `tables_of`; read only. Bodies are groups, then teachers, then rooms."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.terms = terms_of(problem)
        self.places = Places(self.terms)
        self.grid = Grid(self.terms, self.places.reach)
        self.lessons = [lesson.id for lesson in problem.lessons]
        self.number = {id: number for number, id in enumerate(self.lessons)}
        names = [("group", id) for id in self.terms.groups]
        names += [("teacher", id) for id in self.terms.teachers] + [("room", id) for id in self.terms.rooms]
        self.bodies = names
        self.body = {name: number for number, name in enumerate(names)}
        courses = dict.fromkeys(lesson.course for lesson in problem.lessons if lesson.course)
        self.courses = {id: number for number, id in enumerate(courses)}

    @cached_property
    def away(self) -> Array:
        """[b, c] whether a body is not available."""
        diaries = (self.owner(*name).available for name in self.bodies)
        found = np.array([~self.grid.covered(each) for each in diaries], np.int64)
        return found.reshape(len(self.bodies), self.grid.cells)

    @cached_property
    def diaries(self) -> Array:
        """[b, c] what is fixed of each body, as `search.layout` tells of HELD; no lessons."""
        held = np.full((len(self.bodies), self.grid.cells), layout.FREE)
        held[self.away > 0] = layout.AWAY
        for row, name in zip(held, self.bodies, strict=True):
            for each in self.owner(*name).busy:
                place = -1 if each.place is None else self.places.number[each.place]
                row[self.grid.taken(each)] = layout.BUSY - 1 - place
        return held

    def owner(self, what: str, id: str) -> Group | Teacher | Room:
        """Return a body by its name."""
        kinds: dict[str, Mapping[str, Group | Teacher | Room]] = {
            "group": self.terms.groups,
            "teacher": self.terms.teachers,
            "room": self.terms.rooms,
        }
        return kinds[what][id]

    def placement(self, lesson: int, cell: int, room: int, teacher: int) -> Placement:
        """Return a place in numbers by ids."""
        pin = self.terms.pins.get(self.lessons[lesson])
        return pin or Placement(
            self.lessons[lesson],
            *self.grid.time(int(cell)),
            self.bodies[room][1] if room >= 0 else None,
            self.bodies[teacher][1] if teacher >= 0 else None,
        )

    def placements(self, where: Array) -> tuple[Placement, ...]:
        """Return a plan in numbers as placements, in the order of time."""
        found = (
            self.placement(lesson, *map(int, row))
            for lesson, row in enumerate(where)
            if row[layout.CELL] != layout.NOBODY
        )
        return tuple(sorted(found, key=lambda each: (each.day, each.start, each.lesson)))

    def place(self, placement: Placement) -> tuple[int, int, int]:
        """Return cell, room and teacher of a placement on a day that is known."""
        room = self.body.get(("room", placement.room or ""), layout.NOBODY)
        teacher = self.body.get(("teacher", placement.teacher or ""), layout.NOBODY)
        return self.grid.cell(placement.day, placement.start), room, teacher

    def known(self, placement: Placement) -> tuple[int, int, int]:
        """Return a published place; cell ELSEWHERE if no lesson can be there now."""
        if not self.grid.has(placement.day, placement.start):
            return layout.ELSEWHERE, layout.NOBODY, layout.NOBODY
        cell, room, teacher = self.place(placement)
        unknown = (placement.room is not None and room < 0) or (placement.teacher is not None and teacher < 0)
        return cell, (layout.ELSEWHERE if unknown else room), teacher


@lru_cache(maxsize=2)
def tables_of(problem: Problem) -> Tables:
    """Return the tables of a problem; those of the last few problems are kept."""
    return Tables(problem)
