"""Verbs on the employment history of a person."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from expertpool.conflicts.names import organisation_key
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.organisations.resolving import resolve
from expertpool.people.events import EmployerChanged
from expertpool.people.models import Employment, Person
from expertpool.people.service import require_whole, save


@dataclass(frozen=True)
class Work:
    """A person's work for an organisation, named by any of its names or its code; no date means unknown."""

    organisation: str
    position: str | None = None
    since: date | None = None
    until: date | None = None
    is_current: bool = False


def work_of(employment: Employment) -> Work:
    """Return the present facts of `employment`."""
    return Work(
        organisation=employment.organisation_text,
        position=employment.position,
        since=employment.since,
        until=employment.until,
        is_current=employment.is_current,
    )


def current(person: Person) -> Employment | None:
    """Return the main employment of `person` now."""
    return next((row for row in person.employments if row.is_current), None)


def add_employment(
    session: Session, person: Person, work: Work, *, source: str, actor: Actor, now: datetime
) -> Employment:
    """Add work to the history; if it is current, the employment that was current ends the day before."""
    require_whole(person)
    checked = _tidied(work)
    if checked.is_current:
        _end_current(session, person, checked.since, but=None, actor=actor, now=now)
    employment = Employment(source=source[:120])
    _fill(session, employment, checked)
    person.employments.append(employment)
    _save(session, person, employment, None, actor=actor, now=now)
    return employment


def change_employment(
    session: Session, employment: Employment, work: Work, *, actor: Actor, now: datetime
) -> bool:
    """Correct an employment; return whether that changed anything."""
    person = employment.person
    require_whole(person)
    before, checked = _described(employment), _tidied(work)
    if work_of(employment) == checked:
        return False
    if checked.is_current:
        _end_current(session, person, checked.since, but=employment, actor=actor, now=now)
    _fill(session, employment, checked)
    _save(session, person, employment, before, actor=actor, now=now)
    return True


def end_employment(
    session: Session, employment: Employment, until: date, *, actor: Actor, now: datetime
) -> None:
    """Say that an employment ended; it stays in the history."""
    ended = dataclasses.replace(work_of(employment), until=until, is_current=False)
    change_employment(session, employment, ended, actor=actor, now=now)


def remove_employment(session: Session, employment: Employment, *, actor: Actor, now: datetime) -> None:
    """Remove an employment that was entered by mistake."""
    person = employment.person
    require_whole(person)
    before = _described(employment)
    event = EmployerChanged(
        person.id,
        employment_id=employment.id,
        organisation_ids=tuple(filter(None, [employment.organisation_id])),
        is_current=False,
        changes={name: [value, None] for name, value in before.items() if value is not None},
    )
    person.employments.remove(employment)
    save(session, person, event, actor=actor, now=now)


def _end_current(
    session: Session,
    person: Person,
    since: date | None,
    *,
    but: Employment | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Let the employment that is current be so no more; it ends the day before `since` if that is known."""
    previous = current(person)
    if previous is None or previous is but:
        return
    before = _described(previous)
    previous.is_current = False
    day_before = since - timedelta(days=1) if since else None
    if day_before and previous.until is None and (previous.since is None or previous.since <= day_before):
        previous.until = day_before
    session.flush()
    _save(session, person, previous, before, actor=actor, now=now)


def _fill(session: Session, employment: Employment, work: Work) -> None:
    if employment.organisation_text != work.organisation or employment.organisation_id is None:
        employment.organisation_id = resolve(session, [work.organisation]).get(work.organisation)
    employment.organisation_text = work.organisation
    employment.organisation_key = organisation_key(work.organisation)
    employment.position = work.position
    employment.since, employment.until = work.since, work.until
    employment.is_current = work.is_current


def _save(
    session: Session,
    person: Person,
    employment: Employment,
    before: dict[str, Any] | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    session.flush()
    old = before or {}
    after = _described(employment)
    organisations = {number for number in (old.get("organisation_id"), employment.organisation_id) if number}
    event = EmployerChanged(
        person.id,
        employment_id=employment.id,
        organisation_ids=tuple(sorted(organisations)),
        is_current=employment.is_current,
        changes={name: [old.get(name), value] for name, value in after.items() if old.get(name) != value},
    )
    save(session, person, event, actor=actor, now=now)


def _described(employment: Employment) -> dict[str, Any]:
    return {**dataclasses.asdict(work_of(employment)), "organisation_id": employment.organisation_id}


def _tidied(work: Work) -> Work:
    """Return `work` without stray white space; raises `Invalid` naming the field."""
    organisation = " ".join(work.organisation.split())
    position = " ".join((work.position or "").split())
    if not organisation:
        raise Invalid(N_("The employer has no name."), field="organisation")
    for field, text, most in (("organisation", organisation, 200), ("position", position, 120)):
        if len(text) > most:
            raise Invalid(
                N_("“%(value)s” is longer than %(most)s characters."),
                field=field,
                value=text[:40] + "…",
                most=most,
            )
    if work.since and work.until and work.until < work.since:
        raise Invalid(
            N_("The end, %(until)s, lies before the beginning, %(since)s."),
            field="until",
            until=work.until.isoformat(),
            since=work.since.isoformat(),
        )
    return dataclasses.replace(work, organisation=organisation, position=position or None)
