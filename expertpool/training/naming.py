"""How lessons are called in the diary: they stand in the public catalogue, so everybody may know."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.training.models import Cohort, Lesson


def of_lessons(session: Session, lesson_ids: Sequence[int], *, to_themselves: bool) -> dict[int, str]:
    """Return the cohort's number and the title of each lesson."""
    query = (
        sa.select(Lesson.id, Cohort.number, Lesson.title)
        .join(Cohort, Cohort.id == Lesson.cohort_id)
        .where(Lesson.id.in_(lesson_ids))
    )
    return {row.id: f"{row.number} {row.title}" for row in session.execute(query)}
