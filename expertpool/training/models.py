"""Courses, cohorts, lessons, enrolments, attendance and certificates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from expertpool.availability.models import Room
from expertpool.database import Base, Key, Numbered, Versioned, choice, foreign_key
from expertpool.organisations.models import Organisation
from expertpool.people.models import Person, where
from expertpool.skills.models import Skill


class Level(StrEnum):
    """How much a course asks of its trainees."""

    BASIC = "basic"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class CourseState(StrEnum):
    """Life of a course; the catalogue shows published ones."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Course(Numbered, Versioned, Base):
    """What is taught, whenever it is given."""

    __tablename__ = "courses"

    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    owner_id: Mapped[int] = foreign_key("organisations.id")
    title_zh: Mapped[str] = mapped_column(sa.String(200))
    title_en: Mapped[str | None] = mapped_column(sa.String(200))
    summary_zh: Mapped[str] = mapped_column(sa.Text, default="")
    summary_en: Mapped[str | None] = mapped_column(sa.Text)
    level: Mapped[Level] = mapped_column(choice(Level), default=Level.BASIC)
    minutes: Mapped[int]
    """What completing it credits."""
    attendance_percent: Mapped[int] = mapped_column(default=80)
    """Least share of the lessons' time to be present at."""
    certificate_months: Mapped[int | None]
    """How long its certificate is valid; None for ever."""
    state: Mapped[CourseState] = mapped_column(choice(CourseState), default=CourseState.DRAFT, index=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    owner: Mapped[Organisation] = relationship()
    skills: Mapped[list[CourseSkill]] = relationship(cascade="all, delete-orphan", order_by="CourseSkill.id")
    prerequisites: Mapped[list[CoursePrerequisite]] = relationship(
        cascade="all, delete-orphan",
        order_by="CoursePrerequisite.id",
        foreign_keys="CoursePrerequisite.course_id",
    )

    __table_args__ = (
        sa.CheckConstraint("minutes BETWEEN 1 AND 60000", name="minutes"),
        sa.CheckConstraint("attendance_percent BETWEEN 0 AND 100", name="attendance"),
        sa.CheckConstraint(
            "certificate_months IS NULL OR certificate_months BETWEEN 1 AND 600", name="validity"
        ),
    )


class CourseSkill(Numbered, Base):
    """A skill that a course teaches."""

    __tablename__ = "course_skills"

    course_id: Mapped[int] = foreign_key("courses.id", ondelete="CASCADE", index=False)
    skill_id: Mapped[int] = foreign_key("skills.id")

    skill: Mapped[Skill] = relationship()

    __table_args__ = (sa.UniqueConstraint("course_id", "skill_id"),)


class CoursePrerequisite(Numbered, Base):
    """A course that must be completed before another."""

    __tablename__ = "course_prerequisites"

    course_id: Mapped[int] = foreign_key("courses.id", ondelete="CASCADE", index=False)
    required_id: Mapped[int] = foreign_key("courses.id")

    required: Mapped[Course] = relationship(foreign_keys="CoursePrerequisite.required_id")

    __table_args__ = (
        sa.UniqueConstraint("course_id", "required_id"),
        sa.CheckConstraint("course_id <> required_id", name="not_itself"),
    )


class CohortState(StrEnum):
    """Life of a cohort."""

    DRAFT = "draft"
    OPEN = "open"
    """Published; enrolment follows its opening and closing time."""
    FINISHED = "finished"
    CANCELLED = "cancelled"


GOING = (CohortState.DRAFT, CohortState.OPEN)
"""States of a cohort that is not over."""


class Cohort(Numbered, Versioned, Base):
    """One run of a course."""

    __tablename__ = "cohorts"

    course_id: Mapped[int] = foreign_key("courses.id")
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    title: Mapped[str] = mapped_column(sa.String(200), default="")
    """What tells it from the course's other runs, such as 「2027 年春季班」; may be empty."""
    state: Mapped[CohortState] = mapped_column(choice(CohortState), default=CohortState.DRAFT, index=True)
    capacity: Mapped[int]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    """Enrolment; a place that falls free later is still offered to the waiting list."""
    offer_hours: Mapped[int] = mapped_column(default=24)
    """How long a freed place waits for an answer."""
    cancel_reason: Mapped[str | None] = mapped_column(sa.String(300))
    created_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    course: Mapped[Course] = relationship()
    lessons: Mapped[list[Lesson]] = relationship(cascade="all, delete-orphan", order_by="Lesson.starts")
    teachings: Mapped[list[Teaching]] = relationship(cascade="all, delete-orphan", order_by="Teaching.id")

    __table_args__ = (
        sa.CheckConstraint("capacity BETWEEN 1 AND 10000", name="capacity"),
        sa.CheckConstraint("opens_at < closes_at", name="ordered"),
        sa.CheckConstraint("offer_hours BETWEEN 1 AND 720", name="offers"),
    )


class Place(Numbered, Base):
    """A place in a cohort. There are as many as its capacity says, so that none can be given twice."""

    __tablename__ = "cohort_places"

    cohort_id: Mapped[int] = foreign_key("cohorts.id", ondelete="CASCADE", index=False)
    number: Mapped[int]

    __table_args__ = (
        sa.UniqueConstraint("cohort_id", "number"),
        sa.CheckConstraint("number >= 1", name="from_one"),
    )


class TeachingState(StrEnum):
    """Where a teacher stands."""

    PROPOSED = "proposed"
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


BOOKED = (TeachingState.INVITED, TeachingState.ACCEPTED)
"""States in which a teacher is booked for their lessons."""
LIVE_TEACHING = "state IN ('proposed', 'invited', 'accepted')"


class Teaching(Numbered, Versioned, Base):
    """A person's part as a teacher of a cohort: one invitation for all of their lessons in it."""

    __tablename__ = "teachings"

    cohort_id: Mapped[int] = foreign_key("cohorts.id", ondelete="CASCADE", index=False)
    person_id: Mapped[int] = foreign_key("people.id")
    state: Mapped[TeachingState] = mapped_column(choice(TeachingState), default=TeachingState.PROPOSED)
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship()

    __table_args__ = (
        sa.Index("uq_teachings_live", "cohort_id", "person_id", unique=True, **where(LIVE_TEACHING)),
    )


class LessonState(StrEnum):
    """Whether a lesson takes place."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


class Share:
    """Who else is at a lesson: all trainees of another cohort, or one person."""

    cohort_id: Mapped[int | None] = foreign_key("cohorts.id", ondelete="CASCADE")
    """A cohort that has this lesson together with the cohort that it belongs to."""
    person_id: Mapped[int | None] = foreign_key("people.id")
    """A guest: a single trainee of no cohort that is at this lesson."""


class Shared:
    """A lesson that belongs to one cohort and may be shared. `share` is the table of those who join."""

    share: ClassVar[type[Any]]
    shares: Mapped[list[Any]]

    @property
    def joint_ids(self) -> tuple[int, ...]:
        """The other cohorts that have it, by id."""
        return tuple(sorted(each.cohort_id for each in self.shares if each.cohort_id is not None))

    @joint_ids.setter
    def joint_ids(self, ids: Iterable[int]) -> None:
        self._share("cohort_id", set(ids))

    @property
    def guest_ids(self) -> tuple[int, ...]:
        """The people who are at it besides, by id."""
        return tuple(sorted(each.person_id for each in self.shares if each.person_id is not None))

    @guest_ids.setter
    def guest_ids(self, ids: Iterable[int]) -> None:
        self._share("person_id", set(ids))

    def _share(self, name: str, wanted: set[int]) -> None:
        present = {getattr(each, name): each for each in self.shares if getattr(each, name) is not None}
        for gone in present.keys() - wanted:
            self.shares.remove(present[gone])
        self.shares.extend(self.share(**{name: each}) for each in sorted(wanted - present.keys()))


def shared_once(lesson: str) -> tuple[sa.Constraint, ...]:
    """Return what holds of a table of shares whose column `lesson` names the lesson."""
    return (
        sa.CheckConstraint("(cohort_id IS NULL) <> (person_id IS NULL)", name="one_of_two"),
        sa.UniqueConstraint(lesson, "cohort_id"),
        sa.UniqueConstraint(lesson, "person_id"),
    )


class LessonShare(Numbered, Share, Base):
    """Who is at a lesson besides the trainees of its own cohort."""

    __tablename__ = "lesson_shares"

    lesson_id: Mapped[int] = foreign_key("lessons.id", ondelete="CASCADE", index=False)

    __table_args__ = shared_once("lesson_id")


class Lesson(Numbered, Versioned, Shared, Base):
    """One meeting of a cohort, on site, online or both."""

    share = LessonShare

    __tablename__ = "lessons"

    cohort_id: Mapped[int] = foreign_key("cohorts.id", ondelete="CASCADE", index=False)
    title: Mapped[str] = mapped_column(sa.String(200))
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    room_id: Mapped[int | None] = foreign_key("rooms.id")
    online_url: Mapped[str | None] = mapped_column(sa.String(500))
    teaching_id: Mapped[int | None] = foreign_key("teachings.id", ondelete="SET NULL")
    state: Mapped[LessonState] = mapped_column(choice(LessonState), default=LessonState.PLANNED)

    room: Mapped[Room | None] = relationship()
    teaching: Mapped[Teaching | None] = relationship()
    shares: Mapped[list[LessonShare]] = relationship(cascade="all, delete-orphan", order_by="LessonShare.id")

    __table_args__ = (
        sa.CheckConstraint("starts < ends", name="ordered"),
        sa.Index("ix_lessons_cohort_time", "cohort_id", "starts"),
        sa.Index("ix_lessons_time", "starts"),
    )


class EnrolmentState(StrEnum):
    """Where a trainee stands in a cohort."""

    WAITING = "waiting"
    OFFERED = "offered"
    """A place is held for them until `offer_expires_at`."""
    ENROLLED = "enrolled"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    """They declined the offered place or did not answer in time."""
    COMPLETED = "completed"
    NOT_COMPLETED = "not-completed"


WITH_PLACE = "state IN ('offered', 'enrolled', 'completed', 'not-completed')"
LIVE_ENROLMENT = "state NOT IN ('cancelled', 'lapsed')"


class Enrolment(Numbered, Versioned, Base):
    """A trainee's part in a cohort. A place belongs to one enrolment at most."""

    __tablename__ = "enrolments"

    cohort_id: Mapped[int] = foreign_key("cohorts.id", index=False)
    person_id: Mapped[int] = foreign_key("people.id")
    state: Mapped[EnrolmentState] = mapped_column(choice(EnrolmentState))
    place_id: Mapped[int | None] = foreign_key("cohort_places.id", index=False)
    queued_at: Mapped[datetime]
    """Order of the waiting list, then by id."""
    offer_expires_at: Mapped[datetime | None] = mapped_column(index=True)
    source: Mapped[str] = mapped_column(sa.String(120))
    """`self`, or the spreadsheet or organiser that enrolled them."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    cohort: Mapped[Cohort] = relationship()
    person: Mapped[Person] = relationship()

    __table_args__ = (
        sa.CheckConstraint(f"({WITH_PLACE}) = (place_id IS NOT NULL)", name="place"),
        sa.CheckConstraint("(state = 'offered') = (offer_expires_at IS NOT NULL)", name="offer"),
        sa.UniqueConstraint("place_id"),
        sa.Index("uq_enrolments_live", "cohort_id", "person_id", unique=True, **where(LIVE_ENROLMENT)),
        sa.Index("ix_enrolments_queue", "cohort_id", "state", "queued_at", "id"),
    )


class OfferLink(Numbered, Base):
    """A link mailed with an offered place or an enrolment; only the hash of its token is kept."""

    __tablename__ = "offer_links"

    enrolment_id: Mapped[int] = foreign_key("enrolments.id", ondelete="CASCADE")
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]


class Presence(Numbered, Base):
    """A trainee was at a lesson."""

    __tablename__ = "presences"

    lesson_id: Mapped[int] = foreign_key("lessons.id", ondelete="CASCADE", index=False)
    enrolment_id: Mapped[int] = foreign_key("enrolments.id", ondelete="CASCADE")
    via: Mapped[str] = mapped_column(sa.String(10))
    """`list` or `qr`."""
    noted_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("lesson_id", "enrolment_id"),)


class CertificateState(StrEnum):
    """What an issuer says of a certificate now; it may besides have expired."""

    VALID = "valid"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


class Certificate(Numbered, Versioned, Base):
    """What certifies that a trainee completed a course, as it was printed."""

    __tablename__ = "certificates"

    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    """Stands in the QR code; found by guessing no sooner than a password."""
    enrolment_id: Mapped[int] = foreign_key("enrolments.id", index=False)
    person_id: Mapped[int] = foreign_key("people.id")
    holder: Mapped[str] = mapped_column(sa.String(120))
    holder_en: Mapped[str | None] = mapped_column(sa.String(120))
    title_zh: Mapped[str] = mapped_column(sa.String(200))
    title_en: Mapped[str | None] = mapped_column(sa.String(200))
    issuer: Mapped[str] = mapped_column(sa.String(200))
    level: Mapped[Level] = mapped_column(choice(Level))
    minutes: Mapped[int]
    issued_on: Mapped[date]
    expires_on: Mapped[date | None]
    state: Mapped[CertificateState] = mapped_column(choice(CertificateState), default=CertificateState.VALID)
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    """Why it was suspended or withdrawn."""

    enrolment: Mapped[Enrolment] = relationship()

    __table_args__ = (sa.UniqueConstraint("enrolment_id"),)
