"""Choices of the office and its holidays."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from expertpool.database import Base, Json, Numbered, Versioned, choice


class Choice(Versioned, Base):
    """The value of one choice; a choice without a row has its default (see `choices.CHOICES`)."""

    __tablename__ = "choices"

    key: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)


class DayKind(StrEnum):
    """A `holiday` is free though it may be a weekday; a `workday` is worked though it is a weekend."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


class Holiday(Numbered, Versioned, Base):
    """A day that is not what its weekday says."""

    __tablename__ = "holidays"

    day: Mapped[date] = mapped_column(unique=True)
    kind: Mapped[DayKind] = mapped_column(choice(DayKind), default=DayKind.HOLIDAY)
    name: Mapped[str] = mapped_column(sa.String(80))
    """In Chinese."""
    name_en: Mapped[str] = mapped_column(sa.String(80), default="")
    provisional: Mapped[bool] = mapped_column(default=False)
    """Computed before the State Council announced the year's days; to be checked."""
