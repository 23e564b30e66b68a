"""Brute force over all subsets and slots, written apart from the engine, and problems for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations

from hypothesis import strategies as st

from expertpool.matching.problem import PARTS, Candidate, MinShare, PanelProblem, Rules, Slot, Wanted

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
SHARES = st.sampled_from([Fraction(1, 4), Fraction(1, 3), Fraction(1, 2), Fraction(2, 3)])


def candidates(id_: str, slots: int) -> st.SearchStrategy[Candidate]:
    part = st.sampled_from([0.0, 0.25, 0.5, 1.0])
    skills = st.dictionaries(st.sampled_from(["x", "y", "z"]), st.sampled_from([0.0, 0.5, 1.0]), max_size=3)
    some = st.frozensets(st.integers(0, slots - 1)) if slots else st.none()
    return st.builds(
        Candidate,
        id=st.just(id_),
        organisation=st.sampled_from(["A", "B", "C", "D", "E", None]),
        region=st.sampled_from(["north", "south", "east", None]),
        party=st.sampled_from(["users", "producers", "technical", None]),
        may_chair=st.booleans(),
        skills=skills,
        parts=st.fixed_dictionaries(dict.fromkeys(PARTS, part)),
        free=st.one_of(st.none(), some),
        findings=st.sampled_from([(), (), (), ("kin",)]),
        load=st.integers(0, 4),
    )


@st.composite
def problems(draw: st.DrawFn, most: int = 9) -> PanelProblem:
    """Draw a small problem with every kind of rule."""
    ids = draw(st.permutations(IDS[: draw(st.integers(1, most))]))
    slots = draw(st.integers(0, 2))
    pairs = st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=4)
    users = MinShare(frozenset({"users"}), Fraction(1, 4))
    experts = MinShare(frozenset({"technical", "producers"}), Fraction(2, 3))
    lock = draw(st.frozensets(st.sampled_from(ids), max_size=2))
    wanted = st.lists(st.builds(Wanted, st.sampled_from(["x", "y", "z"]), st.integers(0, 2)), max_size=3)
    return PanelProblem(
        candidates=tuple(draw(candidates(id_, slots)) for id_ in ids),
        seats=draw(st.integers(1, 4)),
        alternates=draw(st.integers(0, 3)),
        wanted=tuple({want.skill: want for want in draw(wanted)}.values()),
        slots=tuple(Slot(f"day {index}", draw(st.sampled_from([0.0, 0.5]))) for index in range(slots)),
        lock=lock,
        exclude=draw(st.frozensets(st.sampled_from(ids), max_size=1)) - lock,
        rules=draw(
            st.builds(
                Rules,
                odd=st.booleans(),
                size_min=st.integers(1, 4),
                max_per_organisation=st.one_of(st.none(), st.integers(1, 2)),
                max_per_region=st.sampled_from([None, None, 1, 2]),
                min_regions=st.integers(0, 3),
                max_share_of_one_party=st.one_of(st.none(), SHARES),
                min_shares=st.sampled_from([(), (), (users,), (experts,), (users, experts)]),
                max_load=st.one_of(st.none(), st.integers(3, 5)),
                chair=st.booleans(),
            )
        ),
        apart=tuple(pair for pair in draw(pairs) if pair[0] != pair[1]),
    )
