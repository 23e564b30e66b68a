"""Experts of the pool who could teach a course: they hold all skills that it teaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.people.models import Grade, Person, PersonSkill, Status
from expertpool.training.models import CourseSkill, Lesson, LessonState, Teaching
from expertpool.training.teachings import LIVE

MOST_FITTING = 12
"""So many are offered to the engine for each course: those with the fewest lessons ahead."""
GRADES = (Grade.EXPERT, Grade.SENIOR)


@dataclass(frozen=True)
class Fit:
    """Somebody who could teach a course, and how many lessons they have ahead."""

    person_id: int
    name: str
    lessons: int


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
        sa.select(ranked.c.course_id, ranked.c.person_id, Person.name, ranked.c.lessons)
        .join(Person, Person.id == ranked.c.person_id)
        .where(ranked.c.place <= MOST_FITTING)
        .order_by(ranked.c.course_id, ranked.c.place)
    )
    found: dict[int, list[Fit]] = defaultdict(list)
    for course_id, person_id, name, count in session.execute(query):
        found[course_id].append(Fit(person_id, name, count))
    return dict(found)
