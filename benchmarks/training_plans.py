"""How good training plans become in a given time, from 50 to 1,000 lessons, beside placing one by one.

    python -m benchmarks.training_plans [--sizes 50 1000] [--seconds 10 30 60 | --steps N ...] [--threads 2]

Prints a Markdown table. Terms are invented, the same each time: cohorts of which some come from afar,
teachers with panels and wishes, rooms in three places, courses in order that end with an exam. `one by one`
gives each lesson the cheapest place at its turn. Costs leave out lessons without a place, which are counted
apart.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import resource
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from time import process_time
from typing import Any

import numpy as np

from benchmarks.measuring import machine, print_table
from expertpool.timetabling.limits import Limits
from expertpool.timetabling.plans import compiled
from expertpool.timetabling.plans.compiled_answers import survey
from expertpool.timetabling.plans.moves import moving
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
)
from expertpool.timetabling.plans.result import Soft
from expertpool.timetabling.plans.scoring import check
from expertpool.timetabling.plans.solving import solve
from expertpool.timetabling.plans.tables import rows, tables_of

SPANS = (Span(510, 720), Span(840, 1050))
"""08:30 to 12:00, 14:00 to 17:30."""
FIELDS = ("machining", "data", "safety", "materials", "metrology", "drafting", "energy", "food")
ONE_BY_ONE = 200
"""Placing one by one takes minutes above so many lessons."""
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


def greedy(problem: Problem) -> tuple[Placement, ...]:
    """Give each lesson, in order, the place that is cheapest at its turn; no lesson moves again."""
    tables, random = tables_of(problem), np.ones(1, np.uint64)
    plan = tables.filled(())
    for number in range(len(problem.lessons)):
        best = np.full((tables.cells, 3), compiled.NEVER, np.int64)
        if survey(tables.facts, plan, random, number, best):
            cell = int(best[:, 0].argmin())
            compiled.put(tables.facts, plan, number, cell, int(best[cell, 1]), int(best[cell, 2]))
    return tables.placements(rows(plan, compiled.WHERE))


def asked(problem: Problem, placements: Sequence[Placement]) -> float:
    """Return the milliseconds of CPU in which a page is told what a move does: the median of 20."""
    plain = [each for each in placements if each.room][:20]
    times = []
    for each in plain:
        start = process_time()
        moving(problem, placements, each.lesson, each.day, each.start + problem.grid, each.room, each.teacher)
        times.append(1000 * (process_time() - start))
    return median(times)


def row(lessons: int, limits: list[tuple[str, float | None, int | None]], threads: int) -> dict[str, Any]:
    """Return the figures of one size; a limit is its name, seconds and steps."""
    problem = invented(lessons)
    simple = greedy(problem) if lessons <= ONE_BY_ONE else ()
    figures: dict[str, Any] = {
        "lessons": lessons,
        "days, rooms, teachers, cohorts": ", ".join(
            str(len(each)) for each in (problem.days, problem.rooms, problem.teachers, problem.cohorts)
        ),
        "one by one: placed": len(simple) or "",
        "cost": soft(problem, simple) if simple else "",
    }
    steps, used = 0, process_time()
    for name, seconds, most in limits:
        plan = solve(problem, Limits(seconds, most), threads=threads)
        figures[f"{name}: placed"] = len(plan.placements)
        figures[f"{name}: cost"] = soft(problem, plan.placements)
        figures["broken"] = figures.get("broken", 0) + len(check(problem, plan.placements).breaches)
        steps += plan.steps
    figures["broken"] = figures.pop("broken")
    figures["1,000 steps a CPU second"] = f"{steps / (process_time() - used) / 1000:.0f}"
    figures["a move, ms of CPU"] = f"{asked(problem, plan.placements):.0f}"
    figures["memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return figures


def soft(problem: Problem, plan: Sequence[Placement]) -> int:
    """Return the cost without that of unplaced lessons."""
    judged = check(problem, plan)
    return judged.total - judged.by_rule()[Soft.UNPLACED]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 100, 200, 500, 1000])
    parser.add_argument("--seconds", type=float, nargs="+", default=[10.0, 30.0, 60.0])
    parser.add_argument("--steps", type=int, nargs="+", help="of each thread, instead of seconds")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    print(machine(), "\n")
    limits: list[tuple[str, float | None, int | None]] = [
        (f"{each:g} s", each, None) for each in options.seconds
    ]
    if options.steps:
        limits = [(f"{each:,} steps", None, each) for each in options.steps]
    print_table([row(size, limits, options.threads) for size in options.sizes])


if __name__ == "__main__":
    main()
