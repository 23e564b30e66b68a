"""Say in the audit trail what a file did to people, by the same events as the verbs of their room."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from expertpool.audit.service import record_all
from expertpool.events import Actor, Event
from expertpool.exchange.person_changes import PLAIN
from expertpool.exchange.plans import Entry
from expertpool.people import events
from expertpool.people.contacts import masked, phone_of
from expertpool.people.employments import current
from expertpool.people.models import Person

FACTS = (
    "number",
    "name",
    "languages",
    "extra",
    *(field for field in PLAIN if field not in ("grade", "status")),
)

Facts = dict[str, Any]


def record_created(session: Session, entries: list[Entry], *, actor: Actor, now: datetime) -> None:
    """Record each person that came in."""
    created = [
        events.PersonCreated(
            entry.target.person_id,
            number=entry.target.number,
            grade=entry.target.values.get("grade", "expert"),
            person=entry.target.label,
        )
        for entry in entries
    ]
    record_all(session, created, actor=actor, now=now)


def facts(person: Person) -> Facts:
    """Return what `record_changed` compares, before a change."""
    employment = current(person)
    return {
        "facts": {field: getattr(person, field) for field in FACTS},
        "addresses": [each.address for each in sorted(person.addresses, key=lambda each: each.position)],
        "phone": masked(phone_of(person)),
        "skills": {each.skill_id for each in person.skills},
        "grade": person.grade,
        "status": person.status,
        "employment": {
            "organisation": employment.organisation_text,
            "organisation_id": employment.organisation_id,
            "position": employment.position,
        }
        if employment
        else {},
    }


def record_changed(
    session: Session, changed: Iterable[tuple[Person, Facts]], *, actor: Actor, now: datetime
) -> None:
    """Record what of each person differs from the facts before, one event for each kind of fact."""
    happened = [event for person, before in changed for event in _events(person, before, now)]
    record_all(session, happened, actor=actor, now=now)


def _events(person: Person, before: Facts, now: datetime) -> list[Event]:
    found: list[Event] = []
    after = facts(person)
    changes = _differences(before["facts"], after["facts"])
    if changes:
        found.append(events.PersonChanged(person.id, fields=tuple(changes), changes=changes))
    if after["addresses"] != before["addresses"]:
        added = tuple(each for each in after["addresses"] if each not in before["addresses"])
        found.append(
            events.AddressesChanged(person.id, added=added, removed=(), primary=after["addresses"][0])
        )
    if after["phone"] != before["phone"]:
        found.append(events.PhoneChanged(person.id, old=before["phone"], new=after["phone"]))
    if after["skills"] != before["skills"]:
        skills = tuple(sorted(after["skills"] - before["skills"]))
        found.append(events.SkillsChanged(person.id, added=skills, removed=()))
    return found + _standing(person, before, after, now) + _employment(person, before, after)


def _standing(person: Person, before: Facts, after: Facts, now: datetime) -> list[Event]:
    found: list[Event] = []
    today = now.date()
    if after["grade"] != before["grade"]:
        found.append(
            events.GradeChanged(
                person.id, old=before["grade"].value, new=after["grade"].value, on=today, reason=""
            )
        )
    if after["status"] != before["status"]:
        found.append(
            events.StatusChanged(
                person.id,
                old=before["status"].value,
                new=after["status"].value,
                on=today,
                until=None,
                reason=None,
            )
        )
    return found


def _employment(person: Person, before: Facts, after: Facts) -> list[Event]:
    changes = _differences(before["employment"], after["employment"])
    employment = current(person)
    if not changes or employment is None:
        return []
    ids = {before["employment"].get("organisation_id"), employment.organisation_id} - {None}
    return [
        events.EmployerChanged(
            person.id,
            employment_id=employment.id,
            organisation_ids=tuple(sorted(ids)),
            is_current=True,
            changes=changes,
        )
    ]


def _differences(before: Facts, after: Facts) -> dict[str, list[Any]]:
    return {field: [before.get(field), value] for field, value in after.items() if before.get(field) != value}
