"""Draws of panels by lot: what was fixed, who was there, what came of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from expertpool.accounts.models import User
from expertpool.database import Base, Key, Numbered, choice, foreign_key
from expertpool.draws.announcing import Kind
from expertpool.panels.models import Panel


class DrawState(StrEnum):
    """Life of a draw: fixed and waiting for its sources; drawn; of no effect, but kept."""

    COMMITTED = "committed"
    DRAWN = "drawn"
    VOID = "void"


class Party(StrEnum):
    """Who adds a secret of their own to a draw."""

    ORGANISER = "organiser"
    SUPERVISOR = "supervisor"


class Draw(Numbered, Base):
    """One commitment and the one record that may follow from it; never overwritten, never deleted."""

    __tablename__ = "panel_draws"

    panel_id: Mapped[int] = foreign_key("panels.id", index=False)
    number: Mapped[int]
    """Counts the commitments of one panel from 1, void ones too."""
    code: Mapped[str] = mapped_column(sa.String(24), unique=True)
    """Stands in the address of the public page."""
    state: Mapped[DrawState] = mapped_column(choice(DrawState), default=DrawState.COMMITTED)
    kind: Mapped[Kind] = mapped_column(choice(Kind))
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    """Why a draw after the first was held."""
    announcement: Mapped[str] = mapped_column(sa.Text, deferred=True)
    """Canonical JSON: see docs/draws.md. People stand in it by their numbers."""
    commitment: Mapped[str] = mapped_column(sa.String(64), unique=True)
    committed_by_id: Mapped[int] = mapped_column(Key, sa.ForeignKey("users.id"))
    committed_at: Mapped[datetime]
    witnessed_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))
    witnessed_at: Mapped[datetime | None]
    secret_sealed: Mapped[str | None] = mapped_column(sa.Text, deferred=True)
    """Of a sealed roster: the office's own, mixed in so that nobody works the draw out; see `draw_kept`."""
    open_by: Mapped[datetime | None]
    """By when the secrets of both parties must be opened; None for a draw without them."""
    record: Mapped[str | None] = mapped_column(sa.Text, deferred=True)
    """Canonical JSON of the finished draw."""
    drawn_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))
    drawn_at: Mapped[datetime | None]
    names_published_at: Mapped[datetime | None]
    """Since when the public page names those who were drawn; else people stand there by their numbers."""
    void_reason: Mapped[str | None] = mapped_column(sa.String(300))
    """The name of the event that voided it, or a person's words."""
    voided_at: Mapped[datetime | None]

    panel: Mapped[Panel] = relationship()
    committed_by: Mapped[User] = relationship(foreign_keys=[committed_by_id])
    witnessed_by: Mapped[User | None] = relationship(foreign_keys=[witnessed_by_id])
    drawn_by: Mapped[User | None] = relationship(foreign_keys=[drawn_by_id])
    secrets: Mapped[list[Secret]] = relationship(order_by="Secret.party", lazy="selectin")

    @property
    def awaits_secrets(self) -> bool:
        """Whether list and plan are fixed, but a party has still to seal its secret."""
        is_waiting = self.state is DrawState.COMMITTED and self.open_by is not None
        return is_waiting and len(self.secrets) < len(Party)

    def secret_of(self, party: str) -> Secret | None:
        """Return the secret that a party sealed."""
        return next((each for each in self.secrets if each.party == party), None)

    __table_args__ = (
        sa.UniqueConstraint("panel_id", "number"),
        sa.Index(
            "uq_panel_draws_waiting",
            "panel_id",
            unique=True,
            sqlite_where=sa.text("state = 'committed'"),
            postgresql_where=sa.text("state = 'committed'"),
        ),
        sa.CheckConstraint("state <> 'drawn' OR record IS NOT NULL", name="recorded"),
        sa.CheckConstraint("record IS NULL OR witnessed_by_id IS NOT NULL", name="witnessed"),
        sa.CheckConstraint("witnessed_by_id <> committed_by_id", name="another_witness"),
        sa.CheckConstraint("(state = 'void') = (void_reason IS NOT NULL)", name="reason"),
    )


class Secret(Numbered, Base):
    """What one party adds to a draw: sealed before it is fixed, opened after it, or withheld in the open."""

    __tablename__ = "panel_draw_secrets"

    draw_id: Mapped[int] = foreign_key("panel_draws.id", index=False)
    party: Mapped[Party] = mapped_column(choice(Party))
    user_id: Mapped[int] = mapped_column(Key, sa.ForeignKey("users.id"))
    seal: Mapped[str] = mapped_column(sa.String(64))
    """SHA-256 of salt and secret."""
    secret_sealed: Mapped[str | None] = mapped_column(sa.Text, deferred=True)
    """Salt and secret, see `draw_kept`; None while the party keeps them to itself."""
    sealed_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined")

    __table_args__ = (
        sa.UniqueConstraint("draw_id", "party"),
        sa.UniqueConstraint("draw_id", "user_id"),
        sa.UniqueConstraint("draw_id", "seal"),
        sa.CheckConstraint("opened_at IS NULL OR secret_sealed IS NOT NULL", name="opened"),
    )
