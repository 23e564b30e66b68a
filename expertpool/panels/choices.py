"""What an organiser decides about single people before asking again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.panels.events import PersonChosen
from expertpool.panels.models import Choice, Panel, PanelChoice
from expertpool.panels.request import only_draft
from expertpool.people.models import Person, Status


def choose(
    session: Session,
    panel: Panel,
    person: Person,
    choice: Choice | None,
    *,
    reason: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Say that a person must sit, must not, or (None) that the engine decides again."""
    only_draft(panel)
    existing = next((each for each in panel.choices if each.person_id == person.id), None)
    if choice == (existing.choice if existing else None):
        return
    if choice is Choice.LOCK:
        _may_be_locked(panel, person)
    if existing is not None:
        panel.choices.remove(existing)
        session.flush()
    if choice is not None:
        panel.choices.append(PanelChoice(person_id=person.id, person=person, choice=choice, reason=reason))
    panel.updated_at = now
    session.flush()
    record(
        session,
        PersonChosen(panel.id, person_id=person.id, choice=choice.value if choice else None, reason=reason),
        actor=actor,
        now=now,
    )


def _may_be_locked(panel: Panel, person: Person) -> None:
    if person.merged_into_id is not None or person.status is not Status.ACTIVE:
        raise Invalid(N_("%(name)s does not take part at present and can't be locked."), name=person.name)
    locked = sum(each.choice is Choice.LOCK for each in panel.choices if each.person_id != person.id)
    if locked >= panel.seat_count:
        raise Invalid(
            N_("All %(seats)s seats are locked already. Unlock somebody first."), seats=panel.seat_count
        )
