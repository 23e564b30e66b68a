"""The people of whom a panel may be made: active, not merged into another."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.database import plain_rows
from expertpool.items.models import ItemPerson, ItemRole
from expertpool.organisations.models import Organisation, OrganisationKind
from expertpool.people.models import Employment, Person, Status


class Member(NamedTuple):
    """One person of the pool. `employer` is the key of the legal entity, None when unknown."""

    id: int
    number: str
    region: str | None
    party: str | None
    employer: str | None


def load(session: Session, only: Collection[int] | None = None) -> list[Member]:
    """Return the pool, or these people of it, by number. A department's people count for its parent body."""
    entities = _entities(session)
    query = (
        sa.select(
            Person.id,
            Person.number,
            Person.region,
            sa.type_coerce(Person.interest_party, sa.String),
            Employment.organisation_id,
            Employment.organisation_key,
        )
        .outerjoin(Employment, sa.and_(Employment.person_id == Person.id, Employment.is_current))
        .where(Person.status == Status.ACTIVE, Person.merged_into_id.is_(None))
        .order_by(Person.number)
    )
    rows = plain_rows(session, query if only is None else query.where(Person.id.in_(only)))
    return [
        Member(id_, number, region or None, party, _key(entities, organisation, key))
        for id_, number, region, party, organisation, key in rows
    ]


def drafters_employers(session: Session, item_ids: Collection[int]) -> frozenset[str]:
    """Return the employers of those who lead or contribute to the items."""
    rows = session.execute(
        sa.select(Employment.organisation_id, Employment.organisation_key)
        .join(ItemPerson, ItemPerson.person_id == Employment.person_id)
        .where(ItemPerson.item_id.in_(item_ids), Employment.is_current)
        .where(ItemPerson.role.in_((ItemRole.LEADER, ItemRole.CONTRIBUTOR)))
    )
    entities = _entities(session)
    keys = (_key(entities, organisation, key) for organisation, key in rows)
    return frozenset(key for key in keys if key is not None)


def _entities(session: Session) -> dict[int, int]:
    """Return for each department the organisation that it belongs to in the end."""
    parents: Mapping[int, int | None] = dict(
        session.execute(
            sa.select(Organisation.id, Organisation.parent_id).where(
                Organisation.kind == OrganisationKind.DEPARTMENT
            )
        ).all()
    )
    return {department: _top(department, parents) for department in parents}


def _top(department: int, parents: Mapping[int, int | None]) -> int:
    seen = {department}
    while (parent := parents.get(department)) is not None and parent not in seen:
        seen.add(parent)
        department = parent
    return department


def _key(entities: Mapping[int, int], organisation: int | None, text: str | None) -> str | None:
    if organisation is not None:
        return f"#{entities.get(organisation, organisation)}"
    return f"={text}" if text else None
