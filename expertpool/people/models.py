"""People, their addresses, employment history and skills."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from expertpool.database import Base, Key, Numbered, Versioned, choice, foreign_key
from expertpool.organisations.models import Organisation
from expertpool.skills.models import Skill


def where(condition: str) -> dict[str, Any]:
    """Return the options of an index on only the rows that meet `condition`, for both databases."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


class Grade(StrEnum):
    """How far a person has come in the pool."""

    TALENT = "talent"
    CANDIDATE = "candidate"
    EXPERT = "expert"
    SENIOR = "senior"


class Status(StrEnum):
    """Whether a person takes part: only `active` people are proposed."""

    ACTIVE = "active"
    RESTING = "resting"
    SUSPENDED = "suspended"
    RETIRED = "retired"


class Gender(StrEnum):
    """As the person gives it."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class InterestParty(StrEnum):
    """Which interest a person stands for at the table (GB/T 20000 family, TC-3)."""

    PRODUCER = "producer"
    USER = "user"
    RESEARCH = "research"
    TESTING = "testing"
    AUTHORITY = "authority"
    PUBLIC = "public"
    TECHNICAL = "technical"
    ECONOMIC = "economic"


class Person(Numbered, Versioned, Base):
    """One human being, known to the office by a number."""

    __tablename__ = "people"

    number: Mapped[str] = mapped_column(sa.String(60), unique=True)
    """External id: the office's own, or given here (E0001)."""
    name: Mapped[str] = mapped_column(sa.String(120))
    name_key: Mapped[str] = mapped_column(sa.String(120), index=True)
    """The name as compared: NFKC, no white space, lower case."""
    name_en: Mapped[str | None] = mapped_column(sa.String(120))
    name_pinyin: Mapped[str] = mapped_column(sa.String(240), index=True)
    """Sort key: syllables with spaces, surname readings applied."""
    gender: Mapped[Gender | None] = mapped_column(choice(Gender))
    birth: Mapped[str | None] = mapped_column(sa.String(10))
    """Year, month or day as known: 1980, 1980-06 or 1980-06-01."""
    region: Mapped[str | None] = mapped_column(sa.String(80), index=True)
    degree: Mapped[str | None] = mapped_column(sa.String(60))
    title: Mapped[str | None] = mapped_column(sa.String(80))
    """Professional title 职称."""
    languages: Mapped[list[Any]] = mapped_column(default=list)
    bio: Mapped[str | None] = mapped_column(sa.Text)
    interest_party: Mapped[InterestParty | None] = mapped_column(choice(InterestParty), index=True)
    grade: Mapped[Grade] = mapped_column(choice(Grade), default=Grade.EXPERT, index=True)
    status: Mapped[Status] = mapped_column(choice(Status), default=Status.ACTIVE, index=True)
    status_reason: Mapped[str | None] = mapped_column(sa.String(300))
    status_until: Mapped[date | None]
    phone_sealed: Mapped[str | None] = mapped_column(sa.Text)
    """Encrypted with the data keys."""
    phone_index: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    """Blind index of the whole number; several people may share one."""
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Columns of imported files that have no place of their own: header -> text."""
    user_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"), unique=True)
    merged_into_id: Mapped[int | None] = foreign_key("people.id", index=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)

    addresses: Mapped[list[EmailAddress]] = relationship(
        back_populates="person", cascade="all, delete-orphan", order_by="EmailAddress.position"
    )
    employments: Mapped[list[Employment]] = relationship(
        back_populates="person", cascade="all, delete-orphan", order_by="Employment.id"
    )
    skills: Mapped[list[PersonSkill]] = relationship(
        back_populates="person", cascade="all, delete-orphan", order_by="PersonSkill.id"
    )

    __table_args__ = (
        sa.Index("ix_people_merged_into_id", "merged_into_id", **where("merged_into_id IS NOT NULL")),
        sa.Index(
            "ix_people_facets",
            "status",
            "grade",
            "interest_party",
            "region",
            **where("merged_into_id IS NULL"),
        ),
    )


class EmailAddress(Numbered, Base):
    """An address that identifies one person."""

    __tablename__ = "email_addresses"

    person_id: Mapped[int] = foreign_key("people.id", ondelete="CASCADE")
    address: Mapped[str] = mapped_column(sa.String(254), unique=True)
    """Lower case, normalised."""
    position: Mapped[int] = mapped_column(default=0)
    """0 is the one we write to."""
    verified_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="addresses")


class Employment(Numbered, Base):
    """A person's work for an organisation over a time; a missing date means unknown.

    `organisation_text` is what the source said; `organisation_id` is set once it is resolved.
    """

    __tablename__ = "employments"

    person_id: Mapped[int] = foreign_key("people.id", ondelete="CASCADE")
    organisation_id: Mapped[int | None] = foreign_key("organisations.id")
    organisation_text: Mapped[str] = mapped_column(sa.String(200))
    organisation_key: Mapped[str] = mapped_column(sa.String(200), index=True)
    position: Mapped[str | None] = mapped_column(sa.String(120))
    since: Mapped[date | None]
    until: Mapped[date | None]
    is_current: Mapped[bool] = mapped_column(default=False)
    """The main employer now; at most one a person."""
    source: Mapped[str] = mapped_column(sa.String(120))
    """Where we know it from: a file, the person, an organiser."""

    person: Mapped[Person] = relationship(back_populates="employments")
    organisation: Mapped[Organisation | None] = relationship()

    __table_args__ = (
        sa.CheckConstraint("until IS NULL OR since IS NULL OR since <= until", name="ordered"),
        sa.Index("uq_employments_current", "person_id", unique=True, **where("is_current")),
    )


class PersonSkill(Numbered, Base):
    """A skill that a person holds."""

    __tablename__ = "person_skills"

    person_id: Mapped[int] = foreign_key("people.id", ondelete="CASCADE", index=False)
    skill_id: Mapped[int] = foreign_key("skills.id", index=False)
    source: Mapped[str] = mapped_column(sa.String(120))

    person: Mapped[Person] = relationship(back_populates="skills")
    skill: Mapped[Skill] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("person_id", "skill_id"),
        sa.Index("ix_person_skills_skill_person", "skill_id", "person_id"),
    )


class MergedRow(Numbered, Base):
    """Journal of a merge: one row that moved from a person to another, so that it can move back."""

    __tablename__ = "merged_rows"

    person_id: Mapped[int] = foreign_key("people.id")
    """The person that was merged into another."""
    table_name: Mapped[str] = mapped_column(sa.String(60))
    row_id: Mapped[int] = mapped_column(Key)
    column_name: Mapped[str] = mapped_column(sa.String(60))
    old_value: Mapped[dict[str, Any]]
