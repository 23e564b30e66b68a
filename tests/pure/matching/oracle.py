"""Brute force over all subsets and slots, written apart from the engine, and problems for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations
from random import Random

from hypothesis import strategies as st

from expertpool.matching.problem import PARTS, Candidate, MinShare, PanelProblem, Rules, Slot, Wanted
from tests.builders.chance import dice

Names = frozenset[tuple[str, str | None]]


def score(problem: PanelProblem, person: Candidate) -> int:
    """Return the score in millionths."""
    return sum(round(problem.weights[part] * person.parts.get(part, 0) * 10**6) for part in PARTS)


def value(problem: PanelProblem, slot: int | None, people: Iterable[Candidate]) -> int:
    more = 0 if slot is None else round(problem.slots[slot].preference * 10**6)
    return sum(score(problem, person) for person in people) + more


def broken(problem: PanelProblem, slot: int | None, people: tuple[Candidate, ...]) -> Names:
    """Return the rules that may give way and that these people break."""
    rules, size = problem.rules, len(people)
    found: set[tuple[str, str | None]] = set()
    ids = {person.id for person in people}
    organisations = Counter(p.organisation for p in people if p.organisation)
    parties = Counter(p.party for p in people if p.party)
    if size != problem.seats:
        found.add(("seats", None))
    if size < rules.size_min:
        found.add(("size_min", None))
    if rules.odd and size % 2 == 0:
        found.add(("odd", None))
    if rules.chair and not any(p.may_chair for p in people):
        found.add(("chair", None))
    for want in problem.wanted:
        if sum(1 for p in people if p.skills.get(want.skill)) < want.seats:
            found.add(("skill", want.skill))
    if rules.max_per_organisation is not None and any(
        n > rules.max_per_organisation for n in organisations.values()
    ):
        found.add(("max_per_organisation", None))
    regions = Counter(p.region for p in people if p.region)
    if rules.max_per_region is not None and any(n > rules.max_per_region for n in regions.values()):
        found.add(("max_per_region", None))
    if len(regions) < rules.min_regions:
        found.add(("min_regions", None))
    share = rules.max_share_of_one_party
    if share is not None and any(Fraction(n, size) > share for n in parties.values()):
        found.add(("max_share_of_one_party", None))
    for least in rules.min_shares:
        if Fraction(sum(1 for p in people if p.party in least.parties), size) < least.share:
            found.add(("min_share", least.name))
    if rules.max_load is not None and any(p.load >= rules.max_load for p in people):
        found.add(("max_load", None))
    for locked in problem.lock - ids:
        found.add(("lock", locked))
    if slot is not None and any(p.free is not None and slot not in p.free for p in people):
        found.add(("availability", problem.slots[slot].key))
    return frozenset(found)


def together(problem: PanelProblem, people: tuple[Candidate, ...]) -> bool:
    """Say whether these people hold what never gives way."""
    ids = {person.id for person in people}
    return (
        not any(person.findings for person in people)
        and not ids & problem.exclude
        and not any(one in ids and other in ids for one, other in problem.apart)
    )


def panels(problem: PanelProblem, slot: int | None) -> Iterator[tuple[Candidate, ...]]:
    """Yield every panel that holds every rule at the slot."""
    for people in combinations(sorted(problem.candidates, key=lambda p: p.id), problem.seats):
        if together(problem, people) and not broken(problem, slot, people):
            yield people


def best(problem: PanelProblem, having: str | None = None) -> tuple[int, int | None, tuple[str, ...]] | None:
    """Return value, slot and sorted ids of the best panel: ties by slot, then by ids."""
    found = [
        (-value(problem, slot, people), index, tuple(p.id for p in people), slot)
        for index, slot in enumerate(problem.slot_indexes)
        for people in panels(problem, slot)
        if having is None or having in {p.id for p in people}
    ]
    if not found:
        return None
    negative, _, ids, slot = min(found)
    return -negative, slot, ids


def smallest_easings(problem: PanelProblem) -> set[Names]:
    """Return every smallest set of rules that must give way, over all slots and sizes."""
    most = max(problem.seats, problem.rules.size_min) + 1
    found = {
        broken(problem, slot, people)
        for slot in problem.slot_indexes
        for size in range(1, most + 1)
        for people in combinations(problem.candidates, size)
        if together(problem, people)
    }
    return {names for names in found if not any(other < names for other in found)}


IDS = [f"E{index}" for index in range(9)]
SHARES = [Fraction(1, 4), Fraction(1, 3), Fraction(1, 2), Fraction(2, 3)]
USERS = MinShare(frozenset({"users"}), Fraction(1, 4))
EXPERTS = MinShare(frozenset({"technical", "producers"}), Fraction(2, 3))


def candidate(id_: str, slots: int, random: Random) -> Candidate:
    """Return somebody; few values, so that many are alike."""
    some = frozenset(slot for slot in range(slots) if random.random() < 0.5) if slots else None
    return Candidate(
        id=id_,
        organisation=random.choice(["A", "B", "C", "D", "E", None]),
        region=random.choice(["north", "south", "east", None]),
        party=random.choice(["users", "producers", "technical", None]),
        may_chair=random.random() < 0.5,
        skills={
            skill: random.choice([0.0, 0.5, 1.0]) for skill in random.sample("xyz", random.randint(0, 3))
        },
        parts={part: random.choice([0.0, 0.25, 0.5, 1.0]) for part in PARTS},
        free=random.choice([None, some]),
        findings=random.choice([(), (), (), ("kin",)]),
        load=random.randint(0, 4),
    )


def rules(random: Random) -> Rules:
    """Return some rules; each is often left out."""
    return Rules(
        odd=random.random() < 0.3,
        size_min=random.choice([1, 1, 2, 3, 4]),
        max_per_organisation=random.choice([None, 1, 2]),
        max_per_region=random.choice([None, None, 1, 2]),
        min_regions=random.choice([0, 0, 1, 2, 3]),
        max_share_of_one_party=random.choice([None, None, *SHARES]),
        min_shares=random.choice([(), (), (USERS,), (EXPERTS,), (USERS, EXPERTS)]),
        max_load=random.choice([None, 3, 4, 5]),
        chair=random.random() < 0.5,
    )


@st.composite
def problems(draw: st.DrawFn, most: int = 9) -> PanelProblem:
    """Draw a small problem with every kind of rule."""
    count, slots = draw(st.integers(1, most)), draw(st.integers(0, 2))
    seats, alternates = draw(st.integers(1, 4)), draw(st.integers(0, 3))
    random = draw(dice())
    ids = random.sample(IDS[:count], count)
    lock = frozenset(random.sample(ids, min(count, random.choice([0, 0, 0, 1, 2]))))
    excluded = frozenset(random.sample(ids, random.randint(0, 1)))
    wanted = random.sample("xyz", random.randint(0, 3))
    pairs = [(random.choice(ids), random.choice(ids)) for _ in range(random.randint(0, 4))]
    return PanelProblem(
        candidates=tuple(candidate(id_, slots, random) for id_ in ids),
        seats=seats,
        alternates=alternates,
        wanted=tuple(Wanted(skill, random.randint(0, 2)) for skill in wanted),
        slots=tuple(Slot(f"day {index}", random.choice([0.0, 0.5])) for index in range(slots)),
        lock=lock,
        exclude=excluded - lock,
        rules=rules(random),
        apart=tuple(pair for pair in pairs if pair[0] != pair[1]),
    )
