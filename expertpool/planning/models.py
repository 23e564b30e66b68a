"""Outlines of courses, lessons to place, timetables and their placements."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from expertpool.availability.models import Room
from expertpool.database import Base, Key, Numbered, Versioned, choice, foreign_key
from expertpool.organisations.models import Organisation
from expertpool.people.models import Person
from expertpool.training.models import Cohort, CohortState, Lesson, Share, Shared, Teaching, shared_once


class LessonKind(StrEnum):
    """What a lesson is; two exams on one day are avoided."""

    LECTURE = "lecture"
    EXERCISE = "exercise"
    EXAM = "exam"
    OTHER = "other"


class Delivery(StrEnum):
    """Where a lesson is taught; one that is online needs no room."""

    ON_SITE = "on-site"
    ONLINE = "online"
    BOTH = "both"


class Outlined:
    """What an outline says of one lesson."""

    position: Mapped[int]
    """Order in which the lessons are taught, from 1."""
    title: Mapped[str] = mapped_column(sa.String(200))
    minutes: Mapped[int]
    """From its beginning to its end."""
    equipment: Mapped[list[Any]] = mapped_column(default=list)
    """What its room must have."""
    language: Mapped[str | None] = mapped_column(sa.String(40))
    """In which it is taught, as `text.languages` has it; None: in any. Teachers have the person's."""
    least_days: Mapped[int | None]
    most_days: Mapped[int | None]
    """Days from the lesson before it, by their dates; None: any number."""

    @declared_attr
    def kind(cls) -> Mapped[LessonKind]:  # noqa: N805  (SQLAlchemy's first argument)
        """What it is."""
        return mapped_column(choice(LessonKind), default=LessonKind.LECTURE)

    @declared_attr
    def delivery(cls) -> Mapped[Delivery]:  # noqa: N805  (SQLAlchemy's first argument)
        """Where it is taught."""
        return mapped_column(choice(Delivery), default=Delivery.ON_SITE)


def _spacing() -> tuple[sa.CheckConstraint, ...]:
    return (
        sa.CheckConstraint("least_days BETWEEN 0 AND 200", name="least_days"),
        sa.CheckConstraint("most_days BETWEEN 0 AND 200", name="most_days"),
        sa.CheckConstraint("least_days <= most_days", name="spacing"),
    )


class OutlineLesson(Numbered, Outlined, Base):
    """One lesson that a course consists of, whenever it is given."""

    __tablename__ = "outline_lessons"

    course_id: Mapped[int] = foreign_key("courses.id", ondelete="CASCADE")
    together: Mapped[bool] = mapped_column(default=False)
    """Whether the cohorts of the course that one timetable places have it jointly."""

    __table_args__ = (
        sa.CheckConstraint("minutes BETWEEN 10 AND 720", name="minutes"),
        *_spacing(),
    )


class CohortLessonShare(Numbered, Share, Base):
    """Who is to be at a lesson besides the trainees of its own cohort."""

    __tablename__ = "cohort_lesson_shares"

    cohort_lesson_id: Mapped[int] = foreign_key("cohort_lessons.id", ondelete="CASCADE", index=False)

    __table_args__ = shared_once("cohort_lesson_id")


class CohortLesson(Numbered, Outlined, Shared, Base):
    """One lesson that a cohort is to have. Once published it is a `Lesson`, whose facts then count."""

    share = CohortLessonShare

    __tablename__ = "cohort_lessons"

    cohort_id: Mapped[int] = foreign_key("cohorts.id", ondelete="CASCADE")
    teaching_id: Mapped[int | None] = foreign_key("teachings.id", ondelete="SET NULL")
    """Who is to teach it; None: any teacher of the cohort."""
    person_id: Mapped[int | None] = foreign_key("people.id")
    """An expert of the pool who is to teach it and does not teach the cohort yet."""
    lesson_id: Mapped[int | None] = foreign_key("lessons.id", ondelete="SET NULL", index=False)
    """What it became when it was published; a cancelled one waits for a time again."""

    leaving: Mapped[bool] = mapped_column(default=False)
    """Whether the published lesson is to be cancelled with the next publication."""

    cohort: Mapped[Cohort] = relationship()
    teaching: Mapped[Teaching | None] = relationship()
    lesson: Mapped[Lesson | None] = relationship()
    shares: Mapped[list[CohortLessonShare]] = relationship(
        cascade="all, delete-orphan", order_by="CohortLessonShare.id"
    )

    __table_args__ = (
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        sa.CheckConstraint("teaching_id IS NULL OR person_id IS NULL", name="one_teacher"),
        sa.UniqueConstraint("lesson_id"),
        *_spacing(),
    )


