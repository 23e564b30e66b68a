"""Reads of courses, cohorts and enrolments: a fixed number of statements, however many rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from expertpool.errors import N_, NotFound
from expertpool.people.models import Grade, Person
from expertpool.skills import queries as skills
from expertpool.training import attending
from expertpool.training.models import (
    Certificate,
    Cohort,
    CohortState,
    Course,
    CoursePrerequisite,
    CourseSkill,
    CourseState,
    Enrolment,
    EnrolmentState,
    Lesson,
    LessonState,
    Level,
    Place,
    Teaching,
)

WITH_PLACE = (
    EnrolmentState.OFFERED,
    EnrolmentState.ENROLLED,
    EnrolmentState.COMPLETED,
    EnrolmentState.NOT_COMPLETED,
)


@dataclass(frozen=True)
class Wanted:
    """What courses of the catalogue must meet; an empty condition asks nothing."""

    text: str = ""
    level: Level | None = None
    skill_id: int | None = None
    open_at: datetime | None = None
    """Has a cohort that can be enrolled in at this moment."""


@dataclass(frozen=True)
class Summary:
    """Numbers and dates of one cohort. `free` places are those that nobody waits for."""

    enrolled: int = 0
    offered: int = 0
    waiting: int = 0
    free: int = 0
    lessons: int = 0
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True)
class Learning:
    """One enrolment for the trainee."""

    enrolment: Enrolment
    cohort: Cohort
    course: Course
    position: int
    certificate: Certificate | None


def course(session: Session, course_id: int) -> Course:
    """Return a course with its skills and prerequisites, or raise `NotFound`."""
    return _course(session, Course.id == course_id)


def course_by_number(session: Session, number: str) -> Course:
    """Return the course of a number, or raise `NotFound`."""
    return _course(session, Course.number == number)


def cohort(session: Session, cohort_id: int) -> Cohort:
    """Return a cohort with its course, or raise `NotFound`."""
    options = [joinedload(Cohort.course).joinedload(Course.owner)]
    found = session.get(Cohort, cohort_id, options=options)
    if found is None:
        raise NotFound(N_("There is no such cohort."))
    return found


def lesson(session: Session, lesson_id: int) -> Lesson:
    """Return a lesson with room and teacher, or raise `NotFound`."""
    found = session.get(Lesson, lesson_id, options=_of_lessons())
    if found is None:
        raise NotFound(N_("There is no such lesson."))
    return found


def enrolment(session: Session, enrolment_id: int) -> Enrolment:
    """Return an enrolment with its person and course, or raise `NotFound`."""
    options = [joinedload(Enrolment.person), joinedload(Enrolment.cohort).joinedload(Cohort.course)]
    found = session.get(Enrolment, enrolment_id, options=options)
    if found is None:
        raise NotFound(N_("There is no such enrolment."))
    return found


def certificate(session: Session, certificate_id: int) -> Certificate:
    """Return a certificate, or raise `NotFound`."""
    options = [joinedload(Certificate.enrolment).joinedload(Enrolment.cohort).joinedload(Cohort.course)]
    found = session.get(Certificate, certificate_id, options=options)
    if found is None:
        raise NotFound(N_("There is no such certificate."))
    return found


def catalogue(session: Session, wanted: Wanted) -> sa.Select[Course]:
    """Return the statement of the published courses that meet `wanted`, by number."""
    query = _matching(courses(None), wanted).where(Course.state == CourseState.PUBLISHED)
    if wanted.skill_id is not None:
        satisfying = skills.expand(session, [wanted.skill_id])[wanted.skill_id]
        taught = sa.select(CourseSkill.course_id).where(CourseSkill.skill_id.in_(satisfying))
        query = query.where(Course.id.in_(taught))
    if wanted.open_at is not None:
        query = query.where(_has_open_cohort(wanted.open_at))
    return query.order_by(None).order_by(Course.number)


def courses(scope: frozenset[int] | None) -> sa.Select[Course]:
    """Return the statement of the courses of these offices (None: all), newest first."""
    query = sa.select(Course).options(
        joinedload(Course.owner), selectinload(Course.skills).joinedload(CourseSkill.skill)
    )
    if scope is not None:
        query = query.where(Course.owner_id.in_(scope))
    return query.order_by(Course.id.desc())


def cohorts(scope: frozenset[int] | None) -> sa.Select[Cohort]:
    """Return the statement of the cohorts of these offices (None: all), newest first."""
    query = sa.select(Cohort).join(Cohort.course).options(contains_eager(Cohort.course))
    if scope is not None:
        query = query.where(Course.owner_id.in_(scope))
    return query.order_by(Cohort.id.desc())


def cohorts_of(
    session: Session, course_ids: Iterable[int], *, drafts: bool = False
) -> dict[int, list[Cohort]]:
    """Return the cohorts of many courses, by course, those that opened last first; drafts on demand."""
    query = sa.select(Cohort).where(Cohort.course_id.in_(list(course_ids)))
    if not drafts:
        query = query.where(Cohort.state != CohortState.DRAFT)
    found: dict[int, list[Cohort]] = defaultdict(list)
    for each in session.scalars(query.order_by(Cohort.opens_at.desc(), Cohort.id.desc())):
        found[each.course_id].append(each)
    return dict(found)


def summaries(session: Session, cohort_ids: Iterable[int]) -> dict[int, Summary]:
    """Return the numbers of many cohorts in three reads."""
    ids = list(cohort_ids)
    states: dict[int, dict[EnrolmentState, int]] = defaultdict(dict)
    counted = sa.select(Enrolment.cohort_id, Enrolment.state, sa.func.count().label("number"))
    counted = counted.where(Enrolment.cohort_id.in_(ids)).group_by(Enrolment.cohort_id, Enrolment.state)
    for row in session.execute(counted):
        states[row.cohort_id][row.state] = row.number
    placed = sa.select(Place.cohort_id, sa.func.count()).where(Place.cohort_id.in_(ids))
    places = dict(session.execute(placed.group_by(Place.cohort_id)).all())
    moment, at = Lesson.starts.type, attending.pairs()
    planned = (
        sa.select(
            at.c.cohort_id,
            sa.func.count().label("number"),
            sa.func.min(Lesson.starts, type_=moment).label("starts"),
            sa.func.max(Lesson.ends, type_=moment).label("ends"),
        )
        .join(at, at.c.lesson_id == Lesson.id)
        .where(at.c.cohort_id.in_(ids), Lesson.state == LessonState.PLANNED)
        .group_by(at.c.cohort_id)
    )
    lessons = {row.cohort_id: row for row in session.execute(planned)}
    return {each: _summary(states[each], places.get(each, 0), lessons.get(each)) for each in ids}


def lessons_of(session: Session, cohort_ids: Iterable[int]) -> dict[int, list[Lesson]]:
    """Return the lessons of many cohorts with rooms and teachers, in order of time, cancelled ones too.

    A lesson that several of them share is listed under each.
    """
    at = attending.pairs()
    query = (
        sa.select(at.c.cohort_id, Lesson)
        .join(at, at.c.lesson_id == Lesson.id)
        .where(at.c.cohort_id.in_(list(cohort_ids)))
        .options(*_of_lessons())
        .order_by(Lesson.starts, Lesson.id)
    )
    found: dict[int, list[Lesson]] = defaultdict(list)
    for cohort_id, each in session.execute(query):
        found[cohort_id].append(each)
    return dict(found)


def owners_of(session: Session, lessons: Iterable[Lesson]) -> dict[int, Cohort]:
    """Return the cohorts to which lessons belong, by id."""
    ids = {each.cohort_id for each in lessons}
    return {each.id: each for each in session.scalars(sa.select(Cohort).where(Cohort.id.in_(ids)))}


def my_learning(session: Session, person_id: int) -> list[Learning]:
    """Return all enrolments of a person, the last first; three reads."""
    enrolments = session.scalars(
        sa.select(Enrolment)
        .where(Enrolment.person_id == person_id)
        .options(joinedload(Enrolment.cohort).joinedload(Cohort.course))
        .order_by(Enrolment.id.desc())
    ).all()
    cohort_ids = {each.cohort_id for each in enrolments}
    positions = positions_of(session, cohort_ids)
    held = certificates_of(session, [each.id for each in enrolments])
    return [
        Learning(
            each,
            each.cohort,
            each.cohort.course,
            positions.get(each.id, 0),
            held.get(each.id),
        )
        for each in enrolments
    ]


def lessons_ahead(person_id: int, now: datetime) -> sa.Select[Lesson, Course]:
    """Return the statement of the lessons at which a person is to be, with the course that they take it for.

    In order of time; those at which they are a guest are among them.
    """
    own = attending.of_person(person_id)
    return (
        sa.select(Lesson, Course)
        .join(own, own.c.lesson_id == Lesson.id)
        .join(Cohort, Cohort.id == own.c.cohort_id)
        .join(Course, Course.id == Cohort.course_id)
        .where(Lesson.state == LessonState.PLANNED, Lesson.ends > now)
        .options(*_of_lessons())
        .order_by(Lesson.starts, Lesson.id)
    )


def ready_to_be_candidates(scope: frozenset[int] | None) -> sa.Select[Person]:
    """Return the statement of the people of grade talent who completed a course (of these offices)."""
    completed = (
        sa.select(Enrolment.person_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Course, Course.id == Cohort.course_id)
        .where(Enrolment.state == EnrolmentState.COMPLETED)
    )
    if scope is not None:
        completed = completed.where(Course.owner_id.in_(scope))
    return (
        sa.select(Person)
        .where(Person.grade == Grade.TALENT, Person.merged_into_id.is_(None), Person.id.in_(completed))
        .order_by(Person.name_pinyin, Person.id)
    )


def positions_of(session: Session, cohort_ids: Iterable[int]) -> dict[int, int]:
    """Return enrolment -> position, of all who wait in these cohorts."""
    place = sa.func.row_number().over(
        partition_by=Enrolment.cohort_id, order_by=(Enrolment.queued_at, Enrolment.id)
    )
    query = sa.select(Enrolment.id, place).where(
        Enrolment.cohort_id.in_(list(cohort_ids)), Enrolment.state == EnrolmentState.WAITING
    )
    return dict(session.execute(query).all())


def certificates_of(session: Session, enrolment_ids: Iterable[int]) -> dict[int, Certificate]:
    """Return enrolment -> certificate."""
    query = sa.select(Certificate).where(Certificate.enrolment_id.in_(list(enrolment_ids)))
    return {each.enrolment_id: each for each in session.scalars(query)}


def _course(session: Session, condition: sa.ColumnElement[bool]) -> Course:
    query = (
        sa.select(Course)
        .where(condition)
        .options(
            joinedload(Course.owner),
            selectinload(Course.skills).joinedload(CourseSkill.skill),
            selectinload(Course.prerequisites).joinedload(CoursePrerequisite.required),
        )
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound(N_("There is no such course."))
    return found


def _of_lessons() -> list[sa.orm.interfaces.ORMOption]:
    return [
        joinedload(Lesson.room),
        joinedload(Lesson.teaching).joinedload(Teaching.person),
        selectinload(Lesson.shares),
    ]


def _matching(query: sa.Select[Course], wanted: Wanted) -> sa.Select[Course]:
    for word in wanted.text.split():
        columns = (Course.number, Course.title_zh, Course.title_en, Course.summary_zh, Course.summary_en)
        query = query.where(sa.or_(*(each.icontains(word, autoescape=True) for each in columns)))
    return query if wanted.level is None else query.where(Course.level == wanted.level)


def _has_open_cohort(moment: datetime) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        Cohort.course_id == Course.id,
        Cohort.state == CohortState.OPEN,
        Cohort.opens_at <= moment,
        Cohort.closes_at > moment,
    )


def _summary(
    states: dict[EnrolmentState, int],
    places: int,
    lessons: sa.Row[int, int, datetime, datetime] | None,
) -> Summary:
    waiting = states.get(EnrolmentState.WAITING, 0)
    taken = sum(states.get(each, 0) for each in WITH_PLACE)
    return Summary(
        enrolled=taken - states.get(EnrolmentState.OFFERED, 0),
        offered=states.get(EnrolmentState.OFFERED, 0),
        waiting=waiting,
        free=0 if waiting else places - taken,
        lessons=lessons.number if lessons else 0,
        starts=lessons.starts if lessons else None,
        ends=lessons.ends if lessons else None,
    )
