"""Rows of the database as a problem of the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy.orm import Session

from expertpool.availability.models import Room
from expertpool.errors import Sentence
from expertpool.planning import lessons, periods
from expertpool.planning.busy import Diaries
from expertpool.planning.days import days
from expertpool.planning.fitting import Fit, speaks
from expertpool.planning.ground import Ground
from expertpool.planning.keys import cohort_key, person_key, room_key
from expertpool.planning.models import CohortLesson, Placement, Timetable
from expertpool.planning.rows import is_published
from expertpool.planning.teachers import Terms
from expertpool.planning.wishes import preferred
from expertpool.timetabling.plans import problem as plans
from expertpool.timetabling.plans.problem import Problem, Weights
from expertpool.training.models import Cohort, Teaching

WEIGHTS = {each.name: each.default for each in fields(Weights)}
"""What each soft rule costs unless a timetable says otherwise."""
HERE = "here"
"""The place of rooms without an address."""


@dataclass(frozen=True)
class Composed:
    """A timetable as the engine sees it, and the rows behind its ids."""

    timetable: Timetable
    problem: Problem
    plan: tuple[plans.Placement, ...]
    """The draft, as far as its lessons are in the problem."""
    rows: Mapping[int, CohortLesson]
    cohorts: Mapping[int, Cohort]
    joining: Mapping[int, Cohort]
    """Other cohorts that share lessons of this timetable."""
    rooms: Mapping[int, Room]
    teachings: Mapping[int, Teaching]
    """Live ones of these cohorts."""
    fits: Mapping[int, Sequence[Fit]]
    """Experts of the pool who could teach a cohort that has no teacher, by its id."""
    names: Mapping[int, str]
    """Of the people in the problem."""
    languages: Mapping[int, Sequence[str]]
    """That these people list."""
    terms: Mapping[int, Terms]
    """What the office has agreed with teachers."""
    placements: Mapping[int, Placement]
    """Placements of the draft by lesson to place; also of lessons outside of the problem."""
    bookings: Mapping[str, str | Sentence]
    """What busy times are for, by their key in the problem."""


def compose(session: Session, timetable: Timetable, *, now: datetime) -> Composed:
    """Return what is asked of the engine for a timetable as it is now."""
    ground = Ground(session, timetable, now)
    diaries = Diaries(ground)
    return Composed(
        timetable=timetable,
        problem=_problem(ground, diaries),
        plan=tuple(
            lessons.placed(ground, row) for id_, row in ground.asked.items() if id_ in ground.placements
        ),
        rows=ground.rows,
        cohorts=ground.cohorts,
        joining=ground.joining,
        rooms=ground.rooms,
        teachings=ground.teachings,
        fits=ground.fits,
        names=ground.names,
        languages=ground.languages,
        terms=ground.terms,
        placements=ground.placements,
        bookings=diaries.bookings,
    )


def _problem(ground: Ground, diaries: Diaries) -> Problem:
    timetable, asked = ground.timetable, ground.asked.values()
    pinned = {id_ for id_, each in ground.placements.items() if each.pinned}
    return Problem(
        days=days(ground.session, timetable),
        lessons=tuple(lessons.lesson(ground, row) for row in asked),
        cohorts=tuple(_cohort(ground, each, diaries) for each in ground.groups.values()),
        trainees=tuple(_needing_diary(ground, diaries)),
        teachers=tuple(_teachers(ground, diaries)),
        rooms=tuple(_room(each, diaries) for each in ground.rooms.values()),
        travel=tuple(_travel(ground)),
        orders=tuple(lessons.orders(ground)),
        pins=tuple(lessons.placed(ground, row) for row in asked if row.id in pinned),
        published=tuple(lessons.as_published(ground, row) for row in asked if is_published(row)),
        not_before=ground.not_before,
        grid=periods.grid(timetable.periods),
        weights=Weights(**{**WEIGHTS, **timetable.weights}),
    )


def _cohort(ground: Ground, cohort: Cohort, diaries: Diaries) -> plans.Cohort:
    return plans.Cohort(
        cohort_key(cohort.id),
        cohort.capacity,
        most_a_day=ground.timetable.cohort_minutes,
        busy=tuple(diaries.cohorts[cohort.id]),
    )


def _needing_diary(ground: Ground, diaries: Diaries) -> Iterator[plans.Trainee]:
    """Yield the trainees whom their cohort does not stand for."""
    for person_id, ids in ground.trainees.items():
        busy = tuple(diaries.people.get(person_id, ()))
        if len(ids) > 1 or busy or person_id in ground.guests:
            yield plans.Trainee(person_key(person_id), tuple(map(cohort_key, ids)), busy=busy)


def _teachers(ground: Ground, diaries: Diaries) -> Iterator[plans.Teacher]:
    asked = {row.language for row in ground.asked.values() if row.language}
    for person_id in sorted(ground.teachers):
        terms = ground.terms.get(person_id, Terms())
        spoken = ground.languages[person_id]
        yield plans.Teacher(
            person_key(person_id),
            languages=frozenset(each for each in asked if speaks(spoken, each)),
            most_a_day=ground.timetable.teacher_minutes,
            most_a_week=terms.week_minutes or ground.timetable.teacher_week_minutes,
            busy=tuple(diaries.people.get(person_id, ())),
            prefers=preferred(terms.unwished),
        )


def _room(room: Room, diaries: Diaries) -> plans.Room:
    place, equipment = room.address or HERE, frozenset(room.equipment)
    return plans.Room(
        room_key(room.id), room.capacity, place, equipment, busy=tuple(diaries.rooms.get(room.id, ()))
    )


def _travel(ground: Ground) -> Iterator[plans.Travel]:
    places = sorted({each.address or HERE for each in ground.rooms.values()})
    for number, one in enumerate(places):
        for other in places[number + 1 :]:
            yield plans.Travel(one, other, ground.timetable.travel_minutes)
