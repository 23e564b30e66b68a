"""Who may take over which seat, in what order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import replace

from expertpool.matching.pool import Entry, opposites
from expertpool.matching.problem import Candidate, PanelProblem
from expertpool.matching.rules import violations


def seats_open_to(
    problem: PanelProblem, slot: int | None, members: Collection[Candidate], candidate: Candidate
) -> tuple[str, ...]:
    """Return the ids of the members whose seats the candidate may take without breaking a rule.

    A locked member may be replaced as well: they declined. Use it again when an alternate is called, with
    the panel as it then stands.
    """
    seats = []
    for member in members:
        others = [other for other in members if other.id != member.id]
        unlocked = replace(problem, lock=problem.lock - {member.id})
        if not violations(unlocked, slot, [*others, candidate]):
            seats.append(member.id)
    return tuple(seats)


def choose_alternates(
    problem: PanelProblem, slot: int | None, members: Sequence[Candidate], ranking: Iterable[Entry]
) -> list[tuple[Entry, tuple[str, ...]]]:
    """Return alternates from a ranking of those who may sit, with the seats open to each.

    Each next one is open to most of the seats with the fewest alternates so far; then the ranking decides.
    """
    depth = dict.fromkeys((member.id for member in members), 0)
    offers = _offers(problem, slot, members, ranking)
    chosen: list[tuple[Entry, tuple[str, ...]]] = []
    while offers and len(chosen) < problem.alternates:
        open_seats = {seat for _, seats in offers for seat in seats}
        least = min(depth[seat] for seat in open_seats)
        entry, seats = max(offers, key=lambda offer: sum(depth[seat] == least for seat in offer[1]))
        offers.remove((entry, seats))
        chosen.append((entry, seats))
        for seat in seats:
            depth[seat] += 1
    return chosen


def _offers(
    problem: PanelProblem, slot: int | None, members: Sequence[Candidate], ranking: Iterable[Entry]
) -> list[tuple[Entry, tuple[str, ...]]]:
    """Return, in ranking order, the first few of each kind who may take a seat."""
    seated = {member.id for member in members}
    parted = opposites(problem.apart)
    near = tuple(pair for pair in problem.apart if not seated.isdisjoint(pair))
    small = replace(problem, candidates=tuple(members), lock=problem.lock & seated, apart=near)
    kind_of = _kinds(problem, members)
    open_to: dict[Hashable, tuple[str, ...]] = {}
    counts: Counter[Hashable] = Counter()
    offers = []
    for entry in ranking:
        person = entry.candidate
        if person.id in seated or not person.is_free(slot):
            continue
        kind = (kind_of(entry), frozenset(parted[person.id] & seated) if person.id in parted else None)
        if counts[kind] == problem.alternates:
            continue
        if kind not in open_to:
            open_to[kind] = seats_open_to(small, slot, members, person)
        counts[kind] += 1
        if open_to[kind]:
            offers.append((entry, open_to[kind]))
    return offers


def _kinds(problem: PanelProblem, members: Sequence[Candidate]) -> Callable[[Entry], Hashable]:
    """Return what the rules see of a person beside these members, pairs apart."""
    rules = problem.rules
    capped = rules.max_per_organisation is not None
    counted = rules.min_regions > 0 or rules.max_per_region is not None
    organisations = {member.organisation for member in members if capped} - {None}
    regions = {member.region for member in members} | {None}
    by_party = rules.max_share_of_one_party is not None

    def kind(entry: Entry) -> Hashable:
        person = entry.candidate
        employer = person.organisation if person.organisation in organisations else None
        region = person.region if person.region in regions else "another"
        return entry.bits, person.party if by_party else None, region if counted else None, employer

    return kind
