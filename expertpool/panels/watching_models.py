"""Checks of confirmed panels that a changed fact calls for, and what they found."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from expertpool.database import Base, Key, Numbered, choice, foreign_key
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


class Outcome(StrEnum):
    """How an alert was settled."""

    KNOWN = "known"
    """It stood when the panel was confirmed, and was shown then."""
    GONE = "gone"
    WAIVED = "waived"
    KEPT = "kept"
    """An organiser let the holder keep the seat, with a reason: it is declared, or no conflict."""
    LEFT = "left"
    """The holder left the seat."""


class SeatAlert(Numbered, Base):
    """One fact that came up against the holder of a seat after the panel was confirmed."""

    __tablename__ = "seat_alerts"

    seat_id: Mapped[int] = foreign_key("seats.id", ondelete="CASCADE")
    rule: Mapped[str] = mapped_column(sa.String(60))
    finding: Mapped[dict[str, Any]]
    """With this evidence alone, as `panels.kept` gives it; `other` is the other person of a pair."""
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    """Of the rule and the evidence, so that one fact is told once."""
    cause: Mapped[str] = mapped_column(sa.String(80))
    found_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome))
    reason: Mapped[str | None] = mapped_column(sa.String(500))
    """Why the holder keeps the seat."""
    settled_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))

    seat: Mapped[Seat] = relationship()

    __table_args__ = (sa.UniqueConstraint("seat_id", "fingerprint"),)
