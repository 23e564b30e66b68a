"""What a plan breaks and costs, counted plainly: formulation UD2 of curriculum-based course timetabling.

Source: L. Di Gaspero, B. McCollum, A. Schaerf, "The Second International Timetabling Competition (ITC-2007):
Curriculum-based Course Timetabling (Track 3)", 2007. A plan must not clash, and should cost little:

    capacity      1 a lecture and student above the seats of its room
    days          5 a day that a course has fewer than its minimum
    compactness   2 a lecture of a curriculum with none of it right before or after, that day
    stability     1 a room of a course beyond its first
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from expertpool.timetabling.curricula.problem import Place, Problem

DAYS, COMPACTNESS = 5, 2


@dataclass(frozen=True, slots=True)
class Cost:
    """The parts of a plan's cost, weighted; and how often it clashes, which must be never."""

    clashes: int
    capacity: int
    days: int
    compactness: int
    stability: int

    @property
    def total(self) -> int:
        """The cost without the clashes."""
        return self.capacity + self.days + self.compactness + self.stability


def score(problem: Problem, plan: Sequence[Place]) -> Cost:
    """Return what a plan costs."""
    periods: dict[int, list[int]] = defaultdict(list)
    rooms: dict[int, set[int]] = defaultdict(set)
    for place in plan:
        periods[place.course].append(place.period)
        rooms[place.course].add(place.room)
    return Cost(
        clashes=len(clashing(problem, plan)),
        capacity=sum(crowding(problem, place.course, place.room) for place in plan),
        days=DAYS
        * sum(_days_short(problem, number, periods[number]) for number in range(len(problem.courses))),
        compactness=COMPACTNESS
        * sum(_lone(problem, curriculum.courses, periods) for curriculum in problem.curricula),
        stability=sum(len(found) - 1 for found in rooms.values()),
    )


def crowding(problem: Problem, course: int, room: int) -> int:
    """Return how many students of a course have no seat in a room."""
    return max(0, problem.courses[course].students - problem.rooms[room].seats)


def rivalries(problem: Problem) -> Counter[tuple[int, int]]:
    """Count the teachers and curricula that two courses share, either way; each course with itself too."""
    groups: dict[object, set[int]] = defaultdict(set)
    for number, course in enumerate(problem.courses):
        groups["teacher", course.teacher].add(number)
    for curriculum_number, curriculum in enumerate(problem.curricula):
        groups[curriculum_number].update(curriculum.courses)
    return Counter((one, other) for group in groups.values() for one in group for other in group)


def clashing(problem: Problem, plan: Sequence[Place]) -> list[tuple[Place, ...]]:
    """Return what clashes: two lectures in one room or of rivals; one lecture when its course can't meet."""
    apart = rivalries(problem)
    at: dict[int, list[Place]] = defaultdict(list)
    for place in plan:
        at[place.period].append(place)
    together: list[tuple[Place, ...]] = [
        (one, other)
        for places in at.values()
        for one, other in combinations(places, 2)
        if (one.course, other.course) in apart or one.room == other.room
    ]
    return together + [(place,) for place in plan if (place.course, place.period) in problem.unavailable]


def _days_short(problem: Problem, course: int, periods: list[int]) -> int:
    days = {period // problem.periods for period in periods}
    return max(0, problem.courses[course].days - len(days))


def _lone(problem: Problem, courses: Iterable[int], periods: dict[int, list[int]]) -> int:
    """Count the lectures of a curriculum that have no neighbour in it."""
    taken = {period for course in courses for period in periods[course]}
    beside = {
        period
        for period in taken
        for neighbour in (period - 1, period + 1)
        if neighbour in taken and neighbour // problem.periods == period // problem.periods
    }
    return len(taken - beside)
