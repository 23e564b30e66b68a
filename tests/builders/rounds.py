"""Small rounds, and every assignment of them, written apart from the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, product

from hypothesis import strategies as st

from expertpool.matching.rounds.problem import Round, make_round
from tests.builders.chance import dice

Assignment = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """What `make_round` is given."""

    scores: dict[tuple[str, str], float]
    per_item: int
    most: int
    least: int = 0
    bans: frozenset[tuple[str, str]] = frozenset()
    locks: frozenset[tuple[str, str]] = frozenset()
    scored_only: bool = False
    crowds: tuple[tuple[str, tuple[str, ...], int], ...] = ()
    loads: dict[str, int] = field(default_factory=dict)

    def round(self) -> Round:
        return make_round(
            self.scores,
            per_item=self.per_item,
            most=self.most,
            least=self.least,
            loads=self.loads,
            bans=self.bans,
            locks=self.locks,
            scored_only=self.scored_only,
            crowds=self.crowds,
        )

    def ids(self) -> tuple[list[str], list[str]]:
        known = [*self.scores, *self.bans, *self.locks]
        return sorted({item for item, _ in known}), sorted({reviewer for _, reviewer in known})

    def total(self, pairs: Assignment) -> float:
        return sum(self.scores.get(pair, 0.0) for pair in pairs)

    def worst(self, pairs: Assignment) -> float:
        return min(
            sum(self.scores.get(pair, 0.0) for pair in pairs if pair[0] == item) for item in self.ids()[0]
        )

    def holds(self, pairs: Assignment) -> bool:
        """Whether every rule holds."""
        items, reviewers = self.ids()
        seats, loads = Counter(item for item, _ in pairs), Counter(reviewer for _, reviewer in pairs)
        most = {each: self.loads.get(each, self.most) for each in reviewers}
        return (
            all(seats[item] == self.per_item for item in items)
            and all(min(self.least, most[each]) <= loads[each] <= most[each] for each in reviewers)
            and self.locks <= pairs
            and not self.bans & pairs
            and not (self.scored_only and pairs - self.scores.keys() - self.locks)
            and all(
                sum((item, member) in pairs for member in members) <= limit
                for item in items
                for _, members, limit in self.crowds
            )
        )

    def all(self) -> Iterator[Assignment]:
        """Yield every assignment that holds every rule."""
        items, reviewers = self.ids()
        for teams in product(combinations(reviewers, self.per_item), repeat=len(items)):
            pairs = frozenset(
                (item, member) for item, team in zip(items, teams, strict=True) for member in team
            )
            if self.holds(pairs):
                yield pairs


@st.composite
def asked_rounds(draw: st.DrawFn, *, crowds: bool = False, locks: bool = True) -> Asked:
    """Rounds of up to 3 items and 5 reviewers, many of them with ties, some that can't be filled."""
    items = [f"i{number}" for number in range(draw(st.integers(1, 3)))]
    reviewers = [f"r{number}" for number in range(draw(st.integers(2, 5)))]
    per_item, most, least = draw(st.integers(1, 2)), draw(st.integers(1, 3)), draw(st.integers(0, 1))
    random = draw(dice())
    pairs = list(product(items, reviewers))
    values = draw(st.sampled_from(SCORES))
    scored = random.sample(pairs, random.randint(len(pairs) // 2, len(pairs)))
    special = {pair: random.choice([-1, -1, 1]) for pair in random.sample(pairs, random.choice([0, 0, 1, 2]))}
    couples = random.choices(list(combinations(reviewers, 2)), k=random.randint(0, 3) if crowds else 0)
    groups = tuple((str(couple), couple, 1) for couple in couples)
    if crowds and random.random() < 0.5:
        groups += (("employer", tuple(reviewers[:3]), random.randint(1, 2)),)
    return Asked(
        {pair: random.choice([*values, round(random.random(), 3)]) for pair in scored},
        per_item,
        most,
        least,
        frozenset(pair for pair, value in special.items() if value == -1),
        frozenset(pair for pair, value in special.items() if value == 1 and locks),
        random.random() < 0.3,
        groups,
        {random.choice(reviewers): random.randint(0, 3)} if random.random() < 0.4 else {},
    )


SCORES = [(-0.5, 0.0, 0.25, 0.5, 1.0), (0.0, 0.5, 1.0), (0.5,), (-1.0, -0.5, 0.0), (0.3, -0.7)]
"""Scores that come again and again in one round, so that totals are equal."""
