"""Verbs on courses: enter, change, publish and retire them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid, Stale
from expertpool.events import Actor
from expertpool.organisations.models import Organisation
from expertpool.skills import queries as skills
from expertpool.training import checks
from expertpool.training.events import CourseChanged, CourseCreated, CoursePublished, CourseRetired
from expertpool.training.models import (
    Cohort,
    CohortState,
    Course,
    CoursePrerequisite,
    CourseSkill,
    CourseState,
    Level,
)
from expertpool.training.numbering import next_number

LONGEST_SUMMARY = 10_000
PLAIN = (
    "title_zh",
    "title_en",
    "summary_zh",
    "summary_en",
    "level",
    "minutes",
    "attendance_percent",
    "certificate_months",
)


@dataclass(frozen=True)
class CourseFacts:
    """The editable facts of a course. `minutes` are credited; `certificate_months` None is for ever."""

    title_zh: str
    minutes: int
    title_en: str | None = None
    summary_zh: str = ""
    summary_en: str | None = None
    level: Level = Level.BASIC
    attendance_percent: int = 80
    certificate_months: int | None = None
    skill_ids: tuple[int, ...] = ()
    prerequisite_ids: tuple[int, ...] = ()


def create(
    session: Session, facts: CourseFacts, *, owner: Organisation, actor: Actor, now: datetime
) -> Course:
    """Enter a course of an office as a draft; raises `Invalid` naming the field."""
    checked = _tidied(session, facts, None)
    number = next_number(session, Course.number, f"C-{now.year}-", width=4)
    course = Course(number=number, owner_id=owner.id, state=CourseState.DRAFT, created_at=now)
    _fill(course, checked, now)
    session.add(course)
    session.flush()
    record(session, CourseCreated(course.id, number=number, owner_id=owner.id), actor=actor, now=now)
    session.flush()
    return course


def change(
    session: Session,
    course: Course,
    facts: CourseFacts,
    *,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> bool:
    """Give `course` the facts of a form; return whether that changed anything. Raises `Invalid`, `Stale`.

    Certificates keep what was printed on them.
    """
    if version is not None and version != course.version:
        raise Stale(N_("Somebody else has changed this course since you opened it."))
    before, after = facts_of(course), _tidied(session, facts, course)
    old, new = dataclasses.asdict(before), dataclasses.asdict(after)
    changes = {field: [old[field], new[field]] for field in new if old[field] != new[field]}
    if not changes:
        return False
    _fill(course, after, now)
    session.flush()
    record(session, CourseChanged(course.id, changes=changes), actor=actor, now=now)
    session.flush()
    return True


def publish(session: Session, course: Course, *, actor: Actor, now: datetime) -> None:
    """Show `course` in the catalogue, for the first time or again."""
    if course.state is CourseState.PUBLISHED:
        raise Invalid(N_("This course is published already."))
    course.state, course.updated_at = CourseState.PUBLISHED, now
    session.flush()
    record(session, CoursePublished(course.id), actor=actor, now=now)
    session.flush()


def retire(session: Session, course: Course, *, actor: Actor, now: datetime) -> None:
    """Give `course` no more; raises `Invalid` while a cohort of it is drafted or open."""
    if course.state is CourseState.RETIRED:
        raise Invalid(N_("This course is retired already."))
    going = session.scalar(
        sa.select(Cohort.number)
        .where(Cohort.course_id == course.id, Cohort.state.in_((CohortState.DRAFT, CohortState.OPEN)))
        .order_by(Cohort.id)
        .limit(1)
    )
    if going:
        raise Invalid(N_("Cohort %(number)s is not over. Finish or cancel it first."), number=going)
    course.state, course.updated_at = CourseState.RETIRED, now
    session.flush()
    record(session, CourseRetired(course.id), actor=actor, now=now)
    session.flush()


def facts_of(course: Course) -> CourseFacts:
    """Return the present facts of `course`."""
    values: dict[str, Any] = {name: getattr(course, name) for name in PLAIN}
    return CourseFacts(
        **values,
        skill_ids=tuple(sorted(row.skill_id for row in course.skills)),
        prerequisite_ids=tuple(sorted(row.required_id for row in course.prerequisites)),
    )


def _tidied(session: Session, facts: CourseFacts, course: Course | None) -> CourseFacts:
    checks.within(facts.minutes, "minutes", 1, 60_000)
    checks.within(facts.attendance_percent, "attendance_percent", 0, 100)
    if facts.certificate_months is not None:
        checks.within(facts.certificate_months, "certificate_months", 1, 600)
    return dataclasses.replace(
        facts,
        title_zh=checks.needed(facts.title_zh, "title_zh", 200),
        title_en=checks.line(facts.title_en, "title_en", 200) or None,
        summary_zh=checks.paragraphs(facts.summary_zh, "summary_zh", LONGEST_SUMMARY),
        summary_en=checks.paragraphs(facts.summary_en, "summary_en", LONGEST_SUMMARY) or None,
        skill_ids=_known_skills(session, facts.skill_ids),
        prerequisite_ids=_possible_prerequisites(session, facts.prerequisite_ids, course),
    )


def _known_skills(session: Session, ids: tuple[int, ...]) -> tuple[int, ...]:
    known = skills.by_ids(session, ids)
    if set(ids) - set(known):
        raise Invalid(N_("There is no such skill."), field="skill_ids")
    return tuple(sorted(known))


def _possible_prerequisites(session: Session, ids: tuple[int, ...], course: Course | None) -> tuple[int, ...]:
    """Return the courses to be completed before; raises `Invalid` for an unknown one or a circle."""
    titles = dict(session.execute(sa.select(Course.id, Course.title_zh).where(Course.id.in_(ids))).all())
    if set(ids) - set(titles):
        raise Invalid(N_("There is no such course."), field="prerequisite_ids")
    for each in sorted(titles):
        if course is not None and course.id in _required_before(session, each):
            raise Invalid(
                N_("“%(course)s” can't come before this course, because it comes after it."),
                field="prerequisite_ids",
                course=titles[each],
            )
    return tuple(sorted(titles))


def _required_before(session: Session, course_id: int) -> set[int]:
    """Return a course and all that must be completed before it, near or far."""
    found: set[int] = set()
    fresh = {course_id}
    while fresh:
        found |= fresh
        query = sa.select(CoursePrerequisite.required_id).where(CoursePrerequisite.course_id.in_(fresh))
        fresh = set(session.scalars(query)) - found
    return found


def _fill(course: Course, facts: CourseFacts, now: datetime) -> None:
    for name in PLAIN:
        setattr(course, name, getattr(facts, name))
    kept_skills = {row.skill_id: row for row in course.skills}
    course.skills = [kept_skills.get(each) or CourseSkill(skill_id=each) for each in facts.skill_ids]
    kept = {row.required_id: row for row in course.prerequisites}
    course.prerequisites = [
        kept.get(each) or CoursePrerequisite(required_id=each) for each in facts.prerequisite_ids
    ]
    course.updated_at = now
