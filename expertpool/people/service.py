"""Verbs that enter people and change their facts, grade and status."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid, Stale
from expertpool.events import Actor, Event
from expertpool.people import search
from expertpool.people.events import GradeChanged, PersonChanged, PersonCreated, StatusChanged
from expertpool.people.facts import PersonFacts, differences, facts_of, fill, tidied
from expertpool.people.models import Grade, Person, Status

BY_OFFICE = "组织者录入"
BY_PERSON = "本人填写"
"""Sources of what organisers type, and of what people say of themselves, as offices write them."""

NUMBERING = 0x45_50_4E_55_4D
"""Key of the advisory lock under which PostgreSQL gives numbers one by one."""


def create(
    session: Session,
    facts: PersonFacts,
    *,
    number: str | None = None,
    grade: Grade = Grade.EXPERT,
    actor: Actor,
    now: datetime,
) -> Person:
    """Enter a person; without a `number` they get the next one. Raises `Invalid` naming the field."""
    checked = tidied(facts, today=now.date())
    person = Person(number=_number(session, number), grade=grade, created_at=now, updated_at=now)
    fill(person, checked)
    session.add(person)
    session.flush()
    event = PersonCreated(person.id, number=person.number, grade=grade.value, person=person.name)
    return save(session, person, event, actor=actor, now=now)


def change(
    session: Session,
    person: Person,
    facts: PersonFacts,
    *,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> bool:
    """Give `person` the facts of a form or file; return whether that changed anything.

    `version` is the one that the editor saw; raises `Stale` when it is no longer the present one.
    """
    require_whole(person)
    require_version(person, version)
    after = tidied(facts, today=now.date())
    changes = differences(facts_of(person), after)
    if changes:
        fill(person, after)
        event = PersonChanged(person.id, fields=tuple(changes), changes=changes)
        save(session, person, event, actor=actor, now=now)
    return bool(changes)


def change_grade(
    session: Session, person: Person, grade: Grade, *, reason: str, on: date, actor: Actor, now: datetime
) -> None:
    """Move `person` up or down with effect from `on`."""
    require_whole(person)
    if grade == person.grade:
        raise Invalid(N_("%(name)s has this grade already."), field="grade", name=person.name)
    why = _reason(reason)
    event = GradeChanged(person.id, old=person.grade.value, new=grade.value, on=on, reason=why)
    person.grade = grade
    save(session, person, event, actor=actor, now=now)


def change_status(
    session: Session,
    person: Person,
    status: Status,
    *,
    reason: str | None,
    on: date,
    until: date | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Let `person` rest, suspend or retire them, or bring them back, with effect from `on`.

    All but active needs a reason; only resting and suspended may have an end.
    """
    require_whole(person)
    why = _reason(reason) if status != Status.ACTIVE or (reason or "").strip() else None
    ends = until if status in (Status.RESTING, Status.SUSPENDED) else None
    if ends is not None and ends < on:
        raise Invalid(
            N_("The end, %(until)s, lies before the beginning."), field="until", until=ends.isoformat()
        )
    if (status, ends) == (person.status, person.status_until) and why == person.status_reason:
        raise Invalid(N_("%(name)s has this status already."), field="status", name=person.name)
    event = StatusChanged(person.id, old=person.status.value, new=status.value, on=on, until=ends, reason=why)
    person.status, person.status_until = status, ends
    person.status_reason = why if status != Status.ACTIVE else None
    save(session, person, event, actor=actor, now=now)


def retire(session: Session, person: Person, *, reason: str, on: date, actor: Actor, now: datetime) -> None:
    """Let `person` leave the pool in order; their record stays."""
    change_status(session, person, Status.RETIRED, reason=reason, on=on, actor=actor, now=now)


def bring_back(
    session: Session, person: Person, *, reason: str | None, on: date, actor: Actor, now: datetime
) -> None:
    """Make `person` active again."""
    change_status(session, person, Status.ACTIVE, reason=reason, on=on, actor=actor, now=now)


def save(session: Session, person: Person, event: Event, *, actor: Actor, now: datetime) -> Person:
    """Write a changed person, its index row and the audit entry; for the verbs of this room.

    Raises `Stale` when another transaction saved the person meanwhile.
    """
    touch(session, person, now)
    record(session, event, actor=actor, now=now)
    session.flush()
    return person


def touch(session: Session, person: Person, now: datetime) -> None:
    """Write a changed person and its index row; raises `Stale` like `save`."""
    person.updated_at = max(now, person.updated_at)
    try:
        session.flush()
    except StaleDataError as error:
        raise Stale(N_("Somebody else has changed this person since you opened it.")) from error
    search.index_people(session, [person.id])


def require_version(person: Person, version: int | None) -> None:
    """Raise `Stale` when the editor saw another version of `person`."""
    if version is not None and version != person.version:
        raise Stale(N_("Somebody else has changed this person since you opened it."))


def require_whole(person: Person) -> None:
    """Raise `Invalid` for a record that was merged into another: it is kept, but not changed."""
    if person.merged_into_id is not None:
        raise Invalid(
            N_("%(name)s (%(number)s) was merged into another record. Undo the merge first."),
            name=person.name,
            number=person.number,
        )


def _reason(text: str | None) -> str:
    reason = " ".join((text or "").split())
    if not reason:
        raise Invalid(N_("Say why; the reason stays on record."), field="reason")
    if len(reason) > 300:
        raise Invalid(N_("The reason is longer than %(most)s characters."), field="reason", most=300)
    return reason


def _number(session: Session, wanted: str | None) -> str:
    """Return the number asked for, or the next free one; raises `Invalid` when it is another's."""
    number = " ".join((wanted or "").split())
    if not number:
        return _next_number(session)
    if len(number) > 60:
        raise Invalid(N_("The number is longer than %(most)s characters."), field="number", most=60)
    holder = session.scalar(sa.select(Person.name).where(Person.number == number))
    if holder is not None:
        raise Invalid(
            N_("Number %(number)s belongs to %(name)s."), field="number", number=number, name=holder
        )
    return number


def _next_number(session: Session) -> str:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(NUMBERING)))
    figures = sa.cast(sa.func.substr(Person.number, 2), sa.BigInteger)
    greatest = sa.select(sa.func.max(figures)).where(Person.number.regexp_match("^E[0-9]{1,12}$"))
    return f"E{(session.scalar(greatest) or 0) + 1:04}"
