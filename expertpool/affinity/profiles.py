"""Experts and items of the database as the engine of affinities reads them; ids are keys of rows.

A person's works are what they wrote of themselves and the items that they led or contributed to; their
skills, like an item's, count by code and by name. In items that are being judged nobody's work counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.database import Key, batches, plain_rows
from expertpool.items.models import Item, ItemPerson, ItemRole, ItemSkill
from expertpool.people.models import Person, PersonSkill, Status
from expertpool.skills.models import Skill, Taxonomy
from expertpool.text import Profile


def of_pool(session: Session, *, but: Collection[int] = ()) -> list[Profile]:
    """Return the active people, by key; the items `but` are nobody's works. Four reads."""
    people = plain_rows(
        session,
        sa.select(Person.id, Person.bio)
        .where(Person.status == Status.ACTIVE, Person.merged_into_id.is_(None))
        .order_by(Person.id),
    )
    texts: dict[int, list[str]] = defaultdict(list)
    for id_, bio in people:
        if bio:
            texts[id_].append(bio)
    judged = frozenset(but)
    worked = sa.select(sa.type_coerce(ItemPerson.person_id, Key), Item.id, Item.title, Item.abstract).join(
        Item, Item.id == ItemPerson.item_id
    )
    roles = ItemPerson.role.in_((ItemRole.LEADER, ItemRole.CONTRIBUTOR))
    works = plain_rows(session, worked.where(roles, ItemPerson.person_id.is_not(None)).distinct())
    for person, item, title, abstract in works:
        if item not in judged:
            texts[person].append(_text(title, abstract))
    skills = _skills(session, sa.select(PersonSkill.person_id, PersonSkill.skill_id))
    return [Profile(str(id_), tuple(texts[id_]), skills[id_]) for id_, _ in people]


def of_items(session: Session, ids: Iterable[int]) -> list[Profile]:
    """Return items by title, abstract and skills. Three reads for each 5,000."""
    found = []
    for some in batches(sorted(ids)):
        items = plain_rows(session, sa.select(Item.id, Item.title, Item.abstract).where(Item.id.in_(some)))
        tagged = sa.select(ItemSkill.item_id, ItemSkill.skill_id).where(ItemSkill.item_id.in_(some))
        skills = _skills(session, tagged)
        found += [Profile(str(id_), (_text(title, abstract),), skills[id_]) for id_, title, abstract in items]
    return found


def skill_names(session: Session, skill_ids: Collection[int]) -> tuple[str, ...]:
    """Return skills as a profile has them: code with its taxonomy, and names."""
    return tuple(sorted(name for names in _named(session, skill_ids).values() for name in names))


def _skills(session: Session, held: sa.Select[int, int]) -> dict[int, tuple[str, ...]]:
    """Return the skills of each holder in rows of holder and skill: code with its taxonomy, and names."""
    rows = plain_rows(session, held)
    named = _named(session, {skill for _, skill in rows})
    found: dict[int, list[str]] = defaultdict(list)
    for holder, skill in rows:
        found[holder].extend(named[skill])
    return defaultdict(tuple, {holder: tuple(sorted(names)) for holder, names in found.items()})


def _named(session: Session, skill_ids: Collection[int]) -> dict[int, list[str]]:
    return {
        id_: _names(slug, code, zh, en)
        for some in batches(sorted(skill_ids))
        for id_, slug, code, zh, en in plain_rows(
            session,
            sa.select(Skill.id, Taxonomy.slug, Skill.code, Skill.name_zh, Skill.name_en)
            .join(Taxonomy, Taxonomy.id == Skill.taxonomy_id)
            .where(Skill.id.in_(some)),
        )
    }


def _names(slug: str, code: str | None, zh: str | None, en: str | None) -> list[str]:
    return [name for name in (f"{slug.upper()}:{code}" if code else None, zh, en) if name]


def _text(title: str, abstract: str | None) -> str:
    return f"{title}\n{abstract or ''}"
