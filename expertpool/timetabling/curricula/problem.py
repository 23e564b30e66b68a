"""What is asked: courses, rooms, curricula, and when a course can't meet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from expertpool.errors import N_, Sentence


@dataclass(frozen=True, slots=True)
class Course:
    """So many lectures by one teacher, on at least `days` days; `students` want seats."""

    id: str
    teacher: str
    lectures: int
    days: int
    students: int


@dataclass(frozen=True, slots=True)
class Room:
    """A room and its seats."""

    id: str
    seats: int


@dataclass(frozen=True, slots=True)
class Curriculum:
    """Courses, by number, that some students attend together."""

    id: str
    courses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """A week of `days` with `periods` each; a period of the week is day x periods + that of the day."""

    name: str
    days: int
    periods: int
    courses: tuple[Course, ...]
    rooms: tuple[Room, ...]
    curricula: tuple[Curriculum, ...]
    unavailable: frozenset[tuple[int, int]]
    """(course, period of the week)."""

    @property
    def week(self) -> int:
        """The number of periods of a week."""
        return self.days * self.periods

    @property
    def lectures(self) -> tuple[int, ...]:
        """The course of each lecture, in the order of courses."""
        return tuple(number for number, course in enumerate(self.courses) for _ in range(course.lectures))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a lecture of a course is: its period of the week, and a room by number."""

    course: int
    period: int
    room: int


def shortages(problem: Problem) -> list[Sentence]:
    """Say why there can be no plan, as far as counting tells; empty if counting finds nothing."""
    found = []
    cells = problem.week * len(problem.rooms)
    if len(problem.lectures) > cells:
        found.append(
            Sentence(
                N_("There are %(lectures)s lectures, but only %(cells)s periods in rooms."),
                {"lectures": len(problem.lectures), "cells": cells},
            )
        )
    blocked = Counter(course for course, _ in problem.unavailable)
    for number, course in enumerate(problem.courses):
        free = problem.week - blocked[number]
        if course.lectures > free:
            found.append(
                _too_many(
                    N_("Course %(id)s has %(lectures)s lectures, but can meet in %(free)s periods only."),
                    course.id,
                    course.lectures,
                    free,
                )
            )
    return found + _crowded(problem)


def _crowded(problem: Problem) -> list[Sentence]:
    """Find teachers and curricula with more lectures than the week has periods."""
    taught: Counter[str] = Counter()
    for course in problem.courses:
        taught[course.teacher] += course.lectures
    found = [
        _too_many(
            N_("Teacher %(id)s has %(lectures)s lectures, but the week has only %(free)s periods."),
            teacher,
            lectures,
            problem.week,
        )
        for teacher, lectures in taught.items()
        if lectures > problem.week
    ]
    for curriculum in problem.curricula:
        lectures = sum(problem.courses[number].lectures for number in set(curriculum.courses))
        if lectures > problem.week:
            found.append(
                _too_many(
                    N_(
                        "Curriculum %(id)s has %(lectures)s lectures, but the week has only %(free)s periods."
                    ),
                    curriculum.id,
                    lectures,
                    problem.week,
                )
            )
    return found


def _too_many(message: str, id: str, lectures: int, free: int) -> Sentence:
    return Sentence(message, {"id": id, "lectures": lectures, "free": free})
