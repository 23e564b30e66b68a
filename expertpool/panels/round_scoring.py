"""Scores of all pairs of a round that matter, by the parts of `panels.scoring`, sparse and by whole columns.

Items that call for the same skills share one column: who holds some of them, how strongly, with what
experience. Scored by texts, each item has its own (see `round_texts`). Work on items of the round itself is
no experience.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
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
    """Who scores on an item (sorted indexes), and two parts: how they fit it, and their experience."""

    people: Ints
    fit: Floats
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
        self.fit = "skill"
        """The name of the first part."""
        of_skills = cache(self._column)
        self.column: Callable[[int], Column] = lambda item: of_skills(self.items[item])

    def by_texts(self, columns: Mapping[int, Column]) -> Scores:
        """Return the scores of the same people if the columns of items, whose fit texts tell, are these."""
        other = copy(self)
        other.fit, other.column = "text", columns.__getitem__
        return other

    def of_item(self, item: int) -> tuple[Ints, Floats]:
        """Return who scores on an item, and how much."""
        column = self.column(item)
        total = WEIGHTS["skill"] * column.fit + WEIGHTS["experience"] * column.experience
        total = total + WEIGHTS["rotation"] * self.rotation[column.people]
        return column.people, total + WEIGHTS["balance"] * self.balance[column.people]

    def parts(self, item: int, person: int) -> dict[str, float]:
        """Return the weighted parts of one pair's score; a pair without a score has none."""
        column = self.column(item)
        place = int(np.searchsorted(column.people, person))
        if place >= column.people.size or column.people[place] != person:
            return {}
        values = {
            self.fit: WEIGHTS["skill"] * column.fit[place],
            "experience": WEIGHTS["experience"] * column.experience[place],
            "rotation": WEIGHTS["rotation"] * self.rotation[person],
            "balance": WEIGHTS["balance"] * self.balance[person],
        }
        return {name: round(float(value), 6) for name, value in values.items()}

    def holders(self, skills: frozenset[int]) -> Ints:
        """Return who holds some of the skills; everybody where none is called for."""
        held = set().union(*(self._holders[skill] for skill in skills)) if skills else range(self._size)
        return np.array(sorted(held), np.int64)

    def experience(self, skills: frozenset[int], people: Ints) -> Floats:
        """Return what people's experience in the skills of an item is worth."""
        found = np.zeros(self._size)
        worked = Counter(person for person, _ in set().union(*(self._works[each] for each in skills)))
        for person, count in worked.items():
            found[person] = scoring.experience(count)
        return found[people]

    def _column(self, skills: frozenset[int]) -> Column:
        held: dict[int, dict[int, float]] = defaultdict(dict)
        for skill in skills:
            for person, strength in self._holders[skill].items():
                held[person][skill] = strength
        wanted = dict.fromkeys(skills, 1)
        people = self.holders(skills)
        fit = [scoring.skill(held[each], wanted) if skills else 0.0 for each in people.tolist()]
        return Column(people, np.array(fit, np.float64), self.experience(skills, people))


def _balance(members: Collection[Member]) -> Floats:
    regions = shares([member.region for member in members])
    parties = shares([member.party for member in members])
    return np.array([scoring.balance(regions.get(each.region), parties.get(each.party)) for each in members])
