"""Read skills and taxonomies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from expertpool.errors import N_, NotFound
from expertpool.skills.models import OWN, Skill, Taxonomy
from expertpool.skills.names import skill_key


def get(session: Session, skill_id: int) -> Skill:
    """Return a skill, or raise `NotFound`."""
    found = session.get(Skill, skill_id, options=[joinedload(Skill.taxonomy)])
    if found is None:
        raise NotFound(N_("There is no such skill."))
    return found


def by_ids(session: Session, ids: Iterable[int]) -> dict[int, Skill]:
    """Return the skills with `ids`."""
    query = sa.select(Skill).where(Skill.id.in_(set(ids))).options(joinedload(Skill.taxonomy))
    return {found.id: found for found in session.scalars(query)}


def expand(session: Session, skill_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Return, for each wanted skill, the ids of all that satisfy it.

    These are itself, its descendants, what means the same as any of them (and the descendants of that),
    and tags still to be placed whose text is the name of one of them.
    """
    wanted = set(skill_ids)
    reached: set[tuple[int, int]] = set()
    fresh = {(each, each) for each in wanted}
    while fresh:
        whole = (fresh | _below(session, fresh)) - reached
        reached |= whole
        fresh = _alike(session, whole) - reached
    result: dict[int, set[int]] = {each: set() for each in wanted}
    for each, number in reached:
        result[each].add(number)
    return {each: frozenset(numbers) for each, numbers in result.items()}


def _below(session: Session, pairs: set[tuple[int, int]]) -> set[tuple[int, int]]:
    above, below = aliased(Skill), aliased(Skill)
    query = sa.select(above.id, below.id).join(below, below.path.like(above.path.concat("%")))
    return _follow(pairs, session.execute(query.where(above.id.in_({number for _, number in pairs}))))


def _alike(session: Session, pairs: set[tuple[int, int]]) -> set[tuple[int, int]]:
    one, other = aliased(Skill), aliased(Skill)
    ids = {number for _, number in pairs}
    by_text = sa.and_(other.to_be_placed, other.name_key == one.name_key)
    query: sa.CompoundSelect[Any] = sa.union_all(
        sa.select(one.id, other.id).join(other, other.same_as_id == one.id).where(one.id.in_(ids)),
        sa.select(one.id, one.same_as_id).where(one.same_as_id.is_not(None), one.id.in_(ids)),
        sa.select(one.id, other.id).join(other, by_text).where(one.id.in_(ids)),
    )
    return _follow(pairs, session.execute(query))


def _follow(pairs: set[tuple[int, int]], rows: Iterable[Any]) -> set[tuple[int, int]]:
    """Return `pairs` with their second skills replaced by those that `rows` lead to."""
    steps: dict[int, list[int]] = {}
    for start, end in rows:
        steps.setdefault(start, []).append(end)
    return {(wanted, end) for wanted, number in pairs for end in steps.get(number, [])}


def lines(session: Session, skills: Iterable[Skill]) -> dict[int, list[Skill]]:
    """Return for each skill the skills from its root down to itself."""
    paths = {skill.id: [int(part) for part in skill.path.strip("/").split("/")] for skill in skills}
    found = by_ids(session, {number for path in paths.values() for number in path})
    return {number: [found[each] for each in path] for number, path in paths.items()}


@dataclass(frozen=True)
class Branch:
    """A skill as a tree shows it, with the number of skills right below."""

    skill: Skill
    below: int


def level(session: Session, taxonomy_id: int, parent_id: int | None) -> list[Branch]:
    """Return the skills right below `parent_id` (None: the roots) that are not retired, in order."""
    child = aliased(Skill)
    count = (
        sa.select(sa.func.count())
        .where(child.parent_id == Skill.id, child.retired_at.is_(None))
        .scalar_subquery()
    )
    query = (
        sa.select(Skill, count)
        .where(Skill.taxonomy_id == taxonomy_id, Skill.retired_at.is_(None), ~Skill.to_be_placed)
        .where(Skill.parent_id.is_(None) if parent_id is None else Skill.parent_id == parent_id)
        .order_by(Skill.code, Skill.name_key, Skill.id)
    )
    return [Branch(skill, below) for skill, below in session.execute(query)]


@dataclass(frozen=True)
class Counted:
    """A taxonomy with the number of its skills, and of those to be placed."""

    taxonomy: Taxonomy
    skills: int
    to_be_placed: int


def taxonomies(session: Session) -> list[Counted]:
    """Return all taxonomies, the office's own first."""
    present = sa.func.count(Skill.id).filter(Skill.retired_at.is_(None), ~Skill.to_be_placed)
    waiting = sa.func.count(Skill.id).filter(Skill.retired_at.is_(None), Skill.to_be_placed)
    query = (
        sa.select(Taxonomy, present, waiting)
        .outerjoin(Skill, Skill.taxonomy_id == Taxonomy.id)
        .group_by(Taxonomy.id)
        .order_by(Taxonomy.slug != OWN, Taxonomy.id)
    )
    return [Counted(*row) for row in session.execute(query)]


def search(text: str, *, taxonomy_id: int | None = None) -> sa.Select[Skill]:
    """Select the skills whose code begins with `text`, or whose names contain it; exact ones first."""
    key = skill_key(text)
    code = text.strip().partition(":")[2] or text.strip()
    name_en = sa.func.lower(sa.func.replace(Skill.name_en, " ", ""))
    query = (
        sa.select(Skill)
        .where(
            Skill.retired_at.is_(None),
            sa.or_(
                Skill.code.startswith(code, autoescape=True),
                Skill.name_key.contains(key, autoescape=True),
                name_en.contains(key, autoescape=True),
            ),
        )
        .options(joinedload(Skill.taxonomy))
        .order_by(
            sa.case((Skill.code == code, 0), (Skill.name_key == key, 1), (name_en == key, 1), else_=2),
            Skill.taxonomy_id,
            Skill.code,
            Skill.id,
        )
    )
    return query if taxonomy_id is None else query.where(Skill.taxonomy_id == taxonomy_id)


def to_be_placed() -> sa.Select[Skill]:
    """Select the tags that wait for their place, by name."""
    return (
        sa.select(Skill)
        .where(Skill.to_be_placed, Skill.retired_at.is_(None))
        .order_by(Skill.name_key, Skill.id)
    )


def names(session: Session) -> Sequence[sa.Row[int, str, str | None]]:
    """Return id, key and English name of every placed skill that is not retired."""
    query = sa.select(Skill.id, Skill.name_key, Skill.name_en).where(
        Skill.retired_at.is_(None), ~Skill.to_be_placed
    )
    return session.execute(query).all()


def standing_for(session: Session, skill_id: int) -> Sequence[Skill]:
    """Return the tags that mean the same as a skill, or were merged into it."""
    query = sa.select(Skill).where(Skill.same_as_id == skill_id).options(joinedload(Skill.taxonomy))
    return session.scalars(query.order_by(Skill.name_key, Skill.id)).all()
