"""Checks of confirmed panels that a changed fact calls for, and what they found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from expertpool.database import Base, Key, Numbered, foreign_key
from expertpool.panels.models import Seat


class PanelCheck(Numbered, Base):
    """A confirmed panel waits to be checked again because a fact changed; done rows are deleted."""

    __tablename__ = "panel_checks"

    panel_id: Mapped[int] = foreign_key("panels.id", ondelete="CASCADE", index=False)
    cause: Mapped[str] = mapped_column(sa.String(80))
    """Name of the event, such as `person.employer-changed`."""
    about_id: Mapped[int | None] = mapped_column(Key)
    """Whom the changed fact is about."""
    asked_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]

    __table_args__ = (sa.Index("ix_panel_checks_panel", "panel_id", "id"),)


class SeatAlert(Numbered, Base):
    """A finding that came up against the holder of a seat after the panel was confirmed."""

    __tablename__ = "seat_alerts"

    seat_id: Mapped[int] = foreign_key("seats.id", ondelete="CASCADE")
    rule: Mapped[str] = mapped_column(sa.String(60))
    finding: Mapped[dict[str, Any]]
    """As `panels.kept.plain` gives it."""
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    """Of the rule and its evidence, so that one finding is told once."""
    cause: Mapped[str] = mapped_column(sa.String(80))
    found_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    """When it went away, was waived, or the holder left the seat."""
    outcome: Mapped[str | None] = mapped_column(sa.String(40))
    """`gone`, `waived`, `kept` (declared) or `left`."""
    settled_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))

    seat: Mapped[Seat] = relationship()

    __table_args__ = (sa.UniqueConstraint("seat_id", "fingerprint"),)
