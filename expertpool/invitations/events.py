"""What happens to campaigns, invitations and vacancies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from expertpool.events import Event, personal


@dataclass(frozen=True)
class CampaignPrepared(Event):
    """An organiser wrote what invitations to a panel or cohort say, and what follows a refusal."""

    subject_kind = "campaign"

    panel_id: int | None
    cohort_id: int | None
    on_vacancy: str


@dataclass(frozen=True)
class CampaignChanged(Event):
    """A campaign changed: field -> [before, after]."""

    subject_kind = "campaign"

    panel_id: int | None
    cohort_id: int | None
    changes: dict[str, Any]


@dataclass(frozen=True)
class InvitationSent(Event):
    """A person was asked for a seat or a teaching."""

    subject_kind = "invitation"

    seat_id: int | None
    teaching_id: int | None
    person_id: int
    channel: str
    expires_at: datetime


@dataclass(frozen=True)
class InvitationReminded(Event):
    """An invited person was reminded; `count` reminders by now."""

    subject_kind = "invitation"

    person_id: int
    count: int


@dataclass(frozen=True)
class InvitationAccepted(Event):
    """An invited person comes."""

    subject_kind = "invitation"

    seat_id: int | None
    teaching_id: int | None
    person_id: int
    answered_by: str


@dataclass(frozen=True)
class InvitationDeclined(Event):
    """An invited person does not come, or accepted and now gives the seat back."""

    subject_kind = "invitation"

    seat_id: int | None
    teaching_id: int | None
    person_id: int
    answered_by: str
    reason: str
    text: str | None = personal(default=None)


@dataclass(frozen=True)
class InvitationExpired(Event):
    """No answer came in time."""

    subject_kind = "invitation"

    seat_id: int | None
    teaching_id: int | None
    person_id: int


@dataclass(frozen=True)
class InvitationWithdrawn(Event):
    """The office took an invitation back: the panel is off, the seat changed, or a conflict came up."""

    subject_kind = "invitation"

    seat_id: int | None
    teaching_id: int | None
    person_id: int
    reason: str


@dataclass(frozen=True)
class AcceptanceRefused(Event):
    """Somebody wanted to accept, but a conflict, a rule or the diary stood against it by then."""

    subject_kind = "invitation"

    seat_id: int | None
    person_id: int
    why: str
    """`conflict`, `rules` or `booked`."""
    rules: list[str]


@dataclass(frozen=True)
class ColleagueSuggested(Event):
    """An invited person named a colleague."""

    subject_kind = "invitation"

    suggestion_id: int
    person_id: int


@dataclass(frozen=True)
class SuggestionSettled(Event):
    """An organiser has dealt with a suggested colleague."""

    subject_kind = "invitation"

    suggestion_id: int


@dataclass(frozen=True)
class VacancyFilled(Event):
    """An alternate took a vacant chair and is asked next."""

    subject_kind = "panel"

    seat_id: int
    replaces_id: int
    person_id: int
    passed_over: list[Any]
    """Seats of alternates before, who do not fit any more, with the rules."""


@dataclass(frozen=True)
class VacancyOffered(Event):
    """A chair is vacant and the organiser has to decide: `next_seat_id` fits, or nobody does (None)."""

    subject_kind = "panel"

    vacant_seat_id: int
    next_seat_id: int | None
    passed_over: list[Any]
    """Seats of alternates who do not fit any more, with the rules."""


@dataclass(frozen=True)
class CallRecorded(Event):
    """An alternate was phoned."""

    subject_kind = "panel"

    call_id: int
    seat_id: int
    person_id: int
    outcome: str
    reason: str | None
    note: str | None = personal(default=None)
