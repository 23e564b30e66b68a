"""Terms as an office would ask for them, of any size: what `training_plans` measures.

Cohorts of which some come from afar, teachers with panels and wishes, rooms in three places, courses in order
that end with an exam.
"""

from __future__ import annotations

import datetime as dt
import random
from itertools import pairwise

from expertpool.timetabling.plans import problem as p

SPANS = (p.Span(510, 720), p.Span(840, 1050))
"""08:30 to 12:00, 14:00 to 17:30."""
FIELDS = ("machining", "data", "safety", "materials", "metrology", "drafting", "energy", "food")
START = dt.date(2027, 3, 1)


def invented(lessons: int, seed: int = 1) -> p.Problem:
    """Return a term of so many lessons as an office would ask for it; the same for the same seed."""
    chance = random.Random(f"{lessons} {seed}")
    weeks = max(6, min(20, lessons // 50 + 4))
    cohorts = [_cohort(chance, number) for number in range(max(4, lessons // 16))]
    teachers = [_teacher(chance, number, weeks) for number in range(max(12, min(100, lessons // 9)))]
    rooms = [_room(chance, number, weeks) for number in range(max(4, min(20, lessons // 25)))]
    made, orders = _lessons(chance, lessons, cohorts)
    trainees = [
        p.Trainee(
            f"P{number}",
            tuple(chance.sample([each.id for each in cohorts], 2)),
            busy=_panels(chance, weeks, 1),
        )
        for number in range(lessons // 40)
    ]
    return p.Problem(
        days=tuple(_days(weeks)),
        lessons=tuple(made),
        cohorts=tuple(cohorts),
        trainees=tuple(trainees),
        teachers=tuple(teachers),
        rooms=tuple(rooms),
        travel=(p.Travel("east", "west", 60), p.Travel("east", "base", 90), p.Travel("west", "base", 45)),
        orders=tuple(orders),
    )


def _days(weeks: int) -> list[p.Day]:
    """Monday to Friday, three holidays, a Saturday that makes up, two days that may become free."""
    days = []
    for number in range(weeks * 7):
        date = START + dt.timedelta(number)
        kind = p.DayKind.WORKING
        if number in (35, 36, 37):
            kind = p.DayKind.HOLIDAY
        elif number in (39, 40):
            kind = p.DayKind.PROVISIONAL
        if number == 33:
            days.append(p.Day(date, SPANS, p.DayKind.MADE_UP))
        elif date.isoweekday() <= 5:
            days.append(p.Day(date, SPANS if number % 14 != 4 else SPANS[:1], kind))
    return days


def _cohort(chance: random.Random, number: int) -> p.Cohort:
    return p.Cohort(
        f"C{number}",
        size=chance.randint(12, 45),
        remote=number % 9 == 4,
        travels=number % 5 == 1,
        spread=number % 5 != 1,
        most_a_day=360,
    )


def _teacher(chance: random.Random, number: int, weeks: int) -> p.Teacher:
    mornings = (p.Time(0, 720),) if chance.random() < 0.15 else ()
    likes = (p.Time(0, 1440, weekday=chance.randint(1, 5)), p.Time(0, 1440, weekday=chance.randint(1, 5)))
    return p.Teacher(
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


def _panels(chance: random.Random, weeks: int, number: int) -> tuple[p.Busy, ...]:
    found = []
    for _ in range(number):
        date = START + dt.timedelta(chance.randrange(weeks) * 7 + chance.randrange(5))
        start = chance.choice((510, 840))
        found.append(p.Busy(date, start, start + 210, chance.choice(("east", "west", None)), "panel"))
    return tuple(sorted(found, key=lambda each: (each.date, each.start)))


def _room(chance: random.Random, number: int, weeks: int) -> p.Room:
    equipment = (
        {"projector"}
        | ({"machines"} if number % 4 == 1 else set())
        | ({"video"} if number % 3 == 0 else set())
    )
    seats = (50, 60, 30, 40, 25)[number % 5]
    return p.Room(
        f"R{number}",
        seats,
        ("east", "west", "base")[0 if number < 2 else number % 3],
        frozenset(equipment),
        exam_seats=seats * 4 // 5 if number % 3 else None,
        busy=_panels(chance, weeks, 3),
    )


def _lessons(
    chance: random.Random, wanted: int, cohorts: list[p.Cohort]
) -> tuple[list[p.Lesson], list[p.Order]]:
    lessons: list[p.Lesson] = []
    orders: list[p.Order] = []
    course = 0
    while len(lessons) < wanted:
        made = _course(chance, course, len(lessons), wanted, cohorts)
        orders += [_order(one, other) for one, other in pairwise(made)]
        lessons += made
        course += 1
    return lessons, orders


def _course(
    chance: random.Random, course: int, first: int, wanted: int, cohorts: list[p.Cohort]
) -> list[p.Lesson]:
    """Return the lessons of one course: lectures and exercises, and an exam at its end."""
    attends, field = cohorts[course % len(cohorts)], chance.choice(FIELDS)
    together = [attends]
    if chance.random() < 0.1:
        names = {attends.id, chance.choice(cohorts).id}
        together = [each for each in sorted(cohorts, key=lambda each: each.id) if each.id in names]
    size = sum(each.size for each in together)
    number = min(chance.randint(5, 9), wanted - first)
    language = "en" if chance.random() < 0.1 else "zh"
    online = size > 48 or chance.random() < 0.12
    remote = any(each.remote for each in together)
    mode = p.Mode.ONLINE if online else (p.Mode.BOTH if remote else p.Mode.ON_SITE)
    machines = field == "machining" and size <= 30 and mode is p.Mode.ON_SITE
    made = []
    for place in range(number):
        kind = _kind(place, number)
        needs = {"machines"} if machines and kind is p.Kind.EXERCISE else set[str]()
        made.append(
            p.Lesson(
                f"L{first + place}",
                minutes=60 if kind is p.Kind.EXAM else chance.choice((90, 90, 180)),
                course=f"K{course}",
                kind=kind,
                mode=mode,
                cohorts=tuple(each.id for each in together),
                skills=frozenset({field}),
                language=language,
                equipment=frozenset(needs | ({"video"} if mode is p.Mode.BOTH else set())),
            )
        )
    return made


def _kind(place: int, number: int) -> p.Kind:
    if place == number - 1 and number > 3:
        return p.Kind.EXAM
    return p.Kind.EXERCISE if place % 3 == 2 else p.Kind.LECTURE


def _order(one: p.Lesson, other: p.Lesson) -> p.Order:
    exam = other.kind is p.Kind.EXAM
    return p.Order(one.id, other.id, int(exam), 14 if exam else 21)
