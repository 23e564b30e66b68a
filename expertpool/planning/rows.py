"""What counts of a lesson to place: as it is published, else as it is listed."""

from __future__ import annotations

from expertpool.planning.models import CohortLesson
from expertpool.training.models import Lesson, LessonState, Shared


def is_published(row: CohortLesson) -> bool:
    """Whether the cohort has this lesson already."""
    return row.lesson is not None and row.lesson.state is LessonState.PLANNED


def length_of(row: CohortLesson) -> int:
    """Return how many minutes a lesson lasts."""
    return minutes_of(row.lesson) if row.lesson is not None and is_published(row) else row.minutes


def title_of(row: CohortLesson) -> str:
    """Return what a lesson is called."""
    return row.lesson.title if row.lesson is not None and is_published(row) else row.title


def sharing_of(row: CohortLesson) -> Shared:
    """Return what says who shares a lesson: `joint_ids` and `guest_ids`."""
    return row.lesson if row.lesson is not None and is_published(row) else row


def minutes_of(lesson: Lesson) -> int:
    """Return how long a published lesson lasts."""
    return int((lesson.ends - lesson.starts).total_seconds() // 60)