class Timetable(Numbered, Versioned, Base):
    """A draft of an office for the lessons of some cohorts on the days from `first` to `last`."""

    __tablename__ = "timetables"

    owner_id: Mapped[int] = foreign_key("organisations.id")
    title: Mapped[str] = mapped_column(sa.String(200))
    first: Mapped[date]
    last: Mapped[date]
    """Included."""
    periods: Mapped[list[Any]]
    """Times of a day at which lessons begin and end: ["08:30", "10:00"], in order, in the office's zone."""
    in_order: Mapped[bool] = mapped_column(default=True)
    """Whether the lessons of a cohort follow each other as they are listed."""
    cohort_minutes: Mapped[int | None]
    teacher_minutes: Mapped[int | None]
    """Lessons a day at most, of one cohort and of one teacher; None for no limit."""
    teacher_week_minutes: Mapped[int | None]
    """Lessons a week at most of a teacher for whom the office notes no other limit; None for no limit."""
    travel_minutes: Mapped[int] = mapped_column(default=30)
    """Between rooms whose addresses differ."""
    weights: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Rule -> weight, of those that differ from the engine's."""
    created_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    owner: Mapped[Organisation] = relationship()

    __table_args__ = (
        sa.CheckConstraint("first <= last", name="ordered"),
        sa.CheckConstraint("cohort_minutes BETWEEN 10 AND 1440", name="cohort_minutes"),
        sa.CheckConstraint("teacher_minutes BETWEEN 10 AND 1440", name="teacher_minutes"),
        sa.CheckConstraint("teacher_week_minutes BETWEEN 10 AND 10080", name="teacher_week_minutes"),
        sa.CheckConstraint("travel_minutes BETWEEN 0 AND 600", name="travel_minutes"),
        sa.Index("ix_timetables_last", "last"),
    )


NOT_CANCELLED = Cohort.state != CohortState.CANCELLED
"""A cohort that is cancelled leaves its timetables; of one that is finished the past stays to be seen."""


class TimetableCohort(Numbered, Base):
    """A cohort whose lessons a timetable places."""

    __tablename__ = "timetable_cohorts"

    timetable_id: Mapped[int] = foreign_key("timetables.id", ondelete="CASCADE", index=False)
    cohort_id: Mapped[int] = foreign_key("cohorts.id", ondelete="CASCADE")

    __table_args__ = (sa.UniqueConstraint("timetable_id", "cohort_id"),)


class Placement(Numbered, Base):
    """Time, room and teacher of a lesson in a timetable. A lesson without one is not placed."""

    __tablename__ = "placements"

    timetable_id: Mapped[int] = foreign_key("timetables.id", ondelete="CASCADE", index=False)
    cohort_lesson_id: Mapped[int] = foreign_key("cohort_lessons.id", ondelete="CASCADE")
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    room_id: Mapped[int | None] = foreign_key("rooms.id")
    teaching_id: Mapped[int | None] = foreign_key("teachings.id", ondelete="SET NULL")
    person_id: Mapped[int | None] = foreign_key("people.id")
    """An expert of the pool who is to teach it and does not teach the cohort yet: see `publishing`."""
    pinned: Mapped[bool] = mapped_column(default=False)
    """Not to be moved by a run."""
    lesson_version: Mapped[int | None]
    """Version of the published lesson that was known when it was placed."""

    room: Mapped[Room | None] = relationship()
    teaching: Mapped[Teaching | None] = relationship()
    person: Mapped[Person | None] = relationship()

    @property
    def teacher(self) -> Person | None:
        """Who is to teach it, whether a teacher of the cohort or not yet."""
        return self.teaching.person if self.teaching is not None else self.person

    __table_args__ = (
        sa.UniqueConstraint("timetable_id", "cohort_lesson_id"),
        sa.CheckConstraint("starts < ends", name="ordered"),
        sa.CheckConstraint("teaching_id IS NULL OR person_id IS NULL", name="one_teacher"),
        sa.Index("ix_placements_timetable_time", "timetable_id", "starts"),
    )


class OfficeWeights(Numbered, Versioned, Base):
    """How much each rule counts in the timetables that an office begins."""

    __tablename__ = "office_weights"

    owner_id: Mapped[int] = foreign_key("organisations.id", index=False)
    weights: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Rule -> weight, of those that differ from the engine's."""

    __table_args__ = (sa.UniqueConstraint("owner_id"),)


class TeacherTerms(Numbered, Versioned, Base):
    """What an office has agreed with a teacher about lessons: how many a week, and when rather not."""

    __tablename__ = "teacher_terms"

    owner_id: Mapped[int] = foreign_key("organisations.id", index=False)
    person_id: Mapped[int] = foreign_key("people.id", ondelete="CASCADE")
    week_minutes: Mapped[int | None]
    """Of lessons at most; None: what the timetable says of all."""
    unwished: Mapped[list[Any]] = mapped_column(default=list)
    """Half-days that they would rather not teach: "1-am" is Monday before noon; see `wishes`."""

    __table_args__ = (
        sa.UniqueConstraint("owner_id", "person_id"),
        sa.CheckConstraint("week_minutes BETWEEN 10 AND 10080", name="week_minutes"),
    )


class StepKind(StrEnum):
    """What changed a draft."""

    PLACED = "placed"
    TAKEN_OUT = "taken-out"
    PINNED = "pinned"
    RELEASED = "released"
    PLANNED = "planned"
    """A plan came into it."""


class DraftStep(Numbered, Base):
    """One change of a draft, with what it replaced."""

    __tablename__ = "draft_steps"

    timetable_id: Mapped[int] = foreign_key("timetables.id", ondelete="CASCADE", index=False)
    number: Mapped[int]
    """Counts up; the largest is the last."""
    kind: Mapped[StepKind] = mapped_column(choice(StepKind))
    called: Mapped[str] = mapped_column(sa.String(200))
    """The lesson that it changed, or the number of the plan."""
    before: Mapped[list[Any]]
    """Each `[id of the lesson to place, its placement or None]`; see `steps`."""
    made_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("timetable_id", "number"),)
