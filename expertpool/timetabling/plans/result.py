"""What comes back: plans, what they break and cost, and answers about one lesson; codes and parameters only.

Parameters are plain values by name: ids (str), dates, and whole numbers (minutes, days, seats). Doors put
them into words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from expertpool.timetabling.plans.problem import Placement

Value = str | int | dt.date
Params = Mapping[str, Value]


class Rule(StrEnum):
    """Hard rules, with the parameters of their breach."""

    DAY = "day"
    """No teaching day. day, kind ("holiday"; "" if the day is not listed)"""
    SPAN = "span"
    """Beyond the teaching time, across a break, or off the grid. start, end"""
    WINDOW = "window"
    """Too early or too late. day, and earliest or latest: the date that is broken"""
    LESSON_TIME = "lesson-time"
    """Not a time of the lesson. minutes (outside)"""
    TEACHER = "teacher"
    """The wrong teacher, none, or one too many. teacher ("" for none)"""
    SKILL = "skill"
    """teacher, skill"""
    LANGUAGE = "language"
    """teacher, language"""
    TEACHER_TIME = "teacher-time"
    """Not a time of the teacher. teacher, minutes (outside)"""
    TEACHER_BUSY = "teacher-busy"
    """teacher, start, end, what"""
    TEACHER_TWICE = "teacher-twice"
    """teacher, other (lesson)"""
    TEACHER_TRAVEL = "teacher-travel"
    """Too little time to come from another place, or to go there. teacher, minutes (needed), given; and other
    (lesson), or what (of the busy time)"""
    TEACHER_DAY = "teacher-day"
    """Too many minutes a day. teacher, minutes, most"""
    TEACHER_WEEK = "teacher-week"
    """teacher, minutes, most"""
    TEACHER_IN_ALL = "teacher-in-all"
    """teacher, minutes, most"""
    ROOM = "room"
    """The wrong room, none, or one too many. room ("" for none)"""
    SEATS = "seats"
    """room, seats, needed"""
    EQUIPMENT = "equipment"
    """room, equipment"""
    ROOM_TIME = "room-time"
    """room, minutes (outside)"""
    ROOM_BUSY = "room-busy"
    """room, start, end, what"""
    ROOM_TWICE = "room-twice"
    """room, other (lesson)"""
    GROUP_TIME = "group-time"
    """Not a time of a cohort or trainee. group, minutes (outside)"""
    GROUP_BUSY = "group-busy"
    """group, start, end, what"""
    GROUP_TWICE = "group-twice"
    """group, other (lesson)"""
    GROUP_TRAVEL = "group-travel"
    """as of a teacher, with group"""
    GROUP_DAY = "group-day"
    """group, minutes, most"""
    ORDER = "order"
    """It must end before the other begins, or the days between are too few or too many. before, after
    (lessons), days (between their dates, negative if reversed), and least or most"""
    PIN = "pin"
    """A pinned lesson is elsewhere or nowhere."""


OF_ROOMS = frozenset({Rule.ROOM, Rule.SEATS, Rule.EQUIPMENT})
OF_TEACHERS = frozenset({Rule.TEACHER, Rule.SKILL, Rule.LANGUAGE})
"""Rules that bar a room, or a teacher, at any time."""


class Soft(StrEnum):
    """Soft rules. Each says what one unit is; `Weights` has a field of the same name for what it costs."""

    UNPLACED = "unplaced"
    """a lesson without a place"""
    MOVED = "moved"
    """a published lesson on another day or at another time"""
    REASSIGNED = "reassigned"
    """a published lesson at its time, but in another room or with another teacher"""
    PROVISIONAL = "provisional"
    """a lesson on a day that may become a holiday"""
    TEACHER_TIME = "teacher_time"
    """a lesson that is not wholly at times its teacher prefers"""
    GAP = "gap"
    """a started half hour, a cohort and day, of teaching time that the cohort waits between two lessons"""
    TEACHER_GAP = "teacher_gap"
    """the same of a teacher"""
    TRAVEL_DAY = "travel_day"
    """a day on which a cohort or teacher from afar comes on site"""
    SPREAD = "spread"
    """a started hour, a cohort and week, above the cohort's even share of the week"""
    COURSE_DAY = "course_day"
    """a lesson of a course beyond its first on one day, for a cohort that is to be spread"""
    SAME_ROOM = "same_room"
    """a room beyond the first of a cohort on one day"""
    SAME_TEACHER = "same_teacher"
    """a teacher beyond the first of a course"""
    EXAM_DAY = "exam_day"
    """an exam beyond the first of a cohort on one day"""
    EMPTY_SEATS = "empty_seats"
    """ten empty seats in the room of a lesson"""


