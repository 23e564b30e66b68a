"""The candidates in ranking order, and a reduction of them that keeps every optimum's best names.

Why the reduction is safe. Rank candidates by score, ties by id. A person c may be left out when enough people
ranked before c, kept, are *as useful*: same interest party (when a party is capped), every wanted skill, the
chair and every wanted share that c has. Take a best panel with c in it; its other n-1 members block at most
n-1 of those people: by being one of them, or by filling an organisation, which blocks at most the cap, and
took the cap in members to fill (the list holds at most the cap of one organisation). A member blocks at most
one more by a pair kept apart (the list admits nobody whose opposite is already an opposite of the list), and
only people with an opposite; so n are enough, and one more for each such person up to n-1. Where regions are
capped, a full region took the cap in members to fill, and blocks at most the cap if no more than the cap of
each region are counted: one more for each member, n-1 in all. People of c's own region need no such
allowance: c leaves a place there. If c is needed for the number of regions m, the others have m-1 regions:
people of those are blocked too, hence the m-1 largest regions do not count; or all are of c's own region. Or
else: as many of c's own organisation and region as the cap allows, without opposites, are ranked before c, so
one of them is not on the panel. Each time some unblocked person replaces c, no rule breaks, the score does
not fall, and among equal scores the names come earlier; repeat until nobody left out sits. Adding a person to
the kept ones, or locking one, keeps the proof. Where rules give way, a region or an organisation beyond its
cap blocks nobody more: it has more members.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from expertpool.matching.problem import Candidate, PanelProblem
from expertpool.matching.scores import scorer


class Entry(NamedTuple):
    """A candidate, what the panel gains by them (millionths), and the quotas they help to fill, as bits."""

    candidate: Candidate
    value: int
    bits: int


def may_sit(problem: PanelProblem) -> Callable[[Candidate], bool]:
    """Return the test of who is neither barred nor excluded nor over the year's load."""
    most = problem.rules.max_load

    def test(candidate: Candidate) -> bool:
        rested = most is None or candidate.load < most
        return rested and not candidate.findings and candidate.id not in problem.exclude

    return test


def rank(problem: PanelProblem, candidates: Iterable[Candidate]) -> list[Entry]:
    """Return entries of the candidates: the highest score first, equal scores by id."""
    skills = [(want.skill, 1 << index) for index, want in enumerate(problem.wanted)]
    chair = 1 << len(skills)
    shares = [(share.parties, chair << 1 << index) for index, share in enumerate(problem.rules.min_shares)]

    def bits(candidate: Candidate) -> int:
        found = chair if problem.rules.chair and candidate.may_chair else 0
        for skill, bit in skills if candidate.skills else ():
            if candidate.skills.get(skill, 0) > 0:
                found |= bit
        for parties, bit in shares:
            if candidate.party in parties:
                found |= bit
        return found

    score = scorer(problem.weights)
    entries = [Entry(each, score(each), bits(each)) for each in candidates]
    entries.sort(key=lambda entry: entry.candidate.id)
    entries.sort(key=attrgetter("value"), reverse=True)
    return entries


def opposites(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return for each id the ids that it is paired with."""
    found: dict[str, set[str]] = {}
    for one, other in pairs:
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the reduction must respect: the largest size, the caps, the number of regions, the pairs apart.

    `of_one_organisation` people as useful from c's own organisation make c needless; None never.
    """

    size: int
    per_organisation: int | None
    of_one_organisation: int | None
    regions: int
    by_party: bool
    per_region: int | None = None
    apart: Mapping[str, set[str]] = field(default_factory=dict)


def bounds_of(problem: PanelProblem, size: int, of_one_organisation: int | None) -> Bounds:
    """Return what the reduction must respect for panels of at most `size`."""
    rules = problem.rules
    return Bounds(
        size=size,
        per_organisation=rules.max_per_organisation,
        of_one_organisation=of_one_organisation,
        regions=rules.min_regions,
        by_party=rules.max_share_of_one_party is not None,
        per_region=rules.max_per_region,
        apart=opposites(problem.apart),
    )


_NOBODY: frozenset[str] = frozenset()


class _Crowd:
    """People as useful as a certain kind of person, while they are too few to make that kind needless."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.by_region = bool(bounds.regions) or bounds.per_region is not None
        self.organisations: Counter[str] = Counter()
        self.regions: Counter[str | None] = Counter()
        self.colleagues: Counter[tuple[str, str | None]] = Counter()
        self.touched: set[str] = set()
        self.enough = bounds.size
        self.full = False

    def covers(self, person: Candidate) -> bool:
        region = person.region if self.by_region else None
        if self.full or self.regions[region] >= self.enough:
            return True
        most, employer = self.bounds.of_one_organisation, person.organisation
        return most is not None and employer is not None and self.colleagues[employer, region] >= most

    def add(self, person: Candidate) -> None:
        cap, employer = self.bounds.per_organisation, person.organisation
        region = person.region if self.by_region else None
        against = self.bounds.apart.get(person.id, _NOBODY)
        if employer is not None and not against:
            self.colleagues[employer, region] += 1
        if employer is not None and cap is not None and self.organisations[employer] >= cap:
            return
        if not self.touched.isdisjoint(against):
            return
        if employer is not None:
            self.organisations[employer] += 1
        if against:
            self.touched |= against
            self.enough = min(self.enough + 1, 2 * self.bounds.size - 1)
        self.regions[region] += 1
        self.full = self._is_full()

    def _is_full(self) -> bool:
        cap, fewest = self.bounds.per_region, self.bounds.regions
        enough = self.enough if cap is None else self.enough + self.bounds.size - 1
        known = [
            count if cap is None else min(count, cap)
            for region, count in self.regions.items()
            if region is not None
        ]
        if fewest:
            return sum(sorted(known, reverse=True)[fewest - 1 :]) >= enough
        return sum(known) + self.regions[None] >= enough


def reduce(entries: Sequence[Entry], bounds: Bounds, keep: Collection[str] = ()) -> list[Entry]:
    """Return the entries that some best panel may need, in the order given, which must be the ranking."""
    by_party = bounds.by_party
    kinds = {(entry.candidate.party if by_party else None, entry.bits) for entry in entries}
    crowds = {kind: _Crowd(bounds) for kind in kinds}
    served = {
        (party, bits): [crowds[p, b] for p, b in kinds if p == party and b & bits == b]
        for party, bits in kinds
    }
    kept = []
    for entry in entries:
        person = entry.candidate
        kind = (person.party if by_party else None, entry.bits)
        if person.id in keep:
            kept.append(entry)
        elif not (crowds[kind].full or crowds[kind].covers(person)):
            kept.append(entry)
            for crowd in served[kind]:
                if not crowd.full:
                    crowd.add(person)
    return kept
