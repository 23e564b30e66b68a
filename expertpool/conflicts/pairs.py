"""Conflicts between two people of one panel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from expertpool.conflicts.dates import LookBack
from expertpool.conflicts.facts import Id, Person, PersonRef, Relation, RelationKind
from expertpool.conflicts.findings import Evidence, PairFinding
from expertpool.conflicts.names import person_key
from expertpool.conflicts.policy import Certainty, PairRule, Policy

RULES = {
    RelationKind.SPOUSE: PairRule.SPOUSE,
    RelationKind.KIN: PairRule.KIN,
    RelationKind.ADVISOR: PairRule.ADVISOR,
    RelationKind.STUDENT: PairRule.ADVISOR,
    RelationKind.COAUTHOR: PairRule.COAUTHOR,
    RelationKind.COLLABORATOR: PairRule.COLLABORATOR,
}


def pair_findings(people: Iterable[Person], policy: Policy, on: date) -> list[PairFinding]:
    """Return one finding for each pair and rule, in the order of `people`."""
    members = [person for person in people if person.id is not None]
    members_by_id = {person.id: position for position, person in enumerate(members)}
    finder = _Finder(members, members_by_id)
    looks = {
        rule: LookBack(treatment, on, undated_expire=policy.undated_expire)
        for rule, treatment in policy.pairs.items()
    }
    gathered: dict[tuple[int, int, PairRule], list[Evidence]] = defaultdict(list)
    for position, person in enumerate(members):
        for relation in person.relations:
            rule = RULES.get(relation.kind)
            look = looks.get(rule) if rule is not None else None
            if rule is None or look is None or not look.reaches(relation.since, relation.until):
                continue
            for other, certainty in finder.match(relation, position):
                first, second = sorted((position, other))
                evidence = _evidence(relation, person.name, members[other].name, certainty)
                known = gathered[first, second, rule]
                if not any(_same_fact(evidence, one) for one in known):
                    known.append(evidence)
    return list(_findings(gathered, members, policy))


class _Finder:
    """Finds a relation's other among the members."""

    def __init__(self, members: list[Person], by_id: dict[Id | None, int]) -> None:
        self._by_id = by_id
        self._by_email = {email: at for at, person in enumerate(members) for email in person.emails}
        self._by_key: dict[str, list[int]] = defaultdict(list)
        for position, person in enumerate(members):
            for name in (person.name, *person.other_names):
                self._by_key[person_key(name)].append(position)

    def match(self, relation: Relation, own: int) -> Iterator[tuple[int, Certainty]]:
        """Yield the members whom the relation means: certain by id or address, possible by name."""
        other = relation.other
        if not isinstance(other, PersonRef):
            return
        known = self._by_id.get(other.id) if other.id is not None else self._by_email.get(other.email)
        if known is not None:
            if known != own:
                yield known, Certainty.CERTAIN
        elif other.id is None and other.name:
            for position in self._by_key.get(person_key(other.name), ()):
                if position != own:
                    yield position, Certainty.POSSIBLE


def _evidence(relation: Relation, person: str, other: str, certainty: Certainty) -> Evidence:
    kind, names = relation.kind, {"person": person, "other": other}
    if kind is RelationKind.STUDENT:
        kind, names = RelationKind.ADVISOR, {"person": other, "other": person}
    code = f"pair-{kind}"
    return Evidence("relation", code, names, relation.source, relation.since, relation.until, certainty)


def _same_fact(one: Evidence, other: Evidence) -> bool:
    """Tell whether two dossiers hold the same relation."""
    same = (one.code, one.source, one.since, one.until) == (
        other.code,
        other.source,
        other.since,
        other.until,
    )
    return same and one.certainty is other.certainty


def _findings(
    gathered: dict[tuple[int, int, PairRule], list[Evidence]], members: list[Person], policy: Policy
) -> Iterator[PairFinding]:
    order = list(PairRule)
    for first, second, rule in sorted(gathered, key=lambda key: (key[0], key[1], order.index(key[2]))):
        evidence = sorted(gathered[first, second, rule], key=lambda one: one.certainty is Certainty.POSSIBLE)
        one, other = members[first].id, members[second].id
        assert one is not None
        assert other is not None
        handling = policy.pairs[rule].handling
        yield PairFinding(one, other, rule, handling, evidence[0].certainty, tuple(evidence))
