"""What happens to panels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from expertpool.events import Event, personal


@dataclass(frozen=True)
class PanelCreated(Event):
    """A panel was opened as a draft."""

    subject_kind = "panel"

    number: str
    owner_id: int


@dataclass(frozen=True)
class PanelRequestChanged(Event):
    """What is asked of a panel changed: field -> [before, after]."""

    subject_kind = "panel"

    changes: dict[str, Any]


@dataclass(frozen=True)
class PanelShared(Event):
    """A panel was opened to another office."""

    subject_kind = "panel"

    organisation_id: int
    may_edit: bool


@dataclass(frozen=True)
class PanelUnshared(Event):
    """A panel is no longer open to another office."""

    subject_kind = "panel"

    organisation_id: int


@dataclass(frozen=True)
class PersonChosen(Event):
    """An organiser said that a person must sit (`lock`), must not (`exclude`), or neither any more (None)."""

    subject_kind = "panel"

    person_id: int
    choice: str | None
    reason: str | None = personal(default=None)


@dataclass(frozen=True)
class AlternateAdded(Event):
    """Somebody of the pool stands by for a vacant seat of a confirmed panel, behind its alternates."""

    subject_kind = "panel"

    seat_id: int
    person_id: int
    position: int
    vacant_seat_id: int


@dataclass(frozen=True)
class RuleEased(Event):
    """A rule of one panel gave way."""

    subject_kind = "panel"

    rule: str
    before: Any
    after: Any


@dataclass(frozen=True)
class ProposalRequested(Event):
    """The engine was asked for a proposal, for the cost of seating `about_id` in it, or for a replay."""

    subject_kind = "panel"

    run_id: int
    number: int
    purpose: str
    seed: int
    about_id: int | None = None


@dataclass(frozen=True)
class ProposalRecorded(Event):
    """The engine answered."""

    subject_kind = "panel"

    run_id: int
    number: int
    purpose: str
    feasible: bool
    input_hash: str
    member_ids: list[int]


@dataclass(frozen=True)
class ProposalFailed(Event):
    """The engine could not answer."""

    subject_kind = "panel"

    run_id: int
    number: int
    error: str


@dataclass(frozen=True)
class FindingWaived(Event):
    """An authorised person admitted somebody in spite of the findings of one rule."""

    subject_kind = "panel"

    waiver_id: int
    person_id: int
    rule: str
    reason: str = personal()


@dataclass(frozen=True)
class WaiverRevoked(Event):
    """A waiver no longer holds."""

    subject_kind = "panel"

    waiver_id: int
    person_id: int
    rule: str


@dataclass(frozen=True)
class PanelConfirmed(Event):
    """A human confirmed who sits, who stands by, and when."""

    subject_kind = "panel"

    run_id: int
    input_hash: str
    chair_id: int | None
    member_ids: list[int]
    alternate_ids: list[int]
    starts: datetime | None
    ends: datetime | None
    declared: list[Any]
    """Person and rule of each finding that is declared or waived."""


@dataclass(frozen=True)
class PanelReopened(Event):
    """A confirmed panel became a draft again; its seats and bookings are gone."""

    subject_kind = "panel"

    reason: str
    member_ids: list[int]


@dataclass(frozen=True)
class PanelCancelled(Event):
    """A panel will not meet."""

    subject_kind = "panel"

    reason: str
    member_ids: list[int]


@dataclass(frozen=True)
class PresetPublished(Event):
    """A preset got a new version."""

    subject_kind = "preset"

    slug: str
    number: int
    """Of the version."""
    origin: str
    """`shipped` or `office`."""


@dataclass(frozen=True)
class DefaultPresetChosen(Event):
    """Panels on items of a kind start from another preset."""

    subject_kind = "preset"

    kind: str
    slug: str | None


@dataclass(frozen=True)
class PanelMoved(Event):
    """A confirmed panel meets at another time or place; people and room are booked anew."""

    subject_kind = "panel"

    starts: datetime
    ends: datetime
    starts_before: datetime | None
    ends_before: datetime | None
    place: str | None
    place_before: str | None
    room_id: int | None
    room_id_before: int | None


@dataclass(frozen=True)
class ConflictAppeared(Event):
    """A fact changed, and something now speaks against somebody who holds a seat."""

    subject_kind = "panel"

    alert_ids: list[int]
    seat_id: int
    person_id: int
    rules: list[str]
    cause: str
    """Name of the event that changed the fact."""


@dataclass(frozen=True)
class ConflictSettled(Event):
    """What spoke against the holder of a seat is settled: see `watching_models.Outcome`."""

    subject_kind = "panel"

    alert_id: int
    seat_id: int
    person_id: int
    rule: str
    outcome: str
    reason: str | None = personal(default=None)


@dataclass(frozen=True)
class AttendanceNoted(Event):
    """Who came to the meeting: seat -> present, remote or absent."""

    subject_kind = "panel"

    attendances: dict[str, Any]


@dataclass(frozen=True)
class ConclusionRecorded(Event):
    """A panel's vote and conclusion on an item, or as a whole, was written down or corrected."""

    subject_kind = "panel"

    conclusion_id: int
    panel_item_id: int | None
    approve: int
    oppose: int
    abstain: int
    present: int
    members: int
    passed: bool | None


@dataclass(frozen=True)
class MemberEvaluated(Event):
    """A member's work was marked."""

    subject_kind = "panel"

    seat_id: int
    person_id: int
    competence: int
    diligence: int
    impartiality: int
    remark: str | None = personal(default=None)


@dataclass(frozen=True)
class PanelClosed(Event):
    """A panel's work is done; service hours are credited: person -> minutes."""

    subject_kind = "panel"

    credited: dict[str, int]
