"""Choose somebody of the pool by typing, and a room, a teacher; works without script."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from expertpool.availability.models import Room
from expertpool.errors import N_, Invalid
from expertpool.extensions import db
from expertpool.people.models import EmailAddress, Person
from expertpool.people.names import name_key
from expertpool.training import teachings
from expertpool.training.models import Cohort, Lesson, Teaching
from expertpool.web.kit import guards

NONE = 0
"""Value of the choice that chooses nothing."""
MOST_NAMESAKES = 5


def person(text: str | None) -> Person:
    """Return the person that a number, mail address or name means; raises `Invalid` at the field `person`."""
    text = (text or "").strip()
    addressed = sa.select(EmailAddress.person_id).where(EmailAddress.address == text.lower())
    found = _people(sa.or_(Person.number == text, Person.id.in_(addressed))) or _people(
        Person.name_key == name_key(text)
    )
    if not found:
        raise Invalid(
            N_("Nobody in the pool is called “%(text)s” or has this number or address."),
            field="person",
            text=text,
        )
    if len(found) > 1:
        raise Invalid(
            N_("“%(text)s” may mean: %(people)s. Write the number."),
            field="person",
            text=text,
            people="; ".join(map(_described, found)),
        )
    return found[0]


def rooms(lesson: Lesson | None) -> list[tuple[int, str]]:
    """Return the rooms of the reader's offices that can be booked, and the one that a lesson has."""
    query = sa.select(Room).where(Room.retired_at.is_(None)).order_by(Room.name, Room.id)
    scope = guards.grants().scope("rooms.view")
    if scope is not None:
        query = query.where(Room.owner_id.in_(scope))
    found = {each.id: each for each in db.session.scalars(query)}
    if lesson is not None and lesson.room is not None:
        found[lesson.room.id] = lesson.room
    return [(each.id, f"{each.name} ({each.capacity})") for each in found.values()]


def teachings_of(cohort: Cohort) -> Sequence[Teaching]:
    """Return everybody who teaches in a cohort, is asked to or was."""
    query = sa.select(Teaching).where(Teaching.cohort_id == cohort.id).options(joinedload(Teaching.person))
    return db.session.scalars(query.order_by(Teaching.id)).all()


def teachers(cohort: Cohort) -> list[tuple[int, str]]:
    """Return those who teach in a cohort or are asked to."""
    return [(each.id, each.person.name) for each in teachings_of(cohort) if each.state in teachings.LIVE]


def _people(condition: sa.ColumnElement[bool]) -> list[Person]:
    query = sa.select(Person).where(condition, Person.merged_into_id.is_(None)).order_by(Person.id)
    options = selectinload(Person.employments)
    return list(db.session.scalars(query.limit(MOST_NAMESAKES).options(options)))


def _described(found: Person) -> str:
    employer = next((row.organisation_text for row in found.employments if row.is_current), "")
    return f"{found.number} {found.name}{f' ({employer})' if employer else ''}"
