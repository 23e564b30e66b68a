"""What is asked: days, lessons, the people and rooms they need, what is fixed, and what the rules weigh.

Times are local: a date, and minutes from its midnight (540 is 09:00). Lessons begin on a grid; what begins
or ends off it takes the whole of each part of the grid that it touches. Ids are the caller's and come back in
results; those of one kind differ. Frozen and complete: nothing is read from elsewhere.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

ONLINE = ""
"""The place of whoever takes part online."""


class DayKind(StrEnum):
    """What a day is in the office's table of days."""

    WORKING = "working"
    HOLIDAY = "holiday"
    """No lesson: holidays, and weekends that are listed at all."""
    MADE_UP = "made-up"
    """A weekend worked instead of a holiday (调休): a working day."""
    PROVISIONAL = "provisional"
    """A working day that may yet become a holiday: avoided."""


class Kind(StrEnum):
    """What a lesson is."""

    LECTURE = "lecture"
    EXERCISE = "exercise"
    EXAM = "exam"
    """Seated by `Room.exam_seats`; two on one day cost a cohort."""
    OTHER = "other"


class Mode(StrEnum):
    """How a lesson is attended."""

    ON_SITE = "on-site"
    ONLINE = "online"
    """Needs no room."""
    BOTH = "both"
    """In a room, with remote cohorts online."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a day, in minutes from midnight."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day and its teaching time: no lesson reaches beyond a span, so breaks lie between them.

    A half-day has one span. Days that a problem does not list are not taught on.
    """

    date: dt.date
    spans: tuple[Span, ...]
    kind: DayKind = DayKind.WORKING


@dataclass(frozen=True, slots=True)
class Time:
    """A time that comes back: each day, or each ISO weekday (1 is Monday), or on one date only."""

    start: int
    end: int
    weekday: int | None = None
    date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Busy:
    """A fixed time of a person or a room: a panel, another booking, a lesson outside this plan.

    `place` is where that is (`ONLINE`, or a place of rooms), and asks for travel to the next lesson; None
    asks for none. `what` comes back in reasons.
    """

    date: dt.date
    start: int
    end: int
    place: str | None = None
    what: str = ""


@dataclass(frozen=True, slots=True)
class Cohort:
    """So many trainees who attend the same lessons."""

    id: str
    size: int
    remote: bool = False
    """Attends lessons of mode `both` online: no seats, no travel."""
    travels: bool = False
    """Comes from afar: each day on site costs."""
    spread: bool = True
    """Its lessons should spread evenly over weeks and, of one course, over days; False for a crash course."""
    most_a_day: int | None = None
    """Minutes of lessons a day, at most."""
    available: tuple[Time, ...] = ()
    """When it can be taught; empty for always."""
    busy: tuple[Busy, ...] = ()


@dataclass(frozen=True, slots=True)
class Trainee:
    """One trainee who needs a diary of their own: in two cohorts, in single lessons, or busy at times.

    Others need not be listed: their cohort stands for them. Members are counted in the size of their cohorts.
    """

    id: str
    cohorts: tuple[str, ...] = ()
    most_a_day: int | None = None
    available: tuple[Time, ...] = ()
    busy: tuple[Busy, ...] = ()


@dataclass(frozen=True, slots=True)
class Teacher:
    """Somebody who can teach, with their own limits in minutes; lessons pinned in this plan count too."""

    id: str
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    travels: bool = False
    most_a_day: int | None = None
    most_a_week: int | None = None
    """From Monday to Sunday."""
    most_in_all: int | None = None
    available: tuple[Time, ...] = ()
    """When they can teach; empty for always."""
    busy: tuple[Busy, ...] = ()
    """Panels they sit on, and whatever else is fixed."""
    prefers: tuple[Time, ...] = ()
    """When they like to teach; empty for no wish."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room, in a place such as a campus or a building."""

    id: str
    seats: int
    place: str = "here"
    equipment: frozenset[str] = frozenset()
    exam_seats: int | None = None
    """Seats for an exam; None for all."""
    available: tuple[Time, ...] = ()
    busy: tuple[Busy, ...] = ()


@dataclass(frozen=True, slots=True)
class Travel:
    """Minutes from one place to another, either way; pairs that are not listed take none."""

    one: str
    other: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Lesson:
    """One meeting: how long, for whom, and who and what it needs."""

    id: str
    minutes: int
    course: str = ""
    """The run of a course that it belongs to; its lessons should have one teacher."""
    kind: Kind = Kind.LECTURE
    mode: Mode = Mode.ON_SITE
    cohorts: tuple[str, ...] = ()
    trainees: tuple[str, ...] = ()
    """Single trainees besides; each takes a seat unless in one of the cohorts."""
    taught: bool = True
    """False if it needs no teacher."""
    teachers: tuple[str, ...] = ()
    """Of whom one teaches; empty for anyone with the skills and the language."""
    also: tuple[str, ...] = ()
    """Teachers who must be there too: assistants, examiners."""
    skills: frozenset[str] = frozenset()
    """All of which its teacher has."""
    language: str | None = None
    rooms: tuple[str, ...] = ()
    """Of which one is used; empty for any that is large enough and equipped."""
    equipment: frozenset[str] = frozenset()
    earliest: dt.date | None = None
    latest: dt.date | None = None
    available: tuple[Time, ...] = ()
    """When it may be; empty for always."""


@dataclass(frozen=True, slots=True)
class Order:
    """One lesson ends before another begins, so many days apart by their dates (0: the same day will do)."""

    before: str
    after: str
    least_days: int = 0
    most_days: int | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a lesson stands; no room if it is online, no teacher if it needs none."""

    lesson: str
    day: dt.date
    start: int
    room: str | None = None
    teacher: str | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """What one unit of each soft rule costs, in whole numbers; 0 turns a rule off. `Soft` tells the units."""

    unplaced: int = 100_000
    moved: int = 1_000
    reassigned: int = 300
    provisional: int = 20
    teacher_time: int = 4
    gap: int = 1
    teacher_gap: int = 1
    travel_day: int = 10
    spread: int = 3
    course_day: int = 2
    same_room: int = 3
    same_teacher: int = 5
    exam_day: int = 15
    empty_seats: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """A term to plan."""

    days: tuple[Day, ...]
    """In order of dates, no date twice."""
    lessons: tuple[Lesson, ...]
    cohorts: tuple[Cohort, ...] = ()
    trainees: tuple[Trainee, ...] = ()
    teachers: tuple[Teacher, ...] = ()
    rooms: tuple[Room, ...] = ()
    travel: tuple[Travel, ...] = ()
    orders: tuple[Order, ...] = ()
    pins: tuple[Placement, ...] = ()
    """Kept exactly as they are, whatever they break: what has taken place, and what somebody fixed."""
    published: tuple[Placement, ...] = ()
    """The plan that people know: as few of its lessons as possible move."""
    not_before: dt.date | None = None
    """The first date on which lessons without a pin may stand."""
    grid: int = 30
    """Lessons begin at whole multiples of so many minutes; a divisor of 60."""
    online_minutes: int = 30
    """Time between a lesson online and one on site, for whoever attends both on one day."""
    weights: Weights = field(default_factory=Weights)
