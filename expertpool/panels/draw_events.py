"""What happens to draws."""

from __future__ import annotations

from dataclasses import dataclass

from expertpool.events import Event, personal


@dataclass(frozen=True)
class DrawCommitted(Event):
    """A draw was fixed before its sources: `draw_number` of the panel, `kind` of run, and the hash."""

    subject_kind = "panel"

    draw_number: int
    kind: str
    commitment: str
    reason: str | None = personal(default=None)


@dataclass(frozen=True)
class DrawPrepared(Event):
    """List, plan and sources of a draw were fixed, and both parties asked for a secret."""

    subject_kind = "panel"

    draw_number: int
    kind: str
    commitment: str
    """To list, plan, sources and times, without the seals of the secrets."""
    reason: str | None = personal(default=None)


@dataclass(frozen=True)
class DrawSecretSealed(Event):
    """A party of a draw sealed its secret; `is_kept` says whether the system keeps it, encrypted.

    The seal is not told: auditors read the trail, and it stands in what is fixed once both are there.
    """

    subject_kind = "panel"

    draw_number: int
    party: str
    is_kept: bool


@dataclass(frozen=True)
class DrawSecretOpened(Event):
    """A party of a draw opened its secret."""

    subject_kind = "panel"

    draw_number: int
    party: str


@dataclass(frozen=True)
class DrawSecretWithheld(Event):
    """A party did not open its secret in time; the seal stands in."""

    subject_kind = "panel"

    draw_number: int
    party: str
    user_id: int
    person_name: str = personal()


@dataclass(frozen=True)
class DrawWitnessed(Event):
    """A supervisor confirmed to be present at a draw."""

    subject_kind = "panel"

    draw_number: int


@dataclass(frozen=True)
class DrawMade(Event):
    """A draw was made; `record_hash` is the record's own."""

    subject_kind = "panel"

    draw_number: int
    commitment: str
    record_hash: str
    member_ids: list[int]
    alternate_ids: list[int]


@dataclass(frozen=True)
class DrawProposed(Event):
    """Who stands after the draws, alternates having stepped in, became the panel's proposal."""

    subject_kind = "panel"

    draw_number: int
    run_id: int
    number: int
    """Of the proposal."""
    member_ids: list[int]


@dataclass(frozen=True)
class ChairChosen(Event):
    """Another of the drawn than the first takes the chair: a proposal of its own says so."""

    subject_kind = "panel"

    run_id: int
    number: int
    """Of the proposal."""
    person_id: int


@dataclass(frozen=True)
class DrawNamesPublished(Event):
    """The public page of a draw names who was drawn from now on."""

    subject_kind = "panel"

    draw_number: int


@dataclass(frozen=True)
class DrawVoided(Event):
    """A draw lost its effect; it stays on file."""

    subject_kind = "panel"

    draw_number: int
    commitment: str
    reason: str = personal()
