"""Rows of the file of items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from expertpool.exchange.bodies import Bodies
from expertpool.exchange.columns import Kind
from expertpool.exchange.conditions import refuse
from expertpool.exchange.held_skills import SkillNames
from expertpool.exchange.planning_items import ROLES
from expertpool.items.models import Item, ItemPerson
from expertpool.people.models import Person


def rows(session: Session, where: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield one row for each item that is offered for review."""
    refuse(Kind.ITEMS, where)
    bodies, names = Bodies(session), SkillNames(session)
    named = sa.select(Person).join(ItemPerson, ItemPerson.person_id == Person.id).distinct()
    known = {person.id: person for person in session.scalars(named)}
    query = sa.select(Item).where(Item.retired_at.is_(None)).order_by(Item.id)
    options = (selectinload(Item.skills), selectinload(Item.applicants), selectinload(Item.people))
    for item in session.scalars(query.options(*options)):
        held, codes = names.split([each.skill_id for each in item.skills])
        people = {
            column: [_person(each, known) for each in item.people if each.role is role]
            for column, role in ROLES.items()
        }
        yield people | {
            "external_id": item.number,
            "title": item.title,
            "abstract": item.abstract,
            "kind": item.kind,
            "skills": held,
            "skill_codes": codes,
            "applicants": [bodies.name(a.organisation_id, a.organisation_text) for a in item.applicants],
            "date": item.dated,
            "extra": item.extra,
        }


def _person(person: ItemPerson, known: dict[int, Person]) -> str:
    """Return `Name<address>` where an address is known, else the number, else the name."""
    owner = known.get(person.person_id or 0)
    name = owner.name if owner else person.name
    if person.address:
        return f"{name}<{person.address}>" if name != person.address else name
    return owner.number if owner else name
