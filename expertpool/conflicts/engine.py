"""Check a pool of people against the items of one panel, and the people of one panel pairwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from expertpool.conflicts.asking import Asking
from expertpool.conflicts.employment import employment_hits
from expertpool.conflicts.facts import Id, ItemSide, Person, Waiver
from expertpool.conflicts.findings import Evidence, Finding, Hit, PairFinding, TooManyExcluded
from expertpool.conflicts.pairs import pair_findings
from expertpool.conflicts.policy import Certainty, Policy, Rule
from expertpool.conflicts.relations import relation_hits
from expertpool.conflicts.works import (
    declaration_hits,
    namesake_hits,
    own_item_hits,
    recusal_hits,
    review_hits,
    work_hits,
)

_ORDER = {rule: position for position, rule in enumerate(Rule)}


def check(side: ItemSide, people: Iterable[Person], policy: Policy, on: date) -> list[Finding]:
    """Return every finding on `people` for a meeting on the day `on`.

    Findings follow the order of `people`, then of the items, then of `Rule`; one finding gathers all
    evidence of one rule. People without a finding are not listed. `people` is read once.
    """
    return check_asked(Asking(side, policy, on), people)


def check_asked(asking: Asking, people: Iterable[Person]) -> list[Finding]:
    """Return what `check` does, for a question that was made ready before."""
    waivers = _Waivers(asking.side.waivers)
    return [finding for person in people for finding in _findings_of(person, asking, waivers)]


def pairs(people: Iterable[Person], policy: Policy, on: date) -> list[PairFinding]:
    """Return the findings between the people of one panel; one employer is a rule of composition instead."""
    return pair_findings(people, policy, on)


def check_items(side: ItemSide, policy: Policy) -> list[TooManyExcluded]:
    """Return the items whose applicants name more unsuitable reviewers than the policy allows."""
    allowed = policy.excluded_names_at_most
    if allowed is None:
        return []
    return [
        TooManyExcluded(item.id, len(item.excluded), allowed)
        for item in side.items
        if len(item.excluded) > allowed
    ]


def _hits(person: Person, asking: Asking) -> Iterator[Hit]:
    yield from own_item_hits(person, asking)
    yield from employment_hits(person, asking)
    if person.relations or asking.told_of_names:
        yield from relation_hits(person, asking)
    if person.works:
        yield from work_hits(person, asking)
    if person.reviews or person.received_reviews:
        yield from review_hits(person, asking)
    if person.declarations:
        yield from declaration_hits(person, asking)
    yield from recusal_hits(person, asking)
    yield from namesake_hits(person, asking)


def _findings_of(person: Person, asking: Asking, waivers: _Waivers) -> Iterator[Finding]:
    gathered: dict[tuple[int, int], tuple[Rule, list[Evidence]]] = {}
    for hit in _hits(person, asking):
        _, evidence = gathered.setdefault((hit.item, _ORDER[hit.rule]), (hit.rule, []))
        if hit.evidence not in evidence:
            evidence.append(hit.evidence)
    if not gathered:
        return
    if person.id is None:
        raise ValueError(f"{person.name} has no id")
    for (position, _), (rule, evidence) in sorted(gathered.items(), key=lambda entry: entry[0]):
        item = asking.items[position].id
        evidence.sort(key=_certain_and_recent_first)
        yield Finding(
            person=person.id,
            item=item,
            rule=rule,
            handling=asking.policy.rules[rule].handling,
            certainty=evidence[0].certainty,
            evidence=tuple(evidence),
            waiver=waivers.standing(person.id, item, rule),
        )


def _certain_and_recent_first(evidence: Evidence) -> tuple[bool, int]:
    return (
        evidence.certainty is Certainty.POSSIBLE,
        -(evidence.until or date.max).toordinal(),
    )


class _Waivers:
    """Waivers by person, rule and item."""

    def __init__(self, waivers: Iterable[Waiver]) -> None:
        self._known = {(waiver.person, waiver.rule, waiver.item): waiver for waiver in waivers}

    def standing(self, person: Id, item: Id, rule: Rule) -> Waiver | None:
        """Return the waiver for this item, else the one for all items."""
        if not self._known:
            return None
        return self._known.get((person, rule, item)) or self._known.get((person, rule, None))
