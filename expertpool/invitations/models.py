"""Campaigns, invitations and their links, calls and suggested colleagues."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from expertpool.database import Base, Key, Numbered, Versioned, choice, foreign_key
from expertpool.panels.models import Panel, Seat
from expertpool.people.models import Person, where
from expertpool.training.models import Cohort, Teaching


class OnVacancy(StrEnum):
    """What happens when a seat falls vacant."""

    INVITE = "invite"
    """The next alternate who still fits is invited by the system."""
    OFFER = "offer"
    """The organiser is told who is next and decides."""
    PHONE = "phone"
    """Alternates are called one at a time, in order."""


class Campaign(Numbered, Versioned, Base):
    """What an organiser decided about inviting to one panel or one cohort."""

    __tablename__ = "campaigns"

    panel_id: Mapped[int | None] = foreign_key("panels.id", ondelete="CASCADE", index=False)
    cohort_id: Mapped[int | None] = foreign_key("cohorts.id", ondelete="CASCADE", index=False)
    text_zh: Mapped[str] = mapped_column(sa.Text)
    text_en: Mapped[str] = mapped_column(sa.Text)
    fee: Mapped[str | None] = mapped_column(sa.String(120))
    """As it is written to the invited, such as 「800 元」."""
    contact: Mapped[str] = mapped_column(sa.String(200))
    """Whom to ask: name, and phone or mail address."""
    answer_hours: Mapped[int] = mapped_column(default=72)
    """How long an invitation waits for its answer."""
    reminder_hours: Mapped[list[Any]] = mapped_column(default=list)
    """Hours before the expiry at which a reminder is sent, largest first."""
    on_vacancy: Mapped[OnVacancy] = mapped_column(choice(OnVacancy), default=OnVacancy.OFFER)
    created_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))
    created_at: Mapped[datetime]

    panel: Mapped[Panel | None] = relationship()
    cohort: Mapped[Cohort | None] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("panel_id"),
        sa.UniqueConstraint("cohort_id"),
        sa.CheckConstraint("(panel_id IS NULL) <> (cohort_id IS NULL)", name="one_purpose"),
        sa.CheckConstraint("answer_hours BETWEEN 1 AND 2160", name="answers"),
    )


class InvitationState(StrEnum):
    """Where an invitation stands."""

    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class DeclineReason(StrEnum):
    """Why somebody does not come."""

    BUSY_THEN = "busy-then"
    BUSY_ALWAYS = "busy-always"
    CONFLICT = "conflict"
    NOT_MY_FIELD = "not-my-field"
    OTHER = "other"


class Channel(StrEnum):
    """How somebody is asked, and how the answer came."""

    MAIL = "mail"
    PHONE = "phone"
    PAGE = "page"
    """Signed in, or handed over by an organiser."""


OPEN = "state IN ('sent', 'accepted')"


class Invitation(Numbered, Versioned, Base):
    """One person is asked for one seat or one teaching."""

    __tablename__ = "invitations"

    campaign_id: Mapped[int] = foreign_key("campaigns.id", ondelete="CASCADE")
    seat_id: Mapped[int | None] = foreign_key("seats.id", ondelete="CASCADE", index=False)
    teaching_id: Mapped[int | None] = foreign_key("teachings.id", ondelete="CASCADE", index=False)
    person_id: Mapped[int] = foreign_key("people.id")
    channel: Mapped[Channel] = mapped_column(choice(Channel), default=Channel.MAIL)
    state: Mapped[InvitationState] = mapped_column(choice(InvitationState), default=InvitationState.SENT)
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    reminders: Mapped[int] = mapped_column(default=0)
    """How many were sent."""
    remind_at: Mapped[datetime | None]
    """When the next one is due."""
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[Channel | None] = mapped_column(choice(Channel, "answered_by"))
    ended_at: Mapped[datetime | None]
    """Since when the person does not come: declined, expired or withdrawn."""
    reason: Mapped[DeclineReason | None] = mapped_column(choice(DeclineReason))
    reason_text: Mapped[str | None] = mapped_column(sa.String(500))
    declaration: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Answers to the three conflict questions: question -> yes or no. What they told became relations."""

    campaign: Mapped[Campaign] = relationship()
    seat: Mapped[Seat | None] = relationship()
    teaching: Mapped[Teaching | None] = relationship()
    person: Mapped[Person] = relationship()

    __table_args__ = (
        sa.CheckConstraint("(seat_id IS NULL) <> (teaching_id IS NULL)", name="one_purpose"),
        sa.CheckConstraint("(state = 'sent') OR (remind_at IS NULL)", name="reminders_stop"),
        sa.CheckConstraint(f"({OPEN}) = (ended_at IS NULL)", name="ended"),
        sa.Index("uq_invitations_seat", "seat_id", unique=True, **where(OPEN)),
        sa.Index("uq_invitations_teaching", "teaching_id", unique=True, **where(OPEN)),
        sa.Index("ix_invitations_seat", "seat_id"),
        sa.Index("ix_invitations_teaching", "teaching_id"),
        sa.Index("ix_invitations_expiry", "expires_at", **where("state = 'sent'")),
        sa.Index("ix_invitations_reminders", "remind_at", **where("remind_at IS NOT NULL")),
    )


class InvitationLink(Numbered, Base):
    """A link of an invitation. Its token stands in the mail alone; here is only its hash."""

    __tablename__ = "invitation_links"

    invitation_id: Mapped[int] = foreign_key("invitations.id", ondelete="CASCADE")
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]

    invitation: Mapped[Invitation] = relationship()


class Outcome(StrEnum):
    """How a phone call ended."""

    ACCEPTED = "accepted"
    """接通，接受."""
    DECLINED = "declined"
    """接通，拒绝."""
    REACHED = "reached"
    """接通，待回复: will answer later."""
    NO_ANSWER = "no-answer"
    """未接."""


class Call(Numbered, Base):
    """One attempt to reach an alternate by phone."""

    __tablename__ = "calls"

    seat_id: Mapped[int] = foreign_key("seats.id", ondelete="CASCADE")
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome))
    reason: Mapped[DeclineReason | None] = mapped_column(choice(DeclineReason))
    note: Mapped[str | None] = mapped_column(sa.String(500))
    called_at: Mapped[datetime]
    called_by_id: Mapped[int | None] = mapped_column(Key, sa.ForeignKey("users.id"))
    called_by: Mapped[str] = mapped_column(sa.String(120))
    """Name of the caller as it was then."""

    seat: Mapped[Seat] = relationship()


class Suggestion(Numbered, Base):
    """A colleague whom an invited person suggests; the name and how to reach them are encrypted."""

    __tablename__ = "suggestions"

    invitation_id: Mapped[int] = foreign_key("invitations.id", ondelete="CASCADE")
    sealed: Mapped[str] = mapped_column(sa.Text)
    """JSON of name, organisation, contact and note."""
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    invitation: Mapped[Invitation] = relationship()
