"""What publishing a draft would change: moved, new and gone; and what was changed elsewhere meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from expertpool.planning import outlines, timetables
from expertpool.planning.models import CohortLesson, Placement, Timetable
from expertpool.planning.rows import is_published
from expertpool.training.lessons import LessonFacts, facts_of
from expertpool.training.models import GOING, Cohort, Lesson, Teaching


class What(StrEnum):
    """What becomes of a lesson."""

    PLANNED = "planned"
    MOVED = "moved"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Difference:
    """One lesson that publishing changes; `placement` None: it is cancelled, `lesson` None: it is new."""

    what: What
    row: CohortLesson
    placement: Placement | None
    lesson: Lesson | None
    parts: tuple[str, ...]
    """What of it changes: `time`, `room`, `teacher`."""

    @property
    def at(self) -> datetime:
        """When it is to be, or was."""
        found = self.placement or self.lesson
        assert found is not None
        return found.starts


@dataclass(frozen=True)
class Differences:
    """All that differs between a draft and what is published, in the order of time."""

    changes: Sequence[Difference]
    stale: Sequence[CohortLesson]
    """Lessons that were changed on their own pages since they were placed."""
    unplaced: Sequence[CohortLesson]
    """Lessons without a place; those that are published stay as they are."""

    def of(self, what: What) -> list[Difference]:
        """Return the changes of one kind."""
        return [each for each in self.changes if each.what is what]


def differences(session: Session, timetable: Timetable, *, now: datetime) -> Differences:
    """Compare a draft with the lessons of its cohorts that are not over: six reads."""
    ids = timetables.cohort_ids(session, timetable)
    going = session.scalars(sa.select(Cohort.id).where(Cohort.id.in_(ids), Cohort.state.in_(GOING)))
    rows = outlines.lessons_of(session, going.all())
    placed = {each.cohort_lesson_id: each for each in _placements(session, timetable)}
    changes: list[Difference] = []
    stale: list[CohortLesson] = []
    unplaced: list[CohortLesson] = []
    for row in rows:
        placement, lesson = placed.get(row.id), row.lesson if is_published(row) else None
        if lesson is not None and lesson.ends <= now:
            continue
        if row.leaving and lesson is not None:
            changes.append(Difference(What.CANCELLED, row, None, lesson, ()))
        elif placement is None:
            unplaced.append(row)
        elif lesson is None:
            changes.append(Difference(What.PLANNED, row, placement, None, ()))
        elif lesson.version != placement.lesson_version:
            stale.append(row)
        elif parts := _parts(lesson, placement):
            changes.append(Difference(What.MOVED, row, placement, lesson, parts))
    return Differences(sorted(changes, key=lambda each: (each.at, each.row.id)), stale, unplaced)


def facts_after(difference: Difference) -> LessonFacts | None:
    """Return what the lesson will be; None for one that is cancelled."""
    row, placement, lesson = difference.row, difference.placement, difference.lesson
    if placement is None:
        return None
    before = facts_of(lesson) if lesson is not None else None
    return LessonFacts(
        title=before.title if before else row.title,
        starts=placement.starts,
        ends=placement.ends,
        room_id=placement.room_id,
        online_url=before.online_url if before else None,
        teaching_id=placement.teaching_id,
        joint_ids=(before or row).joint_ids,
        guest_ids=(before or row).guest_ids,
    )


def _placements(session: Session, timetable: Timetable) -> Sequence[Placement]:
    return session.scalars(
        sa.select(Placement)
        .where(Placement.timetable_id == timetable.id)
        .options(
            joinedload(Placement.room),
            joinedload(Placement.teaching).joinedload(Teaching.person),
            joinedload(Placement.person),
        )
    ).all()


def _parts(lesson: Lesson, placement: Placement) -> tuple[str, ...]:
    differs = {
        "time": (lesson.starts, lesson.ends) != (placement.starts, placement.ends),
        "room": lesson.room_id != placement.room_id,
        "teacher": lesson.teaching_id != placement.teaching_id or placement.person_id is not None,
    }
    return tuple(part for part, other in differs.items() if other)
