"""One question: the item side indexed, the policy's rules that are asked, and their look-backs."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from expertpool.conflicts.dates import LookBack
from expertpool.conflicts.facts import (
    Id,
    Item,
    ItemSide,
    Person,
    PersonRef,
    Relation,
    Work,
    inverse,
)
from expertpool.conflicts.names import person_key
from expertpool.conflicts.policy import Certainty, Policy
from expertpool.conflicts.stakes import Stakes
from expertpool.conflicts.standings import Standing, Standings, people_behind, people_excluded


class Asking:
    """The item side, turned inside out, so that most people cost a few look-ups."""

    def __init__(self, side: ItemSide, policy: Policy, on: date) -> None:
        self.side, self.policy, self.on = side, policy, on
        self.items = side.items
        self.rules = {
            rule: LookBack(treatment, on, undated_expire=policy.undated_expire)
            for rule, treatment in policy.rules.items()
        }
        self.stakes = Stakes(side)
        self.behind = Standings(people_behind(side.items))
        self.excluded = Standings(people_excluded(side.items))
        self.positions: dict[Id, list[int]] = defaultdict(list)
        for position, item in enumerate(side.items):
            for part in (item, *item.parts):
                self.positions[part.id].append(position)
        self.in_round: dict[str, list[tuple[int, Item]]] = defaultdict(list)
        for position, item in enumerate(side.items):
            if item.round is not None:
                self.in_round[item.round].append((position, item))
        self.shared_works: dict[Id, list[tuple[Standing, Work, Certainty]]] = defaultdict(list)
        self.told_of_names: dict[str, list[tuple[Standing, Relation]]] = defaultdict(list)
        for person in side.people:
            self._learn_from(person)

    def _learn_from(self, person: Person) -> None:
        """Index an item person's works, and the people whom they named by text alone."""
        for standing, certainty in self._standings_of(person):
            for work in person.works:
                if standing.item not in self.positions.get(work.item, ()):
                    self.shared_works[work.item].append((standing, work, certainty))
            if certainty is Certainty.CERTAIN:
                for relation in person.relations:
                    other = relation.other
                    if isinstance(other, PersonRef) and other.id is None and other.name:
                        seen = Relation(
                            inverse(relation.kind),
                            standing.ref,
                            relation.since,
                            relation.until,
                            relation.source,
                        )
                        self.told_of_names[person_key(other.name)].append((standing, seen))

    def _standings_of(self, person: Person) -> list[tuple[Standing, Certainty]]:
        if person.id is not None:
            return [(standing, Certainty.CERTAIN) for standing in self.behind.of_person(person)]
        return [
            (standing, Certainty.POSSIBLE)
            for standing in self.behind.namesakes_of(person)
            if standing.ref.id is None
        ]
