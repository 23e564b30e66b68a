"""Who holds skills and which items call for them: read here, because skills know neither."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.items.models import Item, ItemSkill
from expertpool.people.models import Person, PersonSkill, Status
from expertpool.skills import queries


def people_and_items(session: Session, skill_id: int) -> tuple[int, int]:
    """Return how many active people satisfy a skill, and how many items call for it or for what it holds."""
    ids = queries.expand(session, [skill_id])[skill_id]
    people = (
        sa.select(sa.func.count(sa.distinct(PersonSkill.person_id)))
        .join(Person, Person.id == PersonSkill.person_id)
        .where(PersonSkill.skill_id.in_(ids), Person.status == Status.ACTIVE, Person.merged_into_id.is_(None))
    )
    items = (
        sa.select(sa.func.count(sa.distinct(ItemSkill.item_id)))
        .join(Item, Item.id == ItemSkill.item_id)
        .where(ItemSkill.skill_id.in_(ids), Item.retired_at.is_(None))
    )
    return session.scalar(people) or 0, session.scalar(items) or 0


def counts(session: Session, skill_ids: Iterable[int]) -> dict[int, int]:
    """Return how many people hold each skill itself."""
    query = (
        sa.select(PersonSkill.skill_id, sa.func.count())
        .where(PersonSkill.skill_id.in_(set(skill_ids)))
        .group_by(PersonSkill.skill_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}
