"""Affinity lists: what was asked, and for each text or item the experts that are nearest to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from expertpool.accounts.models import User
from expertpool.database import Base, Key, Numbered, foreign_key
from expertpool.leases import Leased
from expertpool.organisations.models import Organisation


class AffinityList(Leased, Base):
    """What an office asked: a text of its own, which then has a row without an item, or some items."""

    __tablename__ = "affinity_lists"

    title: Mapped[str] = mapped_column(sa.String(300))
    """Of the list; of a pasted text it is the text's, and counts."""
    abstract: Mapped[str | None] = mapped_column(sa.Text)
    """The rest of a pasted text."""
    is_text: Mapped[bool]
    owner_id: Mapped[int] = foreign_key("organisations.id")
    """The office that asks."""
    experts: Mapped[int]
    """So many are named for each item, at most."""
    scored: Mapped[int]
    """How many of its items are worked out so far."""
    pool: Mapped[int | None]
    """How many people were compared."""
    requested_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))
    requested_at: Mapped[datetime] = mapped_column(index=True)

    owner: Mapped[Organisation] = relationship()
    requested_by: Mapped[User | None] = relationship()

    __table_args__ = (
        sa.CheckConstraint("experts BETWEEN 1 AND 100", name="experts"),
        sa.CheckConstraint("is_text OR abstract IS NULL", name="abstract_of_text"),
        {"sqlite_autoincrement": True},
    )

    @property
    def number(self) -> str:
        """What people call it; in files, a pasted text too. No other list ever has it."""
        return f"L-{self.id:04}"


class AffinitySkill(Numbered, Base):
    """A skill that a pasted text calls for."""

    __tablename__ = "affinity_skills"

    list_id: Mapped[int] = foreign_key("affinity_lists.id", ondelete="CASCADE", index=False)
    skill_id: Mapped[int] = foreign_key("skills.id")

    __table_args__ = (sa.UniqueConstraint("list_id", "skill_id"),)


class AffinityItem(Numbered, Base):
    """An item of a list; None stands for the pasted text."""

    __tablename__ = "affinity_items"

    list_id: Mapped[int] = foreign_key("affinity_lists.id", ondelete="CASCADE", index=False)
    item_id: Mapped[int | None] = foreign_key("items.id")

    __table_args__ = (sa.UniqueConstraint("list_id", "item_id"),)


class AffinityPlace(Numbered, Base):
    """An expert who is near to an item of a list, and why."""

    __tablename__ = "affinity_places"

    about_id: Mapped[int] = foreign_key("affinity_items.id", ondelete="CASCADE", index=False)
    person_id: Mapped[int] = foreign_key("people.id")
    position: Mapped[int]
    """Counts the experts of an item from 1, the nearest first."""
    score: Mapped[float]
    words: Mapped[list[Any]]
    """Words that the person's works and the item share, as the item writes them."""
    skills: Mapped[list[Any]]
    """Ids of skills of the item that the person has, or narrower ones."""

    __table_args__ = (
        sa.UniqueConstraint("about_id", "person_id"),
        sa.CheckConstraint("score > 0 AND score <= 1", name="score"),
    )
