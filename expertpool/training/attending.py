"""Who is at a lesson: the trainees of its own cohort, those of cohorts that have it jointly, and guests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.training.models import Enrolment, EnrolmentState, Lesson, LessonShare


def pairs() -> sa.Subquery:
    """Return rows (lesson_id, cohort_id): each lesson with its own cohort and with those that join."""
    own = sa.select(Lesson.id.label("lesson_id"), Lesson.cohort_id)
    joint = sa.select(LessonShare.lesson_id, LessonShare.cohort_id).where(LessonShare.cohort_id.is_not(None))
    return sa.union_all(own, joint).subquery()


def by_cohorts(cohort_ids: Collection[int]) -> sa.ColumnElement[bool]:
    """Return the condition that a `Lesson` is one of these cohorts', joint ones included."""
    own = sa.select(Lesson.id).where(Lesson.cohort_id.in_(cohort_ids))
    joint = sa.select(LessonShare.lesson_id).where(LessonShare.cohort_id.in_(cohort_ids))
    return Lesson.id.in_(own.union_all(joint))


def cohort_ids(lesson: Lesson) -> list[int]:
    """Return the cohorts that are at a lesson, by id."""
    return sorted({lesson.cohort_id, *lesson.joint_ids})


def partners(session: Session, cohort_id: int) -> set[int]:
    """Return the cohorts that share a lesson with a cohort, its own or theirs; itself is among them."""
    at = pairs()
    here = sa.select(at.c.lesson_id).where(at.c.cohort_id == cohort_id)
    with_others = pairs()
    query = sa.select(with_others.c.cohort_id).where(with_others.c.lesson_id.in_(here))
    return {cohort_id, *session.scalars(query)}


def people_of(
    session: Session,
    lesson_ids: Iterable[int],
    states: Collection[EnrolmentState] = (EnrolmentState.ENROLLED,),
    *,
    person_id: int | None = None,
) -> dict[int, dict[int, int]]:
    """Return lesson -> trainee who is to be there, by id -> their cohort; of one person alone when given.

    The cohort of a guest is the lesson's own. One read.
    """
    ids, at = list(lesson_ids), pairs()
    members = (
        sa.select(at.c.lesson_id, Enrolment.person_id, sa.literal(0), at.c.cohort_id)
        .join(Enrolment, Enrolment.cohort_id == at.c.cohort_id)
        .where(at.c.lesson_id.in_(ids), Enrolment.state.in_(states))
    )
    guests = (
        sa.select(LessonShare.lesson_id, LessonShare.person_id, sa.literal(1), Lesson.cohort_id)
        .join(Lesson, Lesson.id == LessonShare.lesson_id)
        .where(LessonShare.lesson_id.in_(ids), LessonShare.person_id.is_not(None))
    )
    if person_id is not None:
        members = members.where(Enrolment.person_id == person_id)
        guests = guests.where(LessonShare.person_id == person_id)
    found: dict[int, dict[int, int]] = defaultdict(dict)
    rows = session.execute(members.union_all(guests).order_by(sa.text("1, 2, 3, 4")))
    for lesson_id, trainee, _is_guest, cohort_id in rows:
        found[lesson_id].setdefault(trainee, cohort_id)
    return found


def of_person(person_id: int) -> sa.Subquery:
    """Return rows (lesson_id, cohort_id): where a person is to be, each lesson once, and with which cohort.

    The cohort of a guest is the lesson's own.
    """
    at = pairs()
    enrolled = (
        sa.select(at.c.lesson_id, at.c.cohort_id)
        .join(Enrolment, Enrolment.cohort_id == at.c.cohort_id)
        .where(Enrolment.person_id == person_id, Enrolment.state == EnrolmentState.ENROLLED)
    )
    guest = (
        sa.select(Lesson.id, Lesson.cohort_id)
        .join(LessonShare, LessonShare.lesson_id == Lesson.id)
        .where(LessonShare.person_id == person_id)
    )
    found = enrolled.union_all(guest).subquery()
    once = sa.select(found.c.lesson_id, sa.func.min(found.c.cohort_id).label("cohort_id"))
    return once.group_by(found.c.lesson_id).subquery()
