"""A problem looked up by id, with what follows from it before anything is placed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from expertpool.timetabling.plans.problem import (
    ONLINE,
    Busy,
    Day,
    DayKind,
    Kind,
    Lesson,
    Mode,
    Placement,
    Problem,
    Room,
    Teacher,
    Time,
)

Slot = tuple[int, int]
"""The minutes that something takes, from a multiple of the grid to another."""


@dataclass(frozen=True, slots=True)
class Group:
    """Trainees who keep one diary: a cohort, or single trainees who attend the same lessons.

    Only cohorts count in soft rules (`cohort`).
    """

    id: str
    """Of the cohort, or of the first of the trainees."""
    cohort: bool
    lessons: frozenset[str]
    remote: bool = False
    travels: bool = False
    spread: bool = False
    most_a_day: int | None = None
    available: tuple[Time, ...] = ()
    busy: tuple[Busy, ...] = ()


class Terms:
    """Made once for a problem by `terms_of`; read only."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.days: Mapping[dt.date, Day] = {day.date: day for day in problem.days}
        self.lessons = {lesson.id: lesson for lesson in problem.lessons}
        self.teachers = {teacher.id: teacher for teacher in problem.teachers}
        self.rooms = {room.id: room for room in problem.rooms}
        self.pins = {pin.lesson: pin for pin in problem.pins}
        self.published = {each.lesson: each for each in problem.published}
        self.groups = {group.id: group for group in _groups(problem)}
        followers: dict[str, list[Group]] = defaultdict(list)
        for group in self.groups.values():
            for lesson in group.lessons:
                followers[lesson].append(group)
        self.followers = followers
        self.needed = {lesson.id: self._seats(lesson) for lesson in problem.lessons}
        self._travel = {
            pair: each.minutes
            for each in problem.travel
            for pair in ((each.one, each.other), (each.other, each.one))
        }
        self.shares = {group.id: self._share(group) for group in self.groups.values() if group.spread}

    def up(self, minutes: int) -> int:
        """Round up to the grid."""
        return -(-minutes // self.problem.grid) * self.problem.grid

    def slot(self, start: int, end: int) -> Slot:
        """Return the parts of the grid that a time touches."""
        return start // self.problem.grid * self.problem.grid, self.up(end)

    def taken(self, placement: Placement) -> Slot:
        """Return what a placement takes of its day."""
        return self.slot(placement.start, placement.start + self.lessons[placement.lesson].minutes)

    def teaching(self, placement: Placement) -> list[str]:
        """Return the teachers who are at a lesson, as far as they are known."""
        names = dict.fromkeys((*self.lessons[placement.lesson].also, placement.teacher or ""))
        return [name for name in names if name in self.teachers]

    def overlaps(self, busy: Busy, placement: Placement) -> bool:
        """Tell whether something fixed and a placement meet."""
        one, other = self.slot(busy.start, busy.end), self.taken(placement)
        return busy.date == placement.day and one[0] < other[1] and other[0] < one[1]

    def travel(self, one: str | None, other: str | None) -> int:
        """Return the minutes between two places, rounded up to the grid."""
        if one is None or other is None or one == other:
            return 0
        otherwise = self.problem.online_minutes if ONLINE in (one, other) else 0
        return self.up(self._travel.get((one, other), otherwise))

    def place(self, placement: Placement, *, remote: bool) -> str | None:
        """Return where somebody is during a lesson."""
        mode = self.lessons[placement.lesson].mode
        if mode is Mode.ONLINE or (mode is Mode.BOTH and remote):
            return ONLINE
        room = self.rooms.get(placement.room or "")
        return room.place if room else None

    def outside(self, times: tuple[Time, ...], day: dt.date, slot: Slot) -> int:
        """Return the minutes of a slot, in parts of the grid, that times don't cover; 0 without times."""
        if not times:
            return 0
        step = self.problem.grid
        covering = _merged((time.start, time.end) for time in times if applies(time, day))
        return step * sum(
            not any(start <= at and at + step <= end for start, end in covering) for at in range(*slot, step)
        )

    def seats(self, lesson: Lesson, room: Room) -> int:
        """Return the seats of a room for a lesson of this kind."""
        if lesson.kind is Kind.EXAM and room.exam_seats is not None:
            return room.exam_seats
        return room.seats

    def _seats(self, lesson: Lesson) -> int:
        sizes = {
            cohort.id: 0 if lesson.mode is Mode.BOTH and cohort.remote else cohort.size
            for cohort in self.problem.cohorts
            if cohort.id in lesson.cohorts
        }
        if not lesson.trainees:
            return sum(sizes.values())
        members = {trainee.id for trainee in self.problem.trainees if set(trainee.cohorts) & set(sizes)}
        return sum(sizes.values()) + len(set(lesson.trainees) - members)

    def _share(self, group: Group) -> dict[tuple[int, int], int]:
        """Return the minutes of a group's lessons in each week, spread evenly over teaching days."""
        whole = sum(self.lessons[lesson].minutes for lesson in group.lessons)
        days: dict[tuple[int, int], int] = defaultdict(int)
        for day in self.problem.days:
            if day.kind is not DayKind.HOLIDAY:
                days[week(day.date)] += 1
        every = sum(days.values())
        return {each: -(-whole * number // every) for each, number in days.items()}


@lru_cache(maxsize=8)
def terms_of(problem: Problem) -> Terms:
    """Return the terms of a problem; those of the last few problems are kept."""
    return Terms(problem)


def week(day: dt.date) -> tuple[int, int]:
    """Return the ISO year and week of a day."""
    year, number, _ = day.isocalendar()
    return year, number


def applies(time: Time, day: dt.date) -> bool:
    """Tell whether a time that comes back is on a day."""
    return time.date in (None, day) and time.weekday in (None, day.isoweekday())


def can_teach(lesson: Lesson, teacher: Teacher) -> bool:
    """Tell whether somebody is a teacher that a lesson may have."""
    return (
        (not lesson.teachers or teacher.id in lesson.teachers)
        and teacher.id not in lesson.also
        and lesson.skills <= teacher.skills
        and (lesson.language is None or lesson.language in teacher.languages)
    )


def _merged(times: Iterable[Slot]) -> list[Slot]:
    """Join times that touch."""
    joined: list[Slot] = []
    for start, end in sorted(times):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _groups(problem: Problem) -> list[Group]:
    attended: dict[str, set[str]] = defaultdict(set)
    alone: dict[str, set[str]] = defaultdict(set)
    for lesson in problem.lessons:
        for id in lesson.cohorts:
            attended[id].add(lesson.id)
        for id in lesson.trainees:
            alone[id].add(lesson.id)
    cohorts = {
        cohort.id: Group(
            id=cohort.id,
            cohort=True,
            lessons=frozenset(attended[cohort.id]),
            remote=cohort.remote,
            travels=cohort.travels,
            spread=cohort.spread,
            most_a_day=cohort.most_a_day,
            available=cohort.available,
            busy=cohort.busy,
        )
        for cohort in problem.cohorts
    }
    single: dict[tuple[object, ...], Group] = {}
    for trainee in problem.trainees:
        group = Group(
            id=trainee.id,
            cohort=False,
            lessons=frozenset(alone[trainee.id].union(*(attended[each] for each in trainee.cohorts))),
            remote=bool(trainee.cohorts) and all(cohorts[each].remote for each in trainee.cohorts),
            most_a_day=trainee.most_a_day,
            available=trainee.available,
            busy=trainee.busy,
        )
        kept = (group.lessons, group.remote, group.most_a_day, group.available, group.busy)
        free = group.most_a_day is None and not group.available and not group.busy
        own = [cohorts[each] for each in trainee.cohorts]
        if not (free and any(group.lessons <= each.lessons and each.remote == group.remote for each in own)):
            single.setdefault(kept, group)
    return [*cohorts.values(), *single.values()]
