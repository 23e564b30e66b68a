"""Whole rounds: many items that get their reviewers at once, runs that assign them, locks, and panels."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from expertpool.database import Base, Key, Numbered, choice, foreign_key
from expertpool.items.models import Item
from expertpool.leases import Leased
from expertpool.organisations.models import Organisation
from expertpool.panels.models import Panel, PresetVersion
from expertpool.people.models import Person


class RoundMode(StrEnum):
    """The largest total, the best worst item, or by chance: see docs/rounds.md."""

    BEST = "best"
    FAIR = "fair"
    RANDOM = "random"


class ScoredBy(StrEnum):
    """What tells how well a person fits an item: skills alone, or texts and skills. See docs/rounds.md."""

    SKILLS = "skills"
    TEXTS = "texts"


class ReviewRound(Numbered, Base):
    """What is asked of a round; it stays as it was made, so that its runs can be compared."""

    __tablename__ = "rounds"

    title: Mapped[str] = mapped_column(sa.String(300))
    owner_id: Mapped[int] = foreign_key("organisations.id")
    """The office that convenes it."""
    preset_id: Mapped[int] = foreign_key("preset_versions.id")
    per_item: Mapped[int]
    """Reviewers of each item."""
    least: Mapped[int]
    most: Mapped[int]
    """How many items of the round one reviewer gets at least and at most."""
    alternates: Mapped[int]
    """Who stand by for each item."""
    per_employer: Mapped[int | None]
    """Reviewers of one employer on an item; None: as the preset says."""
    per_region: Mapped[int | None]
    mode: Mapped[RoundMode] = mapped_column(choice(RoundMode))
    quality: Mapped[int | None]
    """For a random round: the share of the best total to keep, in percent."""
    scored_by: Mapped[ScoredBy] = mapped_column(choice(ScoredBy))
    skilled_only: Mapped[bool]
    """Whether only those review an item who hold one of its skills, or a wider one."""
    created_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(index=True)

    owner: Mapped[Organisation] = relationship()
    preset: Mapped[PresetVersion] = relationship()

    __table_args__ = (
        sa.CheckConstraint("per_item BETWEEN 1 AND 50", name="reviewers"),
        sa.CheckConstraint("least >= 0 AND most >= 1 AND least <= most", name="loads"),
        sa.CheckConstraint("alternates BETWEEN 0 AND 10", name="alternates"),
        sa.CheckConstraint("(mode = 'random') = (quality IS NOT NULL)", name="quality_of_random"),
    )


class RoundItem(Numbered, Base):
    """An item of a round."""

    __tablename__ = "round_items"

    round_id: Mapped[int] = foreign_key("rounds.id", ondelete="CASCADE", index=False)
    item_id: Mapped[int] = foreign_key("items.id")

    item: Mapped[Item] = relationship()

    __table_args__ = (sa.UniqueConstraint("round_id", "item_id"),)


class LockKind(StrEnum):
    """What an organiser decided about an item and a person."""

    LOCK = "lock"
    BAN = "ban"


class RoundLock(Numbered, Base):
    """An organiser's word that a person must review an item, or must not."""

    __tablename__ = "round_locks"

    round_id: Mapped[int] = foreign_key("rounds.id", ondelete="CASCADE", index=False)
    item_id: Mapped[int] = foreign_key("items.id")
    person_id: Mapped[int] = foreign_key("people.id")
    kind: Mapped[LockKind] = mapped_column(choice(LockKind))
    reason: Mapped[str] = mapped_column(sa.String(300))
    created_at: Mapped[datetime]

    item: Mapped[Item] = relationship()
    person: Mapped[Person] = relationship()

    __table_args__ = (sa.UniqueConstraint("round_id", "item_id", "person_id"),)


