"""Sealed rosters: who keeps them, and attempts to open one before its time."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from expertpool.accounts.models import User
from expertpool.database import Base, Key, Numbered, foreign_key
from expertpool.people.models import where

OPEN = "settled_at IS NULL"


class Keeper(Numbered, Base):
    """One of the two who see a sealed roster, because they must act on it."""

    __tablename__ = "panel_keepers"

    panel_id: Mapped[int] = foreign_key("panels.id", ondelete="CASCADE", index=False)
    user_id: Mapped[int] = foreign_key("users.id")

    user: Mapped[User] = relationship()

    __table_args__ = (sa.UniqueConstraint("panel_id", "user_id"),)


class Opening(Numbered, Base):
    """An organiser asks to open a sealed roster before its time; a supervisor agrees, or refuses."""

    __tablename__ = "panel_openings"

    panel_id: Mapped[int] = foreign_key("panels.id", ondelete="CASCADE")
    reason: Mapped[str] = mapped_column(sa.String(300))
    sealed_until: Mapped[datetime]
    """As it was when this was asked."""
    asked_by_id: Mapped[int] = mapped_column(Key, sa.ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    agreed: Mapped[bool | None]
    settled_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))
    settled_at: Mapped[datetime | None]

    asked_by: Mapped[User] = relationship(foreign_keys=asked_by_id)
    settled_by: Mapped[User | None] = relationship(foreign_keys=settled_by_id)

    __table_args__ = (
        sa.Index("uq_panel_openings_open", "panel_id", unique=True, **where(OPEN)),
        sa.CheckConstraint("settled_by_id <> asked_by_id", name="two_people"),
        sa.CheckConstraint("(agreed IS NULL) = (settled_at IS NULL)", name="settled"),
    )
