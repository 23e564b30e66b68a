"""Who works or worked for an organisation: read here, because organisations know no people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from expertpool.people.models import Employment, Person

SHOWN = 50
"""Rows on the page of an organisation."""


def counts(session: Session, organisation_ids: Iterable[int]) -> dict[int, int]:
    """Return how many people each organisation employs now."""
    query = (
        sa.select(Employment.organisation_id, sa.func.count(sa.distinct(Employment.person_id)))
        .join(Person, Person.id == Employment.person_id)
        .where(
            Employment.organisation_id.in_(set(organisation_ids)),
            Employment.is_current,
            Person.merged_into_id.is_(None),
        )
        .group_by(Employment.organisation_id)
    )
    return {number: count for number, count in session.execute(query) if number is not None}


def of(session: Session, organisation_id: int, *, now: bool) -> Sequence[Employment]:
    """Return employments with their people: the present ones, or the earlier ones, by name."""
    query = (
        sa.select(Employment)
        .join(Employment.person)
        .where(*_of(organisation_id, now))
        .options(contains_eager(Employment.person))
        .order_by(Person.name_pinyin, Person.id, Employment.id)
        .limit(SHOWN)
    )
    return session.scalars(query).all()


def count(session: Session, organisation_id: int, *, now: bool) -> int:
    """Return how many employments `of` would return without its limit."""
    query = sa.select(sa.func.count(Employment.id)).join(Employment.person)
    return session.scalar(query.where(*_of(organisation_id, now))) or 0


def _of(organisation_id: int, now: bool) -> list[sa.ColumnElement[bool]]:
    present = Employment.is_current.is_(now)
    return [Employment.organisation_id == organisation_id, present, Person.merged_into_id.is_(None)]
