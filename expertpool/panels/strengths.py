"""Who holds the wanted skills, and how strongly: set-based for pools of any size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.items.models import ItemSkill
from expertpool.panels.scoring import ABOVE
from expertpool.people.models import PersonSkill
from expertpool.skills import queries


@dataclass(frozen=True)
class Reach:
    """The skills that count for a wanted one: `holds` fully, `above` as the wider field only."""

    holds: frozenset[int]
    above: frozenset[int]


@dataclass(frozen=True, eq=False)
class Strengths:
    """What one person has of the wanted skills, by id of the wanted skill, in (0, 1].

    People with equal strengths share one object, so that what follows from them is found once.
    """

    by_skill: Mapping[int, float]

    @property
    def holds(self) -> dict[int, float]:
        """Those that fill a seat: the skill itself, one below it, or one that means the same.

        A wider skill scores, but does not fill the seat.
        """
        return {skill: strength for skill, strength in self.by_skill.items() if strength >= 1}


NONE = Strengths({})


def reach_of(session: Session, wanted: Collection[int]) -> dict[int, Reach]:
    """Return for each wanted skill what counts for it."""
    holds = queries.expand(session, wanted)
    lines = queries.lines(session, queries.by_ids(session, wanted).values())
    return {
        skill: Reach(holds[skill], frozenset(each.id for each in lines[skill]) - holds[skill])
        for skill in sorted(wanted)
    }


def of_pool(session: Session, reaches: Mapping[int, Reach]) -> dict[int, Strengths]:
    """Return the strengths of everybody who has some, by id of the person."""
    worth: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for wanted, reach in reaches.items():
        for skill in reach.holds:
            worth[skill].append((wanted, 1.0))
        for skill in reach.above:
            worth[skill].append((wanted, ABOVE))
    rows = session.execute(
        sa.select(PersonSkill.person_id, PersonSkill.skill_id).where(PersonSkill.skill_id.in_(list(worth)))
    )
    found: dict[int, dict[int, float]] = defaultdict(dict)
    for person, skill in rows:
        for wanted, strength in worth[skill]:
            found[person][wanted] = max(strength, found[person].get(wanted, 0.0))
    shared = cache(lambda strengths: Strengths(dict(strengths)))
    return {person: shared(tuple(sorted(each.items()))) for person, each in found.items()}


def skills_of_items(session: Session, item_ids: Collection[int]) -> list[int]:
    """Return the skills that the items call for."""
    query = sa.select(ItemSkill.skill_id).where(ItemSkill.item_id.in_(item_ids)).distinct()
    return sorted(session.scalars(query))
