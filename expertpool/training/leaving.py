"""Free somebody who leaves a cohort, or no longer teaches it, from lessons at which they no longer are."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.training import attending, diary
from expertpool.training.models import BOOKED, Enrolment, EnrolmentState, Lesson, LessonShare, Teaching


def free(session: Session, person_id: int, lessons: Sequence[Lesson]) -> None:
    """Free a person from `lessons`, once their enrolment or teaching has ended.

    Those stay booked that they attend with another cohort or as a guest, or teach.
    """
    if not lessons:
        return
    kept = _kept(session, person_id, lessons)
    diary.release(session, person_id, [each for each in lessons if each.id not in kept])


def _kept(session: Session, person_id: int, lessons: Sequence[Lesson]) -> set[int]:
    """Return those of `lessons` at which a person is enrolled, a guest, or the teacher."""
    ids, at = [each.id for each in lessons], attending.pairs()
    enrolled = (
        sa.select(at.c.lesson_id)
        .join(Enrolment, Enrolment.cohort_id == at.c.cohort_id)
        .where(
            at.c.lesson_id.in_(ids),
            Enrolment.person_id == person_id,
            Enrolment.state == EnrolmentState.ENROLLED,
        )
    )
    guest = sa.select(LessonShare.lesson_id).where(
        LessonShare.lesson_id.in_(ids), LessonShare.person_id == person_id
    )
    teaches = (
        sa.select(Lesson.id)
        .join(Teaching, Teaching.id == Lesson.teaching_id)
        .where(Lesson.id.in_(ids), Teaching.person_id == person_id, Teaching.state.in_(BOOKED))
    )
    return set(session.scalars(sa.union(enrolled, guest, teaches)))
