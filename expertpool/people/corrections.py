"""What people ask the office to put right in their records (PIPL 46), until the office has settled it.

A request is open while no `CorrectionSettled` of the same person follows it in the trail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from expertpool.audit.models import AuditEntry
from expertpool.audit.service import record
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.people.events import CorrectionAsked, CorrectionSettled
from expertpool.people.models import Person
from expertpool.people.service import require_whole

MOST = 1000
"""Characters of a note."""


def ask(session: Session, person: Person, note: str, *, actor: Actor, now: datetime) -> None:
    """Ask the office to put something right. Raises `Invalid` for an empty or endless note."""
    require_whole(person)
    event = CorrectionAsked(person.id, note=_checked(note, "note"))
    record(session, event, actor=actor, now=now)


def settle(session: Session, person: Person, answer: str, *, actor: Actor, now: datetime) -> None:
    """Say that everything the person asked for is dealt with, and how; the person reads the answer."""
    if not open_requests(session, person.id):
        raise Invalid(N_("%(name)s asks for no correction, or it is settled."), name=person.name)
    event = CorrectionSettled(person.id, answer=_checked(answer, "answer"))
    record(session, event, actor=actor, now=now)


def open_requests(session: Session, person_id: int) -> Sequence[AuditEntry]:
    """Return what a person asks for that is not settled, oldest first."""
    query = _open().where(AuditEntry.subject_id == person_id).order_by(AuditEntry.id)
    return session.scalars(query).all()


def last_answer(session: Session, person_id: int) -> AuditEntry | None:
    """Return how the office settled the person's latest request."""
    settled = _of(AuditEntry, CorrectionSettled).where(AuditEntry.subject_id == person_id)
    return session.scalar(settled.order_by(AuditEntry.id.desc()).limit(1))


def people_asking(session: Session, *, limit: int) -> Sequence[Person]:
    """Return who waits for a correction, by name."""
    asking = _open().with_only_columns(AuditEntry.subject_id)
    query = sa.select(Person).where(Person.id.in_(asking), Person.merged_into_id.is_(None))
    return session.scalars(query.order_by(Person.name_pinyin, Person.id).limit(limit)).all()


def _open() -> sa.Select[AuditEntry]:
    later = aliased(AuditEntry)
    settled = _of(later, CorrectionSettled).where(
        later.subject_id == AuditEntry.subject_id, later.id > AuditEntry.id
    )
    return _of(AuditEntry, CorrectionAsked).where(~settled.exists())


def _of(entry: type[AuditEntry], event: type[CorrectionAsked | CorrectionSettled]) -> sa.Select[AuditEntry]:
    return sa.select(entry).where(entry.subject_kind == "person", entry.event == event.name())


def _checked(text: str, field: str) -> str:
    text = text.strip()
    if not 1 <= len(text) <= MOST:
        raise Invalid(N_("Write 1 to %(most)s characters."), field=field, most=MOST)
    return text