@dataclass(frozen=True, slots=True)
class Breach:
    """A hard rule that is broken, at one lesson."""

    rule: Rule
    lesson: str
    params: Params = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cost:
    """Units of one soft rule in one spot. Parameters name the spot: lesson, group, teacher, course, day."""

    rule: Soft
    units: int
    cost: int
    """units x weight"""
    params: Params = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """What a plan breaks and costs."""

    breaches: tuple[Breach, ...]
    costs: tuple[Cost, ...]
    """Those that are not 0."""
    unplaced: tuple[str, ...]
    """Lessons without a placement, in the order of the problem."""

    @property
    def total(self) -> int:
        """All that the plan costs."""
        return sum(each.cost for each in self.costs)

    def by_rule(self) -> dict[Soft, int]:
        """Return what each soft rule costs in all; every rule is a key."""
        sums = dict.fromkeys(Soft, 0)
        for each in self.costs:
            sums[each.rule] += each.cost
        return sums


@dataclass(frozen=True, slots=True)
class Reason:
    """A hard rule that bars so many of the places that a lesson could have."""

    rule: Rule
    places: int
    """Of rules in `OF_ROOMS` and `OF_TEACHERS` so many rooms or teachers, none of whom will do."""
    params: Params = field(default_factory=dict)
    """What the rule says of the one who bars most: teacher, room, group or other. Of rooms and teachers that
    will not do, what they lack: equipment, skill or language; or room, seats and needed of the largest room
    that is too small."""


@dataclass(frozen=True, slots=True)
class Easing:
    """One rule made so much softer that a lesson fits.

    `subject` is whose rule it is (a teacher, a room, a cohort, a trainee, a lesson, `before>after` of an
    order, or "" for somebody or something new); `was` and `to` are the limit now and then in its units.
    """

    rule: Rule
    subject: str
    was: Value | None
    to: Value | None
    placement: Placement
    """Where the lesson would stand."""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A lesson that does not fit: what bars it most often, and the smallest set of easings that helps."""

    lesson: str
    reasons: tuple[Reason, ...]
    """Most frequent first."""
    easings: tuple[Easing, ...]
    """All of them together; empty if none was found."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan without a breach (but for those among pins), in the order of time."""

    placements: tuple[Placement, ...]
    unplaced: tuple[Unplaced, ...]
    costs: Mapping[Soft, int]
    """What each soft rule costs; every rule is a key."""
    bound: int
    """A cost below which no plan is."""
    seed: int
    steps: int
    """Of all threads."""
    seconds: float
    stopped: bool
    """Whether it was stopped before its limits."""

    @property
    def total(self) -> int:
        """All that it costs."""
        return sum(self.costs.values())


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is: what the best plan so far leaves out and costs."""

    unplaced: int
    cost: int
    """In all, unplaced lessons counted."""
    steps: int
    spent: float
    """From 0 to 1."""
    placements: tuple[Placement, ...]
    """The best plan so far."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a move of one lesson would do: what it breaks that was whole, and the change of cost by rule."""

    placement: Placement
    breaches: tuple[Breach, ...]
    """What the plan breaks with the move and does not break without."""
    mended: tuple[Breach, ...]
    """What it breaks without the move and no longer with it."""
    costs: Mapping[Soft, int]
    """Changes that are not 0; less is better."""

    @property
    def change(self) -> int:
        """The change of the cost in all."""
        return sum(self.costs.values())


@dataclass(frozen=True, slots=True)
class Why:
    """Why a lesson is where it is."""

    placement: Placement | None
    pinned: bool
    costs: tuple[Cost, ...]
    """What its own spots cost now."""
    places: int
    """Places (times with room and teacher) that it could have besides."""
    free: int
    """Those that break nothing while all others stay."""
    reasons: tuple[Reason, ...]
    """What bars the rest, most frequent first."""
    best: tuple[Effect, ...]
    """The best of the free ones; a plan that could be better has one with a change below 0."""


class Part(StrEnum):
    """What of a placement changed."""

    TIME = "time"
    ROOM = "room"
    TEACHER = "teacher"


@dataclass(frozen=True, slots=True)
class Moved:
    """A lesson that stands elsewhere than published."""

    before: Placement
    after: Placement
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from the published plan, in the order of time."""

    moved: tuple[Moved, ...]
    added: tuple[Placement, ...]
    gone: tuple[Placement, ...]
