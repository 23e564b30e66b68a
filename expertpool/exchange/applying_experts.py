"""Carry out an import of experts: few statements, whatever the number of rows."""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.conflicts.names import organisation_key
from expertpool.database import batches, insert_rows
from expertpool.events import Actor
from expertpool.exchange import person_changes, person_events
from expertpool.exchange.identity import Subject
from expertpool.exchange.numbers import Numbers
from expertpool.exchange.planning_experts import Work, employer_id
from expertpool.exchange.plans import Entry, Outcome, Plan
from expertpool.people import search
from expertpool.people.employments import current
from expertpool.people.models import EmailAddress, Employment, Grade, Person, PersonSkill, Status
from expertpool.people.names import name_key, pinyin_key
from expertpool.people.phones import blind_index
from expertpool.settings.crypto import keyring
from expertpool.skills import service as skills


def apply(session: Session, plan: Plan, *, actor: Actor, now: datetime) -> set[int]:
    """Write the people of `plan`; return the ids of those who came in or changed."""
    work: Work = plan.work
    unknown = plan.unresolved["skills"]
    if unknown:
        work.terms.ids |= skills.tag(session, unknown, actor=actor, now=now)
    source = plan.table.filename[:120]
    created = [entry for entry in plan.entries if entry.outcome is Outcome.CREATE]
    changed = [entry for entry in plan.entries if entry.outcome is Outcome.CHANGE]
    _create(session, created, work, source, now)
    _change(session, changed, work, source, actor=actor, now=now)
    person_events.record_created(session, created, actor=actor, now=now)
    touched = {entry.target.person_id for entry in created + changed}
    search.index_people(session, touched)
    return touched


def _create(session: Session, entries: list[Entry], work: Work, source: str, now: datetime) -> None:
    if not entries:
        return
    subjects: list[Subject] = [entry.target for entry in entries]
    numbers = Numbers(session, {s.number for s in subjects if s.number})
    for subject in subjects:
        subject.number = subject.number or numbers.next()
    insert_rows(session, Person, [_person(subject, now) for subject in subjects])
    ids = _ids(session, [subject.number for subject in subjects])
    for subject in subjects:
        subject.person_id = ids[subject.number]
    employments = [_employment(subject, work, source) for subject in subjects]
    held = [_skills(subject, work, source) for subject in subjects]
    insert_rows(session, EmailAddress, chain.from_iterable(map(_addresses, subjects)))
    insert_rows(session, Employment, chain.from_iterable(employments))
    insert_rows(session, PersonSkill, chain.from_iterable(held))


def _ids(session: Session, numbers: list[str | None]) -> dict[str | None, int]:
    found: dict[str | None, int] = {}
    for some in batches(numbers):
        query = sa.select(Person.number, Person.id).where(Person.number.in_(some))
        found |= dict(session.execute(query).all())
    return found


def _person(subject: Subject, now: datetime) -> dict[str, Any]:
    values = subject.values
    row: dict[str, Any] = {name: values.get(name) for name in person_changes.PLAIN}
    phone = values.get("phone")
    return row | {
        "version": 1,
        "number": subject.number,
        "name": values["name"],
        "name_key": name_key(values["name"]),
        "name_pinyin": pinyin_key(values["name"]),
        "languages": values.get("languages", []),
        "grade": Grade(values.get("grade", Grade.EXPERT)),
        "status": Status(values.get("status", Status.ACTIVE)),
        "phone_sealed": keyring().seal(phone) if phone else None,
        "phone_index": blind_index(phone) if phone else None,
        "extra": subject.extra,
        "created_at": now,
        "updated_at": now,
    }


def _addresses(subject: Subject) -> list[dict[str, Any]]:
    whole = dict.fromkeys([*subject.values.get("email", []), *subject.values.get("other_emails", [])])
    return [
        {"person_id": subject.person_id, "address": address, "position": position}
        for position, address in enumerate(whole)
    ]


