"""Calendar entries and private feeds."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from expertpool.database import Base, Key, Numbered, choice, foreign_key
from expertpool.people.models import where


class EntryState(StrEnum):
    """STATUS of RFC 5545."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class EntrySource(StrEnum):
    """What an entry stands for."""

    SEAT = "seat"
    TEACHING = "teaching"
    """One lesson for its teacher; `source_id` is the lesson."""
    STUDY = "study"
    """One lesson for a trainee; `source_id` is the lesson."""
    LESSON = "lesson"
    """One lesson in the public feed of a course that has it; nobody's."""


class CalendarEntry(Numbered, Base):
    """One event in one calendar. Cancelled entries stay, so that calendars hear of it."""

    __tablename__ = "calendar_entries"

    uid: Mapped[str] = mapped_column(sa.String(120), unique=True)
    """Never changes, whatever moves."""
    source: Mapped[EntrySource] = mapped_column(choice(EntrySource))
    source_id: Mapped[int] = mapped_column(Key)
    person_id: Mapped[int | None] = foreign_key("people.id", index=False)
    course_id: Mapped[int | None] = foreign_key("courses.id", index=False)
    """Of entries in a course's public feed."""
    state: Mapped[EntryState] = mapped_column(choice(EntryState))
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    place: Mapped[str] = mapped_column(sa.String(400), default="")
    title: Mapped[str] = mapped_column(sa.String(400))
    details: Mapped[str] = mapped_column(sa.Text, default="")
    path: Mapped[str] = mapped_column(sa.String(200), default="")
    """Page of the application that tells more."""
    sequence: Mapped[int] = mapped_column(default=0)
    """Raised only when time, place or state changes."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    """Of the last change of anything above: DTSTAMP and LAST-MODIFIED."""

    __table_args__ = (
        sa.CheckConstraint("starts < ends", name="ordered"),
        sa.CheckConstraint("(person_id IS NULL) = (source = 'lesson')", name="whose"),
        sa.Index(
            "uq_calendar_entries_person",
            "person_id",
            "source",
            "source_id",
            unique=True,
            **where("person_id IS NOT NULL"),
        ),
        sa.Index(
            "uq_calendar_entries_public",
            "source_id",
            "course_id",
            unique=True,
            **where("person_id IS NULL"),
        ),
        sa.Index("ix_calendar_entries_source", "source", "source_id"),
        sa.Index("ix_calendar_entries_person_time", "person_id", "starts"),
        sa.Index("ix_calendar_entries_course_time", "course_id", "starts"),
    )


class Feed(Numbered, Base):
    """The private address of a person's calendar; only the hash of its token is kept."""

    __tablename__ = "calendar_feeds"

    person_id: Mapped[int] = foreign_key("people.id", index=False)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index("uq_calendar_feeds_live", "person_id", unique=True, **where("revoked_at IS NULL")),
        sa.Index("ix_calendar_feeds_person", "person_id"),
    )
