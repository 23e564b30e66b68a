"""Panels, their request, runs, seats and waivers; presets of rules."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from expertpool.availability.models import Room
from expertpool.database import Base, Key, Numbered, Versioned, choice, foreign_key
from expertpool.items.models import Item
from expertpool.leases import RunState as RunState
from expertpool.organisations.models import Organisation
from expertpool.people.models import Person
from expertpool.skills.models import Skill


class PresetVersion(Numbered, Base):
    """One version of a preset of rules; a change makes a new version, so that old panels keep theirs."""

    __tablename__ = "preset_versions"

    slug: Mapped[str] = mapped_column(sa.String(60))
    number: Mapped[int]
    title_zh: Mapped[str] = mapped_column(sa.String(120))
    title_en: Mapped[str] = mapped_column(sa.String(120))
    body: Mapped[dict[str, Any]]
    """See `panels.preset`."""
    is_current: Mapped[bool]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        sa.UniqueConstraint("slug", "number"),
        sa.Index(
            "uq_preset_versions_current",
            "slug",
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        ),
    )


class ItemKindPreset(Numbered, Base):
    """The preset that panels on items of a kind start from."""

    __tablename__ = "item_kind_presets"

    kind: Mapped[str] = mapped_column(sa.String(60), unique=True)
    slug: Mapped[str] = mapped_column(sa.String(60))


class PanelState(StrEnum):
    """Life of a panel."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class ChoiceMode(StrEnum):
    """How people are chosen: the optimum, or seeded and score-weighted."""

    BEST = "best"
    RANDOM = "random"


class Panel(Numbered, Versioned, Base):
    """One panel and what is asked of it."""

    __tablename__ = "panels"

    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    title: Mapped[str] = mapped_column(sa.String(300))
    owner_id: Mapped[int] = foreign_key("organisations.id")
    """The office or department that convenes it."""
    preset_id: Mapped[int] = foreign_key("preset_versions.id")
    state: Mapped[PanelState] = mapped_column(choice(PanelState), default=PanelState.DRAFT, index=True)
    seat_count: Mapped[int]
    alternate_count: Mapped[int] = mapped_column(default=3)
    mode: Mapped[ChoiceMode] = mapped_column(choice(ChoiceMode), default=ChoiceMode.BEST)
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Rules of this panel that override the preset's."""
    place: Mapped[str | None] = mapped_column(sa.String(200))
    room_id: Mapped[int | None] = foreign_key("rooms.id")
    """A room of the office's own, booked while the panel meets."""
    sealed_until: Mapped[datetime | None] = mapped_column(index=True)
    """Until then who sits is known to two keepers alone: see `panels.sealed`."""
    starts: Mapped[datetime | None]
    """Set when the panel is confirmed with a slot."""
    ends: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)

    owner: Mapped[Organisation] = relationship()
    preset: Mapped[PresetVersion] = relationship()
    room: Mapped[Room | None] = relationship()
    items: Mapped[list[PanelItem]] = relationship(cascade="all, delete-orphan", order_by="PanelItem.id")
    skills: Mapped[list[PanelSkill]] = relationship(cascade="all, delete-orphan", order_by="PanelSkill.id")
    slots: Mapped[list[PanelSlot]] = relationship(cascade="all, delete-orphan", order_by="PanelSlot.starts")
    choices: Mapped[list[PanelChoice]] = relationship(cascade="all, delete-orphan", order_by="PanelChoice.id")
    seats: Mapped[list[Seat]] = relationship(cascade="all, delete-orphan", order_by="Seat.position")

    __table_args__ = (
        sa.CheckConstraint("seat_count BETWEEN 1 AND 200", name="seats"),
        sa.CheckConstraint("alternate_count BETWEEN 0 AND 50", name="alternates"),
        sa.CheckConstraint("(starts IS NULL) = (ends IS NULL)", name="whole_slot"),
        sa.CheckConstraint("starts IS NULL OR starts < ends", name="ordered"),
    )


class PanelShare(Numbered, Base):
    """Another office to which a panel is shown; `may_edit` lets it act as well."""

    __tablename__ = "panel_shares"

    panel_id: Mapped[int] = foreign_key("panels.id", ondelete="CASCADE", index=False)
    organisation_id: Mapped[int] = foreign_key("organisations.id")
    may_edit: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (sa.UniqueConstraint("panel_id", "organisation_id"),)


class PanelItem(Numbered, Base):
    """An item on a panel's agenda."""

    __tablename__ = "panel_items"

    panel_id: Mapped[int] = foreign_key("panels.id", ondelete="CASCADE", index=False)
    item_id: Mapped[int] = foreign_key("items.id")

    item: Mapped[Item] = relationship()

    __table_args__ = (sa.UniqueConstraint("panel_id", "item_id"),)


class PanelSkill(Numbered, Base):
    """A skill that at least `seats` members must hold."""

    __tablename__ = "panel_skills"

    panel_id: Mapped[int] = foreign_key("panels.id", ondelete="CASCADE", index=False)
    skill_id: Mapped[int] = foreign_key("skills.id")
    seats: Mapped[int] = mapped_column(default=1)

    skill: Mapped[Skill] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("panel_id", "skill_id"),
        sa.CheckConstraint("seats >= 1", name="some"),
    )


class PanelSlot(Numbered, Base):
    """A time at which the panel could meet."""

    __tablename__ = "panel_slots"

    panel_id: Mapped[int] = foreign_key("panels.id", ondelete="CASCADE")
    starts: Mapped[datetime]
    ends: Mapped[datetime]

    __table_args__ = (
        sa.CheckConstraint("starts < ends", name="ordered"),
        sa.UniqueConstraint("panel_id", "starts", "ends"),
    )


