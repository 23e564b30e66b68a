"""Scores of all pairs of a round that matter, by the parts of `panels.scoring`, sparse and by whole columns.

Items that call for the same skills share one column: who holds some of them, how strongly, with what
experience. Work on items of the round itself is no experience.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import numpy as np
from sqlalchemy.orm import Session

from expertpool.matching.problem import WEIGHTS
from expertpool.matching.rounds.problem import Floats, Ints
from expertpool.panels import history, scoring, strengths
from expertpool.panels.composition import shares
from expertpool.panels.pool import Member


@dataclass(frozen=True)
class Column:
    """The people (sorted indexes) who may score on items with the same skills, and their two parts."""

    people: Ints
    skill: Floats
    experience: Floats


class Scores:
    """The scores of items, by the skills that each calls for (ids), and members of the pool."""

    def __init__(
        self,
        session: Session,
        items: Mapping[int, frozenset[int]],
        members: Sequence[Member],
        cap: int | None,
        on: date,
        now: datetime,
    ) -> None:
        self.items = items
        wanted = frozenset().union(*items.values())
        reaches = strengths.reach_of(session, wanted)
        index = {member.id: place for place, member in enumerate(members)}
        self._size = len(members)
        self._holders: dict[int, dict[int, float]] = defaultdict(dict)
        for person, held in strengths.of_pool(session, reaches).items():
            if person in index:
                for skill, strength in held.by_skill.items():
                    self._holders[skill][index[person]] = strength
        holds = frozenset().union(*(each.holds for each in reaches.values()))
        works = history.works(session, holds, items, now=now)
        self._works = {
            skill: {
                (index[person], work)
                for held in reach.holds
                for person, work in works[held]
                if person in index
            }
            for skill, reach in reaches.items()
        }
        recent = history.recent_reviews(session, on, None, now=now)
        self.rotation = np.array([scoring.rotation(recent.get(each.id, 0), cap) for each in members])
        self.balance = _balance(members)
        self.column = cache(self._column)

    def of_item(self, item: int) -> tuple[Ints, Floats]:
        """Return who scores on an item, and how much."""
        column = self.column(self.items[item])
        total = WEIGHTS["skill"] * column.skill + WEIGHTS["experience"] * column.experience
        total = total + WEIGHTS["rotation"] * self.rotation[column.people]
        return column.people, total + WEIGHTS["balance"] * self.balance[column.people]

    def parts(self, item: int, person: int) -> dict[str, float]:
        """Return the weighted parts of one pair's score; a pair without a score has none."""
        column = self.column(self.items[item])
        place = int(np.searchsorted(column.people, person))
        if place >= column.people.size or column.people[place] != person:
            return {}
        values = {
            "skill": column.skill[place],
            "experience": column.experience[place],
            "rotation": self.rotation[person],
            "balance": self.balance[person],
        }
        return {name: round(float(WEIGHTS[name] * value), 6) for name, value in values.items()}

    def _column(self, skills: frozenset[int]) -> Column:
        held: dict[int, dict[int, float]] = defaultdict(dict)
        for skill in skills:
            for person, strength in self._holders[skill].items():
                held[person][skill] = strength
        wanted = dict.fromkeys(skills, 1)
        worked = Counter(person for person, _ in set().union(*(self._works[each] for each in skills)))
        people = sorted(held) if skills else list(range(self._size))
        return Column(
            np.array(people, np.int64),
            np.array([scoring.skill(held[each], wanted) if skills else 0.0 for each in people], np.float64),
            np.array([scoring.experience(worked[each]) for each in people], np.float64),
        )


def _balance(members: Collection[Member]) -> Floats:
    regions = shares([member.region for member in members])
    parties = shares([member.party for member in members])
    return np.array([scoring.balance(regions.get(each.region), parties.get(each.party)) for each in members])
