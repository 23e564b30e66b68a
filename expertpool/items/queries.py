"""Read items."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from expertpool.errors import N_, NotFound
from expertpool.items.models import Item, ItemApplicant, ItemPerson, ItemSkill, Stage
from expertpool.skills.models import Skill


@dataclass(frozen=True)
class Wanted:
    """Conditions of a list of items; None means any."""

    text: str = ""
    kind: str | None = None
    stage: Stage | None = None
    skill_ids: frozenset[int] | None = None
    organisation_id: int | None = None
    person_id: int | None = None
    since: date | None = None
    until: date | None = None
    retired: bool = False


def get(session: Session, item_id: int) -> Item:
    """Return an item with its skills, applicants and people, or raise `NotFound`."""
    found = session.get(Item, item_id, options=WHOLE)
    if found is None:
        raise NotFound(N_("There is no such item."))
    return found


WHOLE = (
    selectinload(Item.skills).joinedload(ItemSkill.skill).joinedload(Skill.taxonomy),
    selectinload(Item.applicants).joinedload(ItemApplicant.organisation),
    selectinload(Item.people).joinedload(ItemPerson.person),
)


def by_number(session: Session, numbers: Iterable[str]) -> dict[str, Item]:
    """Return the items with `numbers`."""
    query = sa.select(Item).where(Item.number.in_(set(numbers)))
    return {found.number: found for found in session.scalars(query)}


def search(wanted: Wanted) -> sa.Select[Item]:
    """Select the items that meet `wanted`, with what a list shows; the caller gives the order."""
    shown = (
        selectinload(Item.skills).joinedload(ItemSkill.skill),
        selectinload(Item.applicants).joinedload(ItemApplicant.organisation),
    )
    return sa.select(Item).where(*_conditions(wanted)).options(*shown)


def counts(session: Session, wanted: Wanted, column: Any) -> dict[Any, int]:
    """Return how many items that meet `wanted` have each value of `column`, most first."""
    number = sa.func.count()
    query = (
        sa.select(column, number)
        .where(*_conditions(wanted), column.is_not(None))
        .group_by(column)
        .order_by(number.desc(), column)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def count(session: Session, wanted: Wanted) -> int:
    """Return how many items meet `wanted`."""
    return session.scalar(sa.select(sa.func.count(Item.id)).where(*_conditions(wanted))) or 0


def kinds(session: Session) -> list[str]:
    """Return what the office calls its items, in order."""
    query = sa.select(Item.kind).where(Item.kind.is_not(None)).distinct().order_by(Item.kind)
    return [kind for kind in session.scalars(query) if kind]


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    retired = Item.retired_at.is_not(None) if wanted.retired else Item.retired_at.is_(None)
    conditions: list[sa.ColumnElement[bool]] = [retired]
    if wanted.text.strip():
        conditions.append(_about(wanted.text.strip()))
    for column, value in ((Item.kind, wanted.kind), (Item.stage, wanted.stage)):
        if value is not None:
            conditions.append(column == value)
    if wanted.skill_ids is not None:
        conditions.append(_has(ItemSkill.item_id, ItemSkill.skill_id.in_(wanted.skill_ids)))
    if wanted.organisation_id is not None:
        conditions.append(
            _has(ItemApplicant.item_id, ItemApplicant.organisation_id == wanted.organisation_id)
        )
    if wanted.person_id is not None:
        conditions.append(_has(ItemPerson.item_id, ItemPerson.person_id == wanted.person_id))
    if wanted.since is not None:
        conditions.append(Item.dated >= wanted.since)
    if wanted.until is not None:
        conditions.append(Item.dated <= wanted.until)
    return conditions


def _has(item_id: Any, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return Item.id.in_(sa.select(item_id).where(condition))


def _about(text: str) -> sa.ColumnElement[bool]:
    """Compare with number, title and applicants; every word must stand somewhere."""
    return sa.and_(
        *(
            sa.or_(
                Item.number.icontains(word, autoescape=True),
                Item.title.icontains(word, autoescape=True),
                _has(ItemApplicant.item_id, ItemApplicant.organisation_text.icontains(word, autoescape=True)),
            )
            for word in text.split()
        )
    )
