"""What people worked on, as the conflict engine sees it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.conflicts import facts
from expertpool.database import batches
from expertpool.items.models import Item, ItemPerson, ItemRole, ItemSkill

ROLES = {ItemRole.LEADER: facts.Role.LEADS, ItemRole.CONTRIBUTOR: facts.Role.CONTRIBUTES}
ROUND_COLUMNS = ("批次", "轮次", "round")
"""Imported columns that name the round an item was handed in for."""


def item_skills(session: Session, item_ids: Collection[int]) -> dict[int, frozenset[facts.Id]]:
    """Return the skills that these items call for, by item."""
    found: dict[int, set[facts.Id]] = defaultdict(set)
    for some in batches(item_ids):
        query = sa.select(ItemSkill.item_id, ItemSkill.skill_id).where(ItemSkill.item_id.in_(some))
        for item, skill in session.execute(query):
            found[item].add(skill)
    return {item: frozenset(held) for item, held in found.items()}


def round_of(row: Any) -> str | None:
    """Return the item's round: as imported, else its kind and date."""
    for column in ROUND_COLUMNS:
        if (row.extra or {}).get(column):
            return str(row.extra[column])
    return f"{row.kind or ''}@{row.dated.isoformat()}" if row.dated else None


def works_of(session: Session, condition: sa.ColumnElement[bool], owner: Any) -> dict[Any, list[facts.Work]]:
    """Return what the people of `condition`, on rows of items' people, worked on, by `owner`."""
    query = (
        sa.select(owner, ItemPerson.role, Item.id, Item.title, Item.kind, Item.dated, Item.extra)
        .join(Item, Item.id == ItemPerson.item_id)
        .where(condition, ItemPerson.role.in_(list(ROLES)))
        .order_by(ItemPerson.id)
    )
    rows = session.execute(query).all()
    skills = item_skills(session, {row.id for row in rows})
    found: dict[Any, list[facts.Work]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(
            facts.Work(
                item=row.id,
                title=row.title,
                role=ROLES[row.role],
                since=row.dated,
                until=row.dated,
                round=round_of(row),
                kind=row.kind,
                skills=skills.get(row.id, frozenset()),
            )
        )
    return found