def _employment(subject: Subject, work: Work, source: str) -> list[dict[str, Any]]:
    values = subject.values
    text = values.get("organisation") or values.get("organisation_code") or ""
    if not (text or values.get("position")):
        return []
    return [
        {
            "person_id": subject.person_id,
            "organisation_id": employer_id(values, work.organisations),
            "organisation_text": text,
            "organisation_key": organisation_key(text),
            "position": values.get("position"),
            "is_current": True,
            "source": source,
        }
    ]


def _skills(subject: Subject, work: Work, source: str) -> list[dict[str, Any]]:
    ids = dict.fromkeys(work.terms.ids[term] for term in subject.values.get("terms", []))
    return [{"person_id": subject.person_id, "skill_id": skill_id, "source": source} for skill_id in ids]


def _change(
    session: Session, entries: list[Entry], work: Work, source: str, *, actor: Actor, now: datetime
) -> None:
    before = {
        entry.target.person_id: person_events.facts(work.people[entry.target.person_id]) for entry in entries
    }
    for entry in entries:
        person = work.people[entry.target.person_id]
        _set_plain(person, entry, now)
        _leave_employer(person, entry.target, work)
    session.flush()
    for entry in entries:
        person = work.people[entry.target.person_id]
        _set_addresses(person, entry.target)
        _set_employment(person, entry.target, work, source)
        held = {each.skill_id for each in person.skills}
        for row in _skills(entry.target, work, source):
            if row["skill_id"] not in held:
                person.skills.append(PersonSkill(skill_id=row["skill_id"], source=source))
    session.flush()
    changed = [(work.people[person_id], facts) for person_id, facts in before.items()]
    person_events.record_changed(session, changed, actor=actor, now=now)


def _set_plain(person: Person, entry: Entry, now: datetime) -> None:
    subject: Subject = entry.target
    changed = {each.field for each in entry.changes}
    values = subject.values
    for name in changed & {*person_changes.PLAIN, "name"}:
        setattr(person, name, values[name])
    if "name" in changed:
        person.name_key, person.name_pinyin = name_key(person.name), pinyin_key(person.name)
    if number := person_changes.new_number(subject):
        person.number = number
    if "phone" in changed:
        person.phone_sealed = keyring().seal(values["phone"])
        person.phone_index = blind_index(values["phone"])
    person.languages = list(dict.fromkeys([*person.languages, *values.get("languages", [])]))
    person.extra = {**person.extra, **subject.extra}
    person.updated_at = now


def _set_addresses(person: Person, subject: Subject) -> None:
    known = {each.address: each for each in person.addresses}
    for position, address in enumerate(person_changes.wanted_addresses(person, subject)):
        if address in known:
            known[address].position = position
        else:
            person.addresses.append(EmailAddress(address=address, position=position))


def _leave_employer(person: Person, subject: Subject, work: Work) -> None:
    """End the main employment when the file names another; it stays in the history."""
    now = current(person)
    text = subject.values.get("organisation")
    if (
        now
        and text
        and not person_changes.same_employer(now, text, employer_id(subject.values, work.organisations))
    ):
        now.is_current = False


def _set_employment(person: Person, subject: Subject, work: Work, source: str) -> None:
    rows = _employment(subject, work, source)
    if not rows:
        return
    row = rows[0]
    employment = current(person)
    if employment is None:
        employment = _former(person, row) or Employment(**{k: v for k, v in row.items() if k != "person_id"})
        employment.is_current = True
        if employment not in person.employments:
            person.employments.append(employment)
    if row["position"]:
        employment.position = row["position"]
    employment.organisation_id = employment.organisation_id or row["organisation_id"]


def _former(person: Person, row: dict[str, Any]) -> Employment | None:
    """Return an employment without end that the person returns to."""
    return next(
        (
            each
            for each in person.employments
            if each.until is None
            and person_changes.same_employer(each, row["organisation_text"], row["organisation_id"])
        ),
        None,
    )
