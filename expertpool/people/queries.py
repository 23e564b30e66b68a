"""Reads of single people."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from expertpool.errors import N_, NotFound
from expertpool.people import search
from expertpool.people.models import EmailAddress, Employment, Person, PersonSkill
from expertpool.people.names import name_key
from expertpool.skills.models import Skill


def get(session: Session, person_id: int) -> Person:
    """Return a person with addresses, employments and skills, or raise `NotFound`."""
    return _one(session, Person.id == person_id)


def of_user(session: Session, user_id: int) -> Person:
    """Return the person whose account it is, or raise `NotFound`."""
    return _one(session, Person.user_id == user_id)


def merged_into(session: Session, person_id: int) -> Sequence[Person]:
    """Return the records that were merged into this one."""
    query = sa.select(Person).where(Person.merged_into_id == person_id).order_by(Person.id)
    return session.scalars(query).all()


def possibly_same(
    session: Session, name: str, addresses: Sequence[str] = (), *, but: int | None = None, at_most: int = 5
) -> Sequence[Person]:
    """Return who may be the same human being: one of these addresses first, then the same name.

    A phone number says nothing: offices list one for many people.
    """
    theirs = sa.select(EmailAddress.person_id).where(
        EmailAddress.address.in_([each.lower() for each in addresses])
    )
    same_address = Person.id.in_(theirs)
    query = (
        sa.select(Person)
        .where(Person.merged_into_id.is_(None), Person.id.is_distinct_from(but))
        .where(sa.or_(same_address, Person.name_key == name_key(name)))
        .order_by(sa.case((same_address, 0), else_=1), Person.id)
        .limit(at_most)
        .options(selectinload(Person.employments))
    )
    return session.scalars(query).all()


def suggest(session: Session, text: str, *, but: int | None = None, at_most: int = 10) -> Sequence[Person]:
    """Return the best hits of a search, to choose from."""
    ids = [number for number in search.find(session, text, limit=at_most + 1) if number != but]
    query = sa.select(Person).where(Person.id.in_(ids)).options(selectinload(Person.employments))
    people = {person.id: person for person in session.scalars(query)}
    return [people[number] for number in ids][:at_most]


def _one(session: Session, clause: sa.ColumnElement[bool]) -> Person:
    query = (
        sa.select(Person)
        .where(clause)
        .options(
            selectinload(Person.addresses),
            selectinload(Person.employments).joinedload(Employment.organisation),
            selectinload(Person.skills).joinedload(PersonSkill.skill).joinedload(Skill.taxonomy),
        )
    )
    person = session.scalar(query)
    if person is None:
        raise NotFound(N_("There is no such person."))
    return person