class RoundRun(Leased, Base):
    """One assignment of a round: asked for, worked out by a worker in stages, kept with what it proves."""

    __tablename__ = "round_runs"

    round_id: Mapped[int] = foreign_key("rounds.id", ondelete="CASCADE", index=False)
    number: Mapped[int]
    """Counts the runs of one round from 1."""
    seed: Mapped[int] = mapped_column(sa.BigInteger)
    versions: Mapped[dict[str, Any]]
    input_hash: Mapped[str | None] = mapped_column(sa.String(64))
    summary: Mapped[dict[str, Any] | None]
    """See `round_solving`."""
    requested_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))
    requested_at: Mapped[datetime]

    __table_args__ = (
        sa.UniqueConstraint("round_id", "number"),
        sa.Index(
            "uq_round_runs_waiting",
            "round_id",
            unique=True,
            sqlite_where=sa.text("state IN ('queued', 'running')"),
            postgresql_where=sa.text("state IN ('queued', 'running')"),
        ),
    )


class RoundPlace(Numbered, Base):
    """A reviewer whom a run assigns to an item."""

    __tablename__ = "round_places"

    run_id: Mapped[int] = foreign_key("round_runs.id", ondelete="CASCADE", index=False)
    item_id: Mapped[int] = foreign_key("items.id")
    person_id: Mapped[int] = foreign_key("people.id")
    score: Mapped[float]
    parts: Mapped[dict[str, Any]]
    """The parts of the score, weighted: they add up to it."""

    __table_args__ = (
        sa.UniqueConstraint("run_id", "item_id", "person_id"),
        sa.Index("ix_round_places_run_person", "run_id", "person_id"),
    )


class RoundAlternate(Numbered, Base):
    """Who may step in on an item of a run, in order.

    Some more than the round asks for are kept: they move up when others fall out before its panels are made.
    """

    __tablename__ = "round_alternates"

    run_id: Mapped[int] = foreign_key("round_runs.id", ondelete="CASCADE", index=False)
    item_id: Mapped[int] = foreign_key("items.id")
    person_id: Mapped[int] = foreign_key("people.id")
    position: Mapped[int]
    """Counts the alternates of an item from 1."""
    score: Mapped[float]
    parts: Mapped[dict[str, Any]]

    __table_args__ = (sa.UniqueConstraint("run_id", "item_id", "person_id"),)


class PanelsOf(StrEnum):
    """What becomes one panel: each item, or the items that have exactly the same reviewers."""

    ITEM = "item"
    REVIEWERS = "reviewers"


class RoundConfirmation(Leased, Base):
    """A human accepts a run: a worker checks it again and makes it into panels, once for each round."""

    __tablename__ = "round_confirmations"

    round_id: Mapped[int] = foreign_key("rounds.id", ondelete="CASCADE", index=False)
    run_id: Mapped[int] = foreign_key("round_runs.id", ondelete="CASCADE")
    panels_of: Mapped[PanelsOf] = mapped_column(choice(PanelsOf))
    left_out: Mapped[list[Any]]
    """What kept items from a panel: see `round_checking.Reason`."""
    requested_by_id: Mapped[int] = mapped_column(Key, sa.ForeignKey("users.id"))
    requested_at: Mapped[datetime]

    run: Mapped[RoundRun] = relationship()

    __table_args__ = (
        sa.Index(
            "uq_round_confirmations_standing",
            "round_id",
            unique=True,
            sqlite_where=sa.text("state IN ('queued', 'running', 'done')"),
            postgresql_where=sa.text("state IN ('queued', 'running', 'done')"),
        ),
    )


class RoundPanel(Numbered, Base):
    """A panel that a confirmed round made."""

    __tablename__ = "round_panels"

    confirmation_id: Mapped[int] = foreign_key("round_confirmations.id", ondelete="CASCADE")
    panel_id: Mapped[int] = foreign_key("panels.id", ondelete="CASCADE", index=False)

    panel: Mapped[Panel] = relationship()

    __table_args__ = (sa.UniqueConstraint("panel_id"),)
