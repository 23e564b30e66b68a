"""Who holds the wanted skills, and how strongly: set-based for pools of any size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.items.models import ItemSkill
from expertpool.panels.scoring import ABOVE
from expertpool.people.models import PersonSkill
from expertpool.skills.models import Skill


@dataclass(frozen=True)
class Reach:
    """The skills that count for a wanted one: `holds` fully, `above` as the wider field only."""

    holds: frozenset[int]
    above: frozenset[int]


@dataclass(frozen=True)
class Strengths:
    """What one person has of the wanted skills, by id of the wanted skill, in (0, 1].

    `holds` names those that fill a seat: the skill itself, one below it, or one that means the same.
    A wider skill scores, but does not fill the seat.
    """

    by_skill: Mapping[int, float]

    @property
    def holds(self) -> dict[int, float]:
        return {skill: strength for skill, strength in self.by_skill.items() if strength >= 1}


NONE = Strengths({})


def reach_of(session: Session, wanted: Collection[int]) -> dict[int, Reach]:
    """Return for each wanted skill what counts for it."""
    return {skill_id: _reach(session, skill_id) for skill_id in sorted(wanted)}


def of_pool(session: Session, reaches: Mapping[int, Reach]) -> dict[int, Strengths]:
    """Return the strengths of everybody who has some, by id of the person."""
    worth: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for wanted, reach in reaches.items():
        for skill in reach.holds:
            worth[skill].append((wanted, 1.0))
        for skill in reach.above - reach.holds:
            worth[skill].append((wanted, ABOVE))
    rows = session.execute(
        sa.select(PersonSkill.person_id, PersonSkill.skill_id).where(PersonSkill.skill_id.in_(list(worth)))
    )
    found: dict[int, dict[int, float]] = defaultdict(dict)
    for person, skill in rows:
        for wanted, strength in worth[skill]:
            found[person][wanted] = max(strength, found[person].get(wanted, 0.0))
    return {person: Strengths(dict(sorted(each.items()))) for person, each in found.items()}


def skills_of_items(session: Session, item_ids: Collection[int]) -> list[int]:
    """Return the skills that the items call for."""
    query = sa.select(ItemSkill.skill_id).where(ItemSkill.item_id.in_(item_ids)).distinct()
    return sorted(session.scalars(query))


def _reach(session: Session, skill_id: int) -> Reach:
    skill = session.get_one(Skill, skill_id)
    same = _same(session, skill)
    below = sa.or_(*(Skill.path.startswith(each.path, autoescape=True) for each in same))
    holds = frozenset(session.scalars(sa.select(Skill.id).where(below))) | {each.id for each in same}
    holds |= frozenset(session.scalars(sa.select(Skill.id).where(Skill.same_as_id.in_(holds))))
    above = {int(part) for each in same for part in each.path.split("/") if part} - holds
    wider = frozenset(session.scalars(sa.select(Skill.id).where(Skill.same_as_id.in_(above))))
    return Reach(holds=holds, above=frozenset(above) | (wider - holds))


def _same(session: Session, skill: Skill) -> list[Skill]:
    """Return the skill and those that mean the same: linked by an office, or of the same name."""
    linked = [skill.id, *([skill.same_as_id] if skill.same_as_id else [])]
    means_it = sa.or_(Skill.id.in_(linked), Skill.same_as_id.in_(linked), Skill.name_key == skill.name_key)
    query = sa.select(Skill).where(means_it, Skill.retired_at.is_(None)).order_by(Skill.id)
    return list(session.scalars(query))
