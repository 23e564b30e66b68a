"""Add, correct and retire relations, and declare interests, by hand."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.conflicts.names import organisation_key, person_key
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.interests.events import RelationAdded, RelationChanged, RelationRetired
from expertpool.interests.models import Relation, RelationKind
from expertpool.organisations.models import Organisation
from expertpool.people.models import Person

BETWEEN_PEOPLE = frozenset(
    {RelationKind.SPOUSE, RelationKind.KIN, RelationKind.ADVISOR, RelationKind.STUDENT, RelationKind.COAUTHOR}
)
WITH_ORGANISATIONS = frozenset({RelationKind.EMPLOYER, RelationKind.SHAREHOLDER})


class AlreadyOnFile(Invalid):
    """The same relation, with the same dates, counts already."""


def add_relation(
    session: Session,
    person: Person,
    kind: RelationKind,
    other: Person | Organisation | str,
    *,
    text_is_organisation: bool = False,
    since: date | None = None,
    until: date | None = None,
    source: str,
    actor: Actor,
    now: datetime,
) -> Relation:
    """Record that `person` is the KIND of `other`: a person, an organisation, or a text known to be neither.

    Raises `Invalid` for a tie to oneself, a kind that does not fit the other, dates in the wrong
    order, and `AlreadyOnFile`, which is one too.
    """
    text = other.strip() if isinstance(other, str) else None
    is_organisation = isinstance(other, Organisation) or (text is not None and text_is_organisation)
    if text is not None and not 1 <= len(text) <= 200:
        raise Invalid(N_("Name the other person or organisation in 1 to 200 characters."), field="other")
    _check_kind(kind, is_organisation)
    _check_dates(since, until)
    relation = Relation(
        person_id=person.id,
        kind=kind,
        other_person_id=other.id if isinstance(other, Person) else None,
        organisation_id=other.id if isinstance(other, Organisation) else None,
        other_text=text,
        other_is_organisation=is_organisation,
        since=since,
        until=until,
        source=_checked_source(source),
        created_at=now,
    )
    if relation.other_person_id == person.id:
        raise Invalid(N_("A relation needs two people; this one names the same person twice."), field="other")
    if _is_known(session, relation):
        raise AlreadyOnFile(N_("This relation is on file already."), field="other")
    session.add(relation)
    session.flush()
    event = RelationAdded(
        relation.id,
        person_id=person.id,
        kind=kind.value,
        other_person_id=relation.other_person_id,
        organisation_id=relation.organisation_id,
        since=since,
        until=until,
        source=relation.source,
        other_text=text,
    )
    record(session, event, actor=actor, now=now)
    return relation


def declare(
    session: Session,
    person: Person,
    about: Person | Organisation | str,
    *,
    kind: RelationKind = RelationKind.DECLARED,
    text_is_organisation: bool = False,
    since: date | None = None,
    until: date | None = None,
    actor: Actor,
    now: datetime,
) -> Relation:
    """Record an interest, or a relation of another kind, that `person` declares.

    A text of a declared interest may be the number or title of an item.
    """
    return add_relation(
        session,
        person,
        kind,
        about,
        text_is_organisation=text_is_organisation,
        since=since,
        until=until,
        source=DECLARED_BY_PERSON,
        actor=actor,
        now=now,
    )


DECLARED_BY_PERSON = "本人申报"
"""Source of what people say of themselves, as offices write it."""


def change_relation(
    session: Session,
    relation: Relation,
    *,
    since: date | None,
    until: date | None,
    source: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Correct the dates and the source. Saving what is on file already changes and records nothing."""
    _check_dates(since, until)
    values = {"since": since, "until": until, "source": _checked_source(source)}
    changes = {
        name: [_json(getattr(relation, name)), _json(value)]
        for name, value in values.items()
        if getattr(relation, name) != value
    }
    if not changes:
        return
    for name, value in values.items():
        setattr(relation, name, value)
    session.flush()
    event = RelationChanged(relation.id, person_id=relation.person_id, changes=changes)
    record(session, event, actor=actor, now=now)


def retire_relation(
    session: Session, relation: Relation, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Take a relation out of all checks; it stays on file. Retiring twice changes nothing."""
    if relation.retired_at is not None:
        return
    if not reason.strip():
        raise Invalid(N_("Say why this relation no longer counts."), field="reason")
    relation.retired_at = now
    session.flush()
    event = RelationRetired(
        relation.id, person_id=relation.person_id, kind=relation.kind.value, reason=reason.strip()
    )
    record(session, event, actor=actor, now=now)


def _check_kind(kind: RelationKind, is_organisation: bool) -> None:
    if kind in BETWEEN_PEOPLE and is_organisation:
        raise Invalid(N_("This kind of relation is between two people."), field="kind")
    if kind in WITH_ORGANISATIONS and not is_organisation:
        raise Invalid(N_("This kind of relation is with an organisation."), field="kind")


def _check_dates(since: date | None, until: date | None) -> None:
    if since is not None and until is not None and since > until:
        raise Invalid(N_("The relation ends before it begins."), field="until")


def _checked_source(source: str) -> str:
    source = source.strip()
    if not 1 <= len(source) <= 200:
        raise Invalid(N_("Say in 1 to 200 characters where this is known from."), field="source")
    return source


def _is_known(session: Session, new: Relation) -> bool:
    """Tell whether the same tie, with the same dates, counts already."""
    query = sa.select(Relation).where(
        Relation.person_id == new.person_id,
        Relation.kind == new.kind,
        Relation.other_person_id.is_not_distinct_from(new.other_person_id),
        Relation.organisation_id.is_not_distinct_from(new.organisation_id),
        Relation.since.is_not_distinct_from(new.since),
        Relation.until.is_not_distinct_from(new.until),
        Relation.retired_at.is_(None),
    )
    key = organisation_key if new.other_is_organisation else person_key
    return any(key(known.other_text or "") == key(new.other_text or "") for known in session.scalars(query))


def _json(value: date | str | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value
