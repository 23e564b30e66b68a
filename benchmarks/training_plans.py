"""How good training plans become in a given time, from 50 to 1,000 lessons, beside simpler ways."""

from __future__ import annotations

import datetime as dt
import random
from itertools import pairwise

from expertpool.timetabling.plans.problem import (
    Busy,
    Cohort,
    Day,
    DayKind,
    Kind,
    Lesson,
    Mode,
    Order,
    Problem,
    Room,
    Span,
    Teacher,
    Time,
    Trainee,
    Travel,
)

SPANS = (Span(510, 720), Span(840, 1050))
"""08:30 to 12:00, 14:00 to 17:30."""
FIELDS = ("machining", "data", "safety", "materials", "metrology", "drafting", "energy", "food")
START = dt.date(2027, 3, 1)


def invented(lessons: int, seed: int = 1) -> Problem:
    """Return a term of so many lessons as an office would ask for it; the same for the same seed."""
    chance = random.Random(f"{lessons} {seed}")
    weeks = max(6, min(20, lessons // 50 + 4))
    cohorts = [_cohort(chance, number) for number in range(max(4, lessons // 16))]
    teachers = [_teacher(chance, number, weeks) for number in range(max(12, min(100, lessons // 9)))]
    rooms = [_room(chance, number, weeks) for number in range(max(4, min(20, lessons // 25)))]
    made, orders = _lessons(chance, lessons, cohorts)
    trainees = [
        Trainee(
            f"P{number}",
            tuple(chance.sample([each.id for each in cohorts], 2)),
            busy=_panels(chance, weeks, 1),
        )
        for number in range(lessons // 40)
    ]
    return Problem(
        days=tuple(_days(weeks)),
        lessons=tuple(made),
        cohorts=tuple(cohorts),
        trainees=tuple(trainees),
        teachers=tuple(teachers),
        rooms=tuple(rooms),
        travel=(Travel("east", "west", 60), Travel("east", "base", 90), Travel("west", "base", 45)),
        orders=tuple(orders),
    )


def _days(weeks: int) -> list[Day]:
    """Monday to Friday, three holidays, a Saturday that makes up, two days that may become free."""
    days = []
    for number in range(weeks * 7):
        date = START + dt.timedelta(number)
        kind = DayKind.WORKING
        if number in (35, 36, 37):
            kind = DayKind.HOLIDAY
        elif number in (39, 40):
            kind = DayKind.PROVISIONAL
        if number == 33:
            days.append(Day(date, SPANS, DayKind.MADE_UP))
        elif date.isoweekday() <= 5:
            days.append(Day(date, SPANS if number % 14 != 4 else SPANS[:1], kind))
    return days


def _cohort(chance: random.Random, number: int) -> Cohort:
    return Cohort(
        f"C{number}",
        size=chance.randint(12, 45),
        remote=number % 9 == 4,
        travels=number % 5 == 1,
        spread=number % 5 != 1,
        most_a_day=360,
    )


def _teacher(chance: random.Random, number: int, weeks: int) -> Teacher:
    mornings = (Time(0, 720),) if chance.random() < 0.15 else ()
    likes = (Time(0, 1440, weekday=chance.randint(1, 5)), Time(0, 1440, weekday=chance.randint(1, 5)))
    return Teacher(
        f"T{number}",
        skills=frozenset({FIELDS[number % len(FIELDS)], chance.choice(FIELDS)}),
        languages=frozenset({"zh", "en"} if chance.random() < 0.4 else {"zh"}),
        travels=chance.random() < 0.2,
        most_a_day=360,
        most_a_week=1200,
        available=mornings,
        busy=_panels(chance, weeks, 4),
        prefers=likes if chance.random() < 0.4 else (),
    )


def _panels(chance: random.Random, weeks: int, number: int) -> tuple[Busy, ...]:
    found = []
    for _ in range(number):
        date = START + dt.timedelta(chance.randrange(weeks) * 7 + chance.randrange(5))
        start = chance.choice((510, 840))
        found.append(Busy(date, start, start + 210, chance.choice(("east", "west", None)), "panel"))
    return tuple(sorted(found, key=lambda each: (each.date, each.start)))


def _room(chance: random.Random, number: int, weeks: int) -> Room:
    equipment = (
        {"projector"}
        | ({"machines"} if number % 4 == 1 else set())
        | ({"video"} if number % 3 == 0 else set())
    )
    seats = (50, 60, 30, 40, 25)[number % 5]
    return Room(
        f"R{number}",
        seats,
        ("east", "west", "base")[0 if number < 2 else number % 3],
        frozenset(equipment),
        exam_seats=seats * 4 // 5 if number % 3 else None,
        busy=_panels(chance, weeks, 3),
    )


def _lessons(chance: random.Random, wanted: int, cohorts: list[Cohort]) -> tuple[list[Lesson], list[Order]]:
    lessons: list[Lesson] = []
    orders: list[Order] = []
    course = 0
    while len(lessons) < wanted:
        first = cohorts[course % len(cohorts)]
        together = [first.id]
        field = chance.choice(FIELDS)
        if chance.random() < 0.1:
            together = sorted({first.id, chance.choice(cohorts).id})
        size = sum(each.size for each in cohorts if each.id in together)
        number = min(chance.randint(5, 9), wanted - len(lessons))
        language = "en" if chance.random() < 0.1 else "zh"
        online = size > 48 or chance.random() < 0.12
        made = []
        for place in range(number):
            kind = (
                Kind.EXAM
                if place == number - 1 and number > 3
                else (Kind.EXERCISE if place % 3 == 2 else Kind.LECTURE)
            )
            remote = any(each.remote for each in cohorts if each.id in together)
            mode = Mode.ONLINE if online else (Mode.BOTH if remote else Mode.ON_SITE)
            needs = (
                {"machines"}
                if kind is Kind.EXERCISE and field == "machining" and size <= 30 and mode is Mode.ON_SITE
                else set()
            )
            made.append(
                Lesson(
                    f"L{len(lessons) + place}",
                    minutes=60 if kind is Kind.EXAM else chance.choice((90, 90, 180)),
                    course=f"K{course}",
                    kind=kind,
                    mode=mode,
                    cohorts=tuple(together),
                    skills=frozenset({field}),
                    language=language,
                    equipment=frozenset(needs | ({"video"} if mode is Mode.BOTH else set())),
                )
            )
        orders += [
            Order(
                one.id, other.id, 1 if other.kind is Kind.EXAM else 0, 14 if other.kind is Kind.EXAM else 21
            )
            for one, other in pairwise(made)
        ]
        lessons += made
        course += 1
    return lessons, orders