class Choice(StrEnum):
    """What the organiser decided about a person before asking again."""

    LOCK = "lock"
    EXCLUDE = "exclude"


class PanelChoice(Numbered, Base):
    """An organiser's word that a person must sit, or must not."""

    __tablename__ = "panel_choices"

    panel_id: Mapped[int] = foreign_key("panels.id", ondelete="CASCADE", index=False)
    person_id: Mapped[int] = foreign_key("people.id")
    choice: Mapped[Choice] = mapped_column(choice(Choice))
    reason: Mapped[str | None] = mapped_column(sa.String(300))

    person: Mapped[Person] = relationship()

    __table_args__ = (sa.UniqueConstraint("panel_id", "person_id"),)


class Purpose(StrEnum):
    """What a run is for: a proposal, what it would cost to seat somebody in one, or its replay."""

    PROPOSE = "propose"
    SWAP = "swap"
    REPLAY = "replay"


class Run(Numbered, Base):
    """One question to the engine, stored with all that is needed to ask it again, and its answer."""

    __tablename__ = "panel_runs"

    panel_id: Mapped[int] = foreign_key("panels.id", ondelete="CASCADE", index=False)
    number: Mapped[int]
    """Counts the proposals of one panel from 1; other runs bear the number of theirs."""
    purpose: Mapped[Purpose] = mapped_column(choice(Purpose), default=Purpose.PROPOSE)
    state: Mapped[RunState] = mapped_column(choice(RunState), default=RunState.QUEUED, index=True)
    about_id: Mapped[int | None] = foreign_key("people.id")
    """The person whom a swap would seat."""
    attempts: Mapped[int] = mapped_column(default=0)
    """How often a worker has begun it."""
    problem: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    """The frozen problem as the engine got it: see `panels.frozen`."""
    input_hash: Mapped[str | None] = mapped_column(sa.String(64))
    versions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seed: Mapped[int] = mapped_column(sa.BigInteger)
    result: Mapped[dict[str, Any] | None]
    """See `panels.answer`."""
    evidence: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    """Who is not proposed and why, compressed: see `panels.kept`."""
    error: Mapped[str | None] = mapped_column(sa.Text)
    lease_until: Mapped[datetime | None]
    requested_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))
    requested_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index(
            "uq_panel_runs_proposal",
            "panel_id",
            "number",
            unique=True,
            sqlite_where=sa.text("purpose = 'propose'"),
            postgresql_where=sa.text("purpose = 'propose'"),
        ),
        sa.CheckConstraint("(purpose = 'swap') = (about_id IS NOT NULL)", name="about_somebody"),
        sa.Index(
            "uq_panel_runs_swap",
            "panel_id",
            "number",
            "about_id",
            unique=True,
            sqlite_where=sa.text("about_id IS NOT NULL"),
            postgresql_where=sa.text("about_id IS NOT NULL"),
        ),
    )


class SeatState(StrEnum):
    """Where a person at a panel stands."""

    PROPOSED = "proposed"
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


HOLDS = (SeatState.PROPOSED, SeatState.INVITED, SeatState.ACCEPTED)
"""States in which a seat is held; alternates hold none."""
HOLDING = "role <> 'alternate' AND state IN ('proposed', 'invited', 'accepted')"
"""Of seats: somebody sits or is to sit there, so that nobody else may."""


class SeatRole(StrEnum):
    """What a person does on a panel."""

    CHAIR = "chair"
    MEMBER = "member"
    ALTERNATE = "alternate"


class Seat(Numbered, Versioned, Base):
    """A person of a confirmed panel; alternates are ordered by position."""

    __tablename__ = "seats"

    panel_id: Mapped[int] = foreign_key("panels.id", ondelete="CASCADE", index=False)
    person_id: Mapped[int] = foreign_key("people.id")
    role: Mapped[SeatRole] = mapped_column(choice(SeatRole))
    state: Mapped[SeatState] = mapped_column(choice(SeatState), default=SeatState.PROPOSED, index=True)
    position: Mapped[int]
    """Number of the chair; a replacement takes the chair of whom they replace. Alternates count on."""
    replaces_id: Mapped[int | None] = foreign_key("seats.id", ondelete="SET NULL")
    """The seat that this person filled after it fell vacant."""
    run_id: Mapped[int | None] = foreign_key("panel_runs.id")
    why: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Score and its parts, as the run gave them."""
    findings: Mapped[list[Any]] = mapped_column(default=list)
    """What stood against the person when the panel was confirmed: to be declared, or waived."""
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("panel_id", "person_id"),
        sa.Index(
            "uq_seats_chair",
            "panel_id",
            "position",
            unique=True,
            sqlite_where=sa.text(HOLDING),
            postgresql_where=sa.text(HOLDING),
        ),
    )


class Waiver(Numbered, Base):
    """An authorised person's admission of somebody in spite of a finding of one rule."""

    __tablename__ = "waivers"

    panel_id: Mapped[int] = foreign_key("panels.id", ondelete="CASCADE", index=False)
    person_id: Mapped[int] = foreign_key("people.id")
    rule: Mapped[str] = mapped_column(sa.String(60))
    reason: Mapped[str] = mapped_column(sa.String(500))
    granted_by_id: Mapped[int] = mapped_column(Key, sa.ForeignKey("users.id"))
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()

    __table_args__ = (
        sa.Index(
            "uq_waivers_standing",
            "panel_id",
            "person_id",
            "rule",
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        ),
    )
