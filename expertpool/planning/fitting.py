"""Experts of the pool who could teach a course: they hold all skills that it teaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.people.models import Grade, Person, PersonSkill, Status
from expertpool.text.languages import are_same
from expertpool.training.models import (
    Cohort,
    CourseSkill,
    Enrolment,
    EnrolmentState,
    Lesson,
    LessonState,
    Teaching,
)
from expertpool.training.teachings import LIVE

MOST_FITTING = 12
"""So many are offered to the engine for each cohort, and for each language: those with the fewest lessons."""
MOST_READ = 60
"""So many of a course are read."""
GRADES = (Grade.EXPERT, Grade.SENIOR)


@dataclass(frozen=True)
class Fit:
    """Somebody who could teach a course, and how many lessons they have ahead."""

    person_id: int
    name: str
    lessons: int
    languages: tuple[str, ...] = ()


def speaks(languages: Iterable[str], language: str) -> bool:
    """Whether a language is among those that a person lists, however they write it."""
    return any(are_same(each, language) for each in languages)


def shortlist(fits: Sequence[Fit], languages: Collection[str]) -> list[Fit]:
    """Return the first who fit, and the first who teach in each of these languages, in their order."""
    kept = {each.person_id for each in fits[:MOST_FITTING]}
    for language in languages:
        speaking = [each.person_id for each in fits if speaks(each.languages, language)]
        kept |= set(speaking[:MOST_FITTING])
    return [each for each in fits if each.person_id in kept]


def for_cohort(session: Session, cohort: Cohort, *, now: datetime) -> list[Fit]:
    """Return who could teach a cohort besides its teachers; its trainees are left out."""
    present = {each.person_id for each in cohort.teachings if each.state in LIVE}
    learning = sa.select(Enrolment.person_id).where(
        Enrolment.cohort_id == cohort.id, Enrolment.state == EnrolmentState.ENROLLED
    )
    present |= set(session.scalars(learning))
    found = fitting(session, [cohort.course_id], now=now).get(cohort.course_id, ())
    return [each for each in found if each.person_id not in present]


def fitting(session: Session, course_ids: Collection[int], *, now: datetime) -> Mapping[int, Sequence[Fit]]:
    """Return course -> those who could teach it, with few lessons first: one read, however large the pool.

    A course that teaches no listed skill has none.
    """
    if not course_ids:
        return {}
    asked = (
        sa.select(CourseSkill.course_id, sa.func.count().label("skills"))
        .where(CourseSkill.course_id.in_(course_ids))
        .group_by(CourseSkill.course_id)
        .subquery()
    )
    holding = (
        sa.select(asked.c.course_id, PersonSkill.person_id)
        .join(CourseSkill, CourseSkill.course_id == asked.c.course_id)
        .join(PersonSkill, PersonSkill.skill_id == CourseSkill.skill_id)
        .join(Person, Person.id == PersonSkill.person_id)
        .where(Person.status == Status.ACTIVE, Person.merged_into_id.is_(None), Person.grade.in_(GRADES))
        .group_by(asked.c.course_id, asked.c.skills, PersonSkill.person_id)
        .having(sa.func.count() == asked.c.skills)
        .subquery()
    )
    ahead = (
        sa.select(Teaching.person_id, sa.func.count().label("lessons"))
        .join(Lesson, Lesson.teaching_id == Teaching.id)
        .where(Teaching.state.in_(LIVE), Lesson.state == LessonState.PLANNED, Lesson.ends > now)
        .group_by(Teaching.person_id)
        .subquery()
    )
    lessons = sa.func.coalesce(ahead.c.lessons, 0)
    place = (
        sa.func.row_number()
        .over(partition_by=holding.c.course_id, order_by=(lessons, holding.c.person_id))
        .label("place")
    )
    ranked = (
        sa.select(holding.c.course_id, holding.c.person_id, lessons.label("lessons"), place)
        .outerjoin(ahead, ahead.c.person_id == holding.c.person_id)
        .subquery()
    )
    query = (
        sa.select(ranked.c.course_id, ranked.c.person_id, Person.name, ranked.c.lessons, Person.languages)
        .join(Person, Person.id == ranked.c.person_id)
        .where(ranked.c.place <= MOST_READ)
        .order_by(ranked.c.course_id, ranked.c.place)
    )
    found: dict[int, list[Fit]] = defaultdict(list)
    for course_id, person_id, name, count, languages in session.execute(query):
        found[course_id].append(Fit(person_id, name, count, tuple(languages)))
    return dict(found)
