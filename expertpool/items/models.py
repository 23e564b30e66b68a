"""Items and the organisations and people that stand behind them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from expertpool.database import Base, Numbered, Versioned, choice, foreign_key
from expertpool.organisations.models import Organisation
from expertpool.people.models import Person
from expertpool.skills.models import Skill


class Stage(StrEnum):
    """Stage of a standard (RULES.md, STG); `none` for items that are no standards."""

    NONE = "none"
    PRELIMINARY = "00"
    PROPOSAL = "10"
    DRAFTING = "20"
    CONSULTATION = "30"
    REVIEW = "40"
    APPROVAL = "50"
    PUBLICATION = "60"
    REVISION = "90"
    WITHDRAWAL = "95"


class Item(Numbered, Versioned, Base):
    """One draft standard, project or other thing that a panel reviews."""

    __tablename__ = "items"

    number: Mapped[str] = mapped_column(sa.String(60), unique=True)
    title: Mapped[str] = mapped_column(sa.String(300), index=True)
    abstract: Mapped[str | None] = mapped_column(sa.Text)
    kind: Mapped[str | None] = mapped_column(sa.String(60), index=True)
    """As the office calls it: 企业标准, 科技项目, ..."""
    stage: Mapped[Stage] = mapped_column(choice(Stage), default=Stage.NONE)
    dated: Mapped[date | None] = mapped_column(index=True)
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    skills: Mapped[list[ItemSkill]] = relationship(cascade="all, delete-orphan", order_by="ItemSkill.id")
    applicants: Mapped[list[ItemApplicant]] = relationship(
        cascade="all, delete-orphan", order_by="ItemApplicant.id"
    )
    people: Mapped[list[ItemPerson]] = relationship(cascade="all, delete-orphan", order_by="ItemPerson.id")


class ItemSkill(Numbered, Base):
    """A skill that an item calls for."""

    __tablename__ = "item_skills"

    item_id: Mapped[int] = foreign_key("items.id", ondelete="CASCADE", index=False)
    skill_id: Mapped[int] = foreign_key("skills.id")

    skill: Mapped[Skill] = relationship()

    __table_args__ = (sa.UniqueConstraint("item_id", "skill_id"),)


class ItemApplicant(Numbered, Base):
    """An organisation that hands an item in; text until it is resolved."""

    __tablename__ = "item_applicants"

    item_id: Mapped[int] = foreign_key("items.id", ondelete="CASCADE")
    organisation_id: Mapped[int | None] = foreign_key("organisations.id")
    organisation_text: Mapped[str] = mapped_column(sa.String(200))
    organisation_key: Mapped[str] = mapped_column(sa.String(200), index=True)

    organisation: Mapped[Organisation | None] = relationship()

    __table_args__ = (sa.UniqueConstraint("item_id", "organisation_key"),)


class ItemRole(StrEnum):
    """What a person is to an item."""

    LEADER = "leader"
    CONTRIBUTOR = "contributor"
    EXCLUDED = "excluded"


class ItemPerson(Numbered, Base):
    """A person of an item; name and address as text until resolved (an address is certain, a name is not)."""

    __tablename__ = "item_people"

    item_id: Mapped[int] = foreign_key("items.id", ondelete="CASCADE")
    role: Mapped[ItemRole] = mapped_column(choice(ItemRole))
    person_id: Mapped[int | None] = foreign_key("people.id")
    name: Mapped[str] = mapped_column(sa.String(120))
    name_key: Mapped[str] = mapped_column(sa.String(120), index=True)
    address: Mapped[str] = mapped_column(sa.String(254), default="")
    """Empty when unknown."""
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    """Why the applicant asks for recusal."""

    person: Mapped[Person | None] = relationship()

    __table_args__ = (sa.UniqueConstraint("item_id", "role", "name_key", "address"),)
