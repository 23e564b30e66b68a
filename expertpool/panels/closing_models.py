"""What is recorded when a panel has met: who came, how it voted, how members did."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from expertpool.database import Base, Key, Numbered, Versioned, choice, foreign_key
from expertpool.panels.models import Panel, PanelItem, Seat


class Attendance(StrEnum):
    """Whether a member came to the meeting."""

    PRESENT = "present"
    REMOTE = "remote"
    ABSENT = "absent"


class SeatAttendance(Numbered, Base):
    """Whether the holder of a seat came, and for how long."""

    __tablename__ = "seat_attendances"

    seat_id: Mapped[int] = foreign_key("seats.id", ondelete="CASCADE", index=False)
    attendance: Mapped[Attendance] = mapped_column(choice(Attendance))
    minutes: Mapped[int | None]
    """Time to credit; None counts the whole meeting."""
    noted_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))
    noted_at: Mapped[datetime]

    seat: Mapped[Seat] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("seat_id"),
        sa.CheckConstraint("minutes IS NULL OR minutes BETWEEN 0 AND 14400", name="minutes"),
    )


class Conclusion(Numbered, Versioned, Base):
    """What a panel concluded, on one of its items or, without one, as a whole.

    The counts are heads. `present` and `members` leave out who was recused from the item; `replies` is
    for a ballot by letter. `rule` is the preset's pass rule as it was compared (see `panels.voting`),
    `passed` its outcome (None when no vote was held).
    """

    __tablename__ = "conclusions"

    panel_id: Mapped[int] = foreign_key("panels.id", ondelete="CASCADE", index=False)
    panel_item_id: Mapped[int | None] = foreign_key("panel_items.id", ondelete="CASCADE", index=False)
    members: Mapped[int]
    present: Mapped[int]
    replies: Mapped[int | None]
    approve: Mapped[int]
    oppose: Mapped[int]
    abstain: Mapped[int]
    recused_ids: Mapped[list[Any]] = mapped_column(default=list)
    """Seats whose holders left the room for this item."""
    recusal_reason: Mapped[str | None] = mapped_column(sa.String(300))
    """Why others left than those whom the findings name; None when the same did."""
    no_vote_reason: Mapped[str | None] = mapped_column(sa.String(300))
    """Why no vote was held though the preset asks for one."""
    rule: Mapped[dict[str, Any]] = mapped_column(default=dict)
    passed: Mapped[bool | None]
    text: Mapped[str] = mapped_column(sa.Text)
    recorded_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))
    recorded_at: Mapped[datetime]

    panel: Mapped[Panel] = relationship()
    panel_item: Mapped[PanelItem | None] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("panel_id", "panel_item_id"),
        sa.Index(
            "uq_conclusions_whole",
            "panel_id",
            unique=True,
            sqlite_where=sa.text("panel_item_id IS NULL"),
            postgresql_where=sa.text("panel_item_id IS NULL"),
        ),
        sa.CheckConstraint("approve >= 0 AND oppose >= 0 AND abstain >= 0", name="counts"),
        sa.CheckConstraint("approve + oppose + abstain <= coalesce(replies, present)", name="voters"),
        sa.CheckConstraint("present <= members", name="members"),
    )


class Evaluation(Numbered, Versioned, Base):
    """How an organiser found a member's work; every mark is 1 (poor) to 5 (excellent)."""

    __tablename__ = "evaluations"

    seat_id: Mapped[int] = foreign_key("seats.id", ondelete="CASCADE", index=False)
    competence: Mapped[int]
    diligence: Mapped[int]
    impartiality: Mapped[int]
    remark: Mapped[str | None] = mapped_column(sa.String(500))
    evaluated_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))
    evaluated_at: Mapped[datetime]

    seat: Mapped[Seat] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("seat_id"),
        sa.CheckConstraint(
            "competence BETWEEN 1 AND 5 AND diligence BETWEEN 1 AND 5 AND impartiality BETWEEN 1 AND 5",
            name="marks",
        ),
    )


class PanelClosing(Numbered, Base):
    """The end of a panel's work."""

    __tablename__ = "panel_closings"

    panel_id: Mapped[int] = foreign_key("panels.id", ondelete="CASCADE", index=False)
    minutes: Mapped[str] = mapped_column(sa.Text, default="")
    """What the minutes say besides facts that the system knows."""
    closed_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))
    closed_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("panel_id"),)
