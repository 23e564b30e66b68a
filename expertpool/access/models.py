"""Grants of roles."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from expertpool.accounts.models import User
from expertpool.database import Base, Key, Numbered, choice, foreign_key
from expertpool.organisations.models import Organisation


class Role(StrEnum):
    """What somebody is in the office's work."""

    ORGANISER = "organiser"
    EXPERT = "expert"
    TRAINEE = "trainee"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Grant(Numbered, Base):
    """A role given to a user, everywhere or within one organisation; in force until revoked."""

    __tablename__ = "grants"

    user_id: Mapped[int] = foreign_key("users.id")
    role: Mapped[Role] = mapped_column(choice(Role))
    organisation_id: Mapped[int | None] = foreign_key("organisations.id")
    """None: everywhere."""
    granted_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))
    """None: by a command or a job."""
    granted_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    revoked_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=user_id)
    granted_by: Mapped[User | None] = relationship(foreign_keys=granted_by_id)
    organisation: Mapped[Organisation | None] = relationship()

    __table_args__ = (
        sa.CheckConstraint("granted_by_id IS NULL OR granted_by_id <> user_id", name="not_to_oneself"),
        sa.CheckConstraint("revoked_at IS NULL OR revoked_at >= granted_at", name="ordered"),
        sa.Index(
            "uq_grants_in_force_scoped",
            "user_id",
            "role",
            "organisation_id",
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL AND organisation_id IS NOT NULL"),
            postgresql_where=sa.text("revoked_at IS NULL AND organisation_id IS NOT NULL"),
        ),
        sa.Index(
            "uq_grants_in_force_everywhere",
            "user_id",
            "role",
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL AND organisation_id IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL AND organisation_id IS NULL"),
        ),
    )
