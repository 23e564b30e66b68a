"""Training plans, small and at random, with every kind of rule in them."""

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
    Placement,
    Problem,
    Room,
    Span,
    Teacher,
    Time,
    Trainee,
    Travel,
    Weights,
)

MONDAY = dt.date(2027, 3, 1)


def day(number=0, *spans, kind=DayKind.WORKING):
    """A day so many after the first Monday; 09:00 to 12:00 unless said otherwise."""
    spans = spans or ((540, 720),)
    return Day(MONDAY + dt.timedelta(number), tuple(Span(*span) for span in spans), kind)


def on(number=0):
    return MONDAY + dt.timedelta(number)


def at(lesson, number=0, start=540, room="R", teacher="T"):
    return Placement(lesson, on(number), start, room, teacher)


def simple(**changes):
    """Two lessons of one cohort, one teacher, one room, two mornings."""
    given = {
        "days": (day(0), day(1)),
        "lessons": (Lesson("a", 60, cohorts=("C",)), Lesson("b", 60, cohorts=("C",))),
        "cohorts": (Cohort("C", 10),),
        "teachers": (Teacher("T"),),
        "rooms": (Room("R", 15),),
    }
    return Problem(**{**given, **changes})


def invented(seed, *, lessons=3, days=3, grid=60, loose=False):
    """A problem at random with every kind of rule; most are tight, `loose` ones less so."""
    chance = random.Random(seed)

    def maybe(share, value, otherwise=()):
        return value if chance.random() < (share / 3 if loose else share) else otherwise

    dates = [on(number) for number in range(days)]
    kinds = [
        chance.choices(list(DayKind), (8, 1, 1, 2))[0] if number else DayKind.WORKING
        for number in range(days)
    ]

    def time():
        start = chance.choice((480, 540, 600))
        return Time(
            start, start + chance.choice((120, 180, 330)), date=maybe(0.4, chance.choice(dates), None)
        )

    def busy():
        start = chance.choice((540, 570, 600, 660, 840))
        place = chance.choice((None, "east", "west", ""))
        return Busy(chance.choice(dates), start, start + chance.choice((45, 60, 90)), place, "panel")

    def fixed(share):
        return maybe(share, (busy(),))

    cohorts = [
        Cohort(
            f"C{number}",
            size=chance.choice((8, 12)),
            remote=chance.random() < 0.2,
            travels=chance.random() < 0.3,
            spread=chance.random() < 0.7,
            most_a_day=maybe(0.3, chance.choice((60, 120, 150)), None),
            available=maybe(0.2, (time(), time())),
            busy=fixed(0.3),
        )
        for number in range(2)
    ]
    trainees = [
        Trainee("P0", ("C0", "C1"), maybe(0.2, 120, None), maybe(0.1, (time(),)), fixed(0.3)),
        Trainee("P1", ("C0",), busy=fixed(0.5)),
        Trainee("P2"),
    ]
    teachers = [
        Teacher(
            f"T{number}",
            skills=frozenset(chance.sample(("x", "y"), chance.choice((1, 2, 2)))),
            languages=frozenset(chance.sample(("zh", "en"), chance.choice((1, 2)))),
            travels=chance.random() < 0.3,
            most_a_day=maybe(0.3, chance.choice((60, 120)), None),
            most_a_week=maybe(0.3, chance.choice((120, 180)), None),
            most_in_all=maybe(0.2, chance.choice((120, 180)), None),
            available=maybe(0.3, (time(), time())),
            busy=fixed(0.4),
            prefers=maybe(0.4, (time(),)),
        )
        for number in range(2)
    ]
    rooms = [
        Room(
            f"R{number}",
            seats=chance.choice((10, 12, 25, 45)),
            place=("east", "west")[number],
            equipment=frozenset(maybe(0.6, {"beamer"})),
            exam_seats=maybe(0.3, 10, None),
            available=maybe(0.2, (time(), time())),
            busy=fixed(0.3),
        )
        for number in range(2)
    ]
    made = [
        Lesson(
            f"l{number}",
            minutes=chance.choice((45, 60, 60, 90, 120)),
            course=chance.choice(("", "k", "k", "m")),
            kind=chance.choice((Kind.LECTURE, Kind.EXAM, Kind.EXERCISE)),
            mode=chance.choices(list(Mode), (4, 1, 1))[0],
            cohorts=tuple(sorted(chance.sample(("C0", "C1"), chance.choice((1, 1, 2))))),
            trainees=maybe(0.3, ("P2",)),
            taught=chance.random() < 0.85,
            teachers=maybe(0.2, ("T0",)),
            also=maybe(0.2, ("T1",)),
            skills=frozenset(maybe(0.5, {"x"})),
            language=maybe(0.3, "zh", None),
            rooms=maybe(0.2, ("R0",)),
            equipment=frozenset(maybe(0.2, {"beamer"})),
            earliest=maybe(0.2, dates[1], None),
            latest=maybe(0.2, dates[-2], None),
            available=maybe(0.2, (time(), time())),
        )
        for number in range(lessons)
    ]
    names = [lesson.id for lesson in made]
    orders = [
        Order(one, other, chance.choice((0, 0, 1)), maybe(0.4, chance.choice((1, 2)), None))
        for one, other in pairwise(names)
        if chance.random() < 0.4
    ]
    weights = [chance.choice((0, 1, 2, 3, 5, 8)) for _ in range(11)]
    return Problem(
        days=tuple(
            Day(date, (Span(540, 690), Span(840, 960))[: chance.choice((1, 2, 2))], kind)
            for date, kind in zip(dates, kinds, strict=True)
        ),
        lessons=tuple(made),
        cohorts=tuple(cohorts),
        trainees=tuple(trainees),
        teachers=tuple(teachers),
        rooms=tuple(rooms),
        travel=(Travel("east", "west", chance.choice((20, 60, 75))),),
        orders=tuple(orders),
        grid=grid,
        weights=Weights(100_000, 1_000, 300, *weights),
    )


def somewhere(problem, seed, *, share=0.9):
    """Any plan at random, good or bad."""
    chance = random.Random(seed)
    plan = []
    for lesson in problem.lessons:
        if chance.random() < share:
            start = chance.randrange(480, 960, problem.grid)
            room = None if lesson.mode is Mode.ONLINE else chance.choice(problem.rooms).id
            teacher = chance.choice(problem.teachers).id if lesson.taught else None
            plan.append(Placement(lesson.id, chance.choice(problem.days).date, start, room, teacher))
    return plan
