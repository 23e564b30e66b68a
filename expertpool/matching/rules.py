"""A check of a whole panel against every rule, apart from the solver: proposals and replacements pass it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from expertpool.matching.problem import Candidate, PanelProblem


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a panel breaks; `subject` names the skill, parties, person or pair concerned."""

    rule: str
    subject: str | None = None


def violations(
    problem: PanelProblem, slot: int | None, members: Collection[Candidate]
) -> tuple[Violation, ...]:
    """Return every rule that these members break when they meet at the slot (its index)."""
    return (
        *_of_size(problem, len(members)),
        *_of_people(problem, slot, members),
        *_of_composition(problem, members),
    )


def _of_size(problem: PanelProblem, size: int) -> Iterator[Violation]:
    if size != problem.seats:
        yield Violation("seats")
    if size < problem.rules.size_min:
        yield Violation("size_min")
    if problem.rules.odd and size % 2 == 0:
        yield Violation("odd")


def _of_people(
    problem: PanelProblem, slot: int | None, members: Collection[Candidate]
) -> Iterator[Violation]:
    ids = {member.id for member in members}
    for member in members:
        if member.findings:
            yield Violation("barred", member.id)
        if member.id in problem.exclude:
            yield Violation("exclude", member.id)
        if not member.is_free(slot):
            yield Violation("availability", member.id)
        if problem.rules.max_load is not None and member.load >= problem.rules.max_load:
            yield Violation("max_load", member.id)
    for locked in sorted(problem.lock - ids):
        yield Violation("lock", locked)
    for one, other in problem.apart:
        if one in ids and other in ids:
            yield Violation("apart", f"{one}+{other}")


def _of_composition(problem: PanelProblem, members: Collection[Candidate]) -> Iterator[Violation]:
    rules, size = problem.rules, len(members)
    for want in problem.wanted:
        if sum(member.skills.get(want.skill, 0) > 0 for member in members) < want.seats:
            yield Violation("skill", want.skill)
    if rules.chair and not any(member.may_chair for member in members):
        yield Violation("chair")
    organisations = Counter(member.organisation for member in members if member.organisation is not None)
    parties = Counter(member.party for member in members if member.party is not None)
    if rules.max_per_organisation is not None:
        for organisation, count in organisations.items():
            if count > rules.max_per_organisation:
                yield Violation("max_per_organisation", organisation)
    regions = Counter(member.region for member in members if member.region is not None)
    if rules.max_per_region is not None:
        for region, count in regions.items():
            if count > rules.max_per_region:
                yield Violation("max_per_region", region)
    if len(regions) < rules.min_regions:
        yield Violation("min_regions")
    share = rules.max_share_of_one_party
    for party, count in parties.items():
        if share is not None and count > share * size:
            yield Violation("max_share_of_one_party", party)
    for least in rules.min_shares:
        if sum(parties[party] for party in least.parties) < least.share * size:
            yield Violation("min_share", least.name)
