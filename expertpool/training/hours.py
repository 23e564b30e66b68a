"""Hours that lessons and completed courses earn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

import config
from expertpool.ledger import service as ledger
from expertpool.ledger.models import HourKind
from expertpool.training.models import Cohort, Course, Enrolment, Lesson, Teaching


def day_of(moment: datetime) -> date:
    """Return the office's day that a moment belongs to."""
    return moment.astimezone(config.zone_of()).date()


def minutes_of(lesson: Lesson) -> int:
    """Return the length of a lesson in whole minutes, at least one."""
    return max(1, int((lesson.ends - lesson.starts).total_seconds() // 60))


def credit_teaching(session: Session, lessons: Iterable[Lesson], *, now: datetime) -> None:
    """Credit lessons that were given to their teachers, each once."""
    given = [each for each in lessons if each.teaching_id is not None]
    teachers = dict(
        session.execute(
            sa.select(Teaching.id, Teaching.person_id).where(
                Teaching.id.in_({each.teaching_id for each in given})
            )
        ).all()
    )
    titles = dict(
        session.execute(
            sa.select(Cohort.id, Course.title_zh)
            .join(Course, Course.id == Cohort.course_id)
            .where(Cohort.id.in_({each.cohort_id for each in given}))
        ).all()
    )
    for lesson in given:
        assert lesson.teaching_id is not None
        ledger.credit(
            session,
            teachers[lesson.teaching_id],
            HourKind.TEACHING,
            minutes_of(lesson),
            day_of(lesson.starts),
            source_kind="lesson",
            source_id=lesson.id,
            title=f"{titles[lesson.cohort_id]}：{lesson.title}",
            now=now,
        )


def credit_study(session: Session, enrolment: Enrolment, course: Course, on: date, *, now: datetime) -> None:
    """Credit a completed course to its trainee, once."""
    ledger.credit(
        session,
        enrolment.person_id,
        HourKind.STUDY,
        course.minutes,
        on,
        source_kind="enrolment",
        source_id=enrolment.id,
        title=course.title_zh,
        now=now,
    )
