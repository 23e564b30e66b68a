"""Rows of the file of experts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.conflicts.names import organisation_key
from expertpool.database import batches
from expertpool.errors import N_, Invalid
from expertpool.exchange import words
from expertpool.exchange.bodies import Bodies
from expertpool.exchange.columns import COLUMNS, Kind
from expertpool.exchange.held_skills import SkillNames
from expertpool.exchange.known_people import whole
from expertpool.exchange.person_changes import PLAIN
from expertpool.organisations import service as organisations
from expertpool.people import listing
from expertpool.people.contacts import phone_of
from expertpool.people.employments import current
from expertpool.people.models import Employment, Person, PersonSkill
from expertpool.people.names import name_key
from expertpool.skills import service as skills
from expertpool.skills.models import Skill

CONDITIONS = ("skill", "organisation", "name", "region", "degree", "title", "gender", "grade", "status")


def rows(session: Session, where: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield one row for each person, in the order in which they came in. Raises `Invalid`."""
    query = sa.select(Person.id).where(Person.merged_into_id.is_(None))
    for field, value in where.items():
        query = query.where(_condition(session, field, value))
    yield from _rows(session, query)


def listed(session: Session, conditions: listing.Conditions) -> Iterator[dict[str, Any]]:
    """Yield one row for each person of a list of people."""
    yield from _rows(session, sa.select(Person.id).where(*listing.where(session, conditions)))


def _rows(session: Session, query: sa.Select[Any]) -> Iterator[dict[str, Any]]:
    bodies, names = Bodies(session), SkillNames(session)
    for some in batches(session.scalars(query.order_by(Person.id)).all(), 2_000):
        people = whole(session, some)
        for person_id in some:
            yield _row(people[person_id], bodies, names)
            session.expunge(people[person_id])


def _row(person: Person, bodies: Bodies, names: SkillNames) -> dict[str, Any]:
    employment = current(person)
    addresses = [each.address for each in person.addresses]
    held, codes = names.split([each.skill_id for each in person.skills])
    organisation_id = employment.organisation_id if employment else None
    return {field: getattr(person, field) for field in PLAIN} | {
        "external_id": person.number,
        "name": person.name,
        "email": addresses[:1],
        "other_emails": addresses[1:],
        "phone": phone_of(person),
        "organisation": bodies.name(organisation_id, employment.organisation_text if employment else ""),
        "organisation_code": bodies.code(organisation_id),
        "position": employment.position if employment else None,
        "languages": person.languages,
        "skills": held,
        "skill_codes": codes,
        "extra": person.extra,
    }


def _condition(session: Session, field: str, value: str) -> sa.ColumnElement[bool]:
    if field == "skill":
        return Person.id.in_(_holders(session, value))
    if field == "organisation":
        return Person.id.in_(_employees(session, value))
    if field == "name":
        return Person.name_key == name_key(value)
    if field not in CONDITIONS:
        raise Invalid(
            N_("%(name)s is no condition. Conditions are: %(known)s."),
            name=field,
            known=", ".join(CONDITIONS),
        )
    column = next(each for each in COLUMNS[Kind.EXPERTS] if each.field == field)
    if column.choice:
        value = words.words_of(column.choice).get(words.key(value), value)
    return sa.cast(getattr(Person, field), sa.String) == value


def _holders(session: Session, text: str) -> sa.Select[Any]:
    """Select who holds a skill, or one below it, or a tag that means the same."""
    found = skills.resolve(session, [text], [text]).get(text)
    if found is None:
        raise Invalid(N_("There is no skill %(value)s."), value=text)
    path = session.scalar(sa.select(Skill.path).where(Skill.id == found)) or ""
    below = sa.select(Skill.id).where(Skill.path.startswith(path, autoescape=True))
    alike = sa.select(Skill.id).where(sa.or_(Skill.id.in_(below), Skill.same_as_id.in_(below)))
    return sa.select(PersonSkill.person_id).where(PersonSkill.skill_id.in_(alike))


def _employees(session: Session, text: str) -> sa.Select[Any]:
    """Select who works now for an organisation, named by any of its names, its code, or as text."""
    found = organisations.resolve(session, [text]).get(text)
    return sa.select(Employment.person_id).where(
        Employment.is_current,
        sa.or_(Employment.organisation_id == found, Employment.organisation_key == organisation_key(text)),
    )
