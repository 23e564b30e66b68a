"""Entries of lessons: for the teacher, for each trainee, and a public one in the course's calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from expertpool.calendars.entries import Wanted, reconcile
from expertpool.calendars.models import CalendarEntry, EntrySource, EntryState
from expertpool.calendars.seats import AGENDA, place_of
from expertpool.training import attending
from expertpool.training.models import (
    Cohort,
    CohortState,
    EnrolmentState,
    Lesson,
    LessonState,
    TeachingState,
)

TEACHES = {TeachingState.INVITED: EntryState.TENTATIVE, TeachingState.ACCEPTED: EntryState.CONFIRMED}
STUDIES = (EnrolmentState.ENROLLED, EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED)
SHOWN = (CohortState.OPEN, CohortState.FINISHED)
LEARNING = "/me/learning"
LONGEST_PLACE = 400


def follow_cohort(
    session: Session,
    cohort_id: int,
    *,
    lesson_id: int | None = None,
    person_id: int | None = None,
    now: datetime,
) -> None:
    """Bring the entries of a cohort's lessons in line; of one lesson, or of one person, when given.

    Lessons that others share are among them, with the entries of everybody.
    """
    session.flush()
    lessons = _lessons(session, cohort_id, lesson_id)
    cohorts = _cohorts(session, {id_ for each in lessons for id_ in attending.cohort_ids(each)})
    trainees = attending.people_of(session, [each.id for each in lessons], STUDIES, person_id=person_id)
    planned = [each for each in lessons if each.state is LessonState.PLANNED]
    wanted = [
        entry
        for lesson in planned
        for entry in _entries(cohorts, lesson, trainees[lesson.id])
        if person_id is None or entry.person_id == person_id
    ]
    reconcile(session, wanted, _present([lesson.id for lesson in lessons], person_id), now=now)


def _lessons(session: Session, cohort_id: int, lesson_id: int | None) -> Sequence[Lesson]:
    query = (
        sa.select(Lesson)
        .where(attending.by_cohorts([cohort_id]))
        .options(joinedload(Lesson.room), joinedload(Lesson.teaching), selectinload(Lesson.shares))
        .order_by(Lesson.id)
        .execution_options(populate_existing=True)
    )
    if lesson_id is not None:
        query = query.where(Lesson.id == lesson_id)
    return session.scalars(query).all()


def _cohorts(session: Session, ids: set[int]) -> dict[int, Cohort]:
    query = sa.select(Cohort).where(Cohort.id.in_(ids)).options(joinedload(Cohort.course))
    return {each.id: each for each in session.scalars(query)}


def _present(lesson_ids: list[int], person_id: int | None) -> sa.ColumnElement[bool]:
    present = sa.and_(
        CalendarEntry.source.in_((EntrySource.TEACHING, EntrySource.STUDY, EntrySource.LESSON)),
        CalendarEntry.source_id.in_(lesson_ids),
    )
    return present if person_id is None else sa.and_(present, CalendarEntry.person_id == person_id)


def _entries(cohorts: dict[int, Cohort], lesson: Lesson, trainees: Mapping[int, int]) -> list[Wanted]:
    """Return all entries of a lesson. The public ones, one a course, do not tell how to join online.

    `trainees`: each with the cohort whose name their entry tells.
    """
    cohort = cohorts[lesson.cohort_id]
    public = _public(cohort, lesson)
    online = lesson.online_url or ""
    place = place_of(lesson.room, online if len(online) <= LONGEST_PLACE else None)
    private = replace(public, place=place)
    found = [public] if cohort.state in SHOWN else []
    others = [cohorts[id_] for id_ in lesson.joint_ids]
    for other in {each.course_id: each for each in reversed(others) if each.state in SHOWN}.values():
        if other.course_id not in {each.course_id for each in found}:
            found.append(_public(other, lesson))
    if lesson.teaching and lesson.teaching.state in TEACHES:
        teaches, person_id = TEACHES[lesson.teaching.state], lesson.teaching.person_id
        found.append(
            replace(
                private,
                source=EntrySource.TEACHING,
                person_id=person_id,
                state=teaches,
                details=_details(cohort, online),
                path=AGENDA,
            )
        )
    return found + [
        replace(
            private,
            source=EntrySource.STUDY,
            person_id=person_id,
            details=_details(cohorts[cohort_id], online),
            path=LEARNING,
        )
        for person_id, cohort_id in trainees.items()
    ]


def _details(cohort: Cohort, online: str = "") -> str:
    named = " ".join(filter(None, (cohort.number, cohort.title)))
    return "\n".join(filter(None, (named, online)))


def _public(cohort: Cohort, lesson: Lesson) -> Wanted:
    """Return the entry of a lesson in the calendar of the course of one of its cohorts."""
    return Wanted(
        source=EntrySource.LESSON,
        source_id=lesson.id,
        person_id=None,
        state=EntryState.CONFIRMED,
        starts=lesson.starts,
        ends=lesson.ends,
        title=lesson.title,
        place=place_of(lesson.room, None),
        details=_details(cohort),
        path=f"/courses/{cohort.course.number}",
        course_id=cohort.course_id,
    )
