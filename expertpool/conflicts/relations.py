"""Conflicts by relation: family, teaching, joint work, money, competition, declared interests."""

from __future__ import annotations

from collections.abc import Iterator

from expertpool.conflicts.asking import Asking
from expertpool.conflicts.facts import OrganisationRef, Person, PersonRef, Relation, RelationKind
from expertpool.conflicts.findings import Evidence, Hit
from expertpool.conflicts.names import person_key
from expertpool.conflicts.policy import Certainty, Rule
from expertpool.conflicts.stakes import ONE_ENTITY

RULES: dict[RelationKind, Rule] = {
    kind: Rule(kind.value) for kind in RelationKind if kind is not RelationKind.EMPLOYER
}
"""The rule that each kind of relation falls under; an employer is an employment."""


def relation_hits(person: Person, asking: Asking) -> Iterator[Hit]:
    """Yield the person's relations to the applicants and to the items' people, told by either side."""
    for relation in person.relations:
        rule = RULES.get(relation.kind)
        look = asking.rules.get(rule) if rule is not None else None
        if rule is not None and look is not None and look.reaches(relation.since, relation.until):
            if isinstance(relation.other, OrganisationRef):
                yield from _organisation_hits(relation, relation.other, rule, asking)
            else:
                yield from _person_hits(person, relation, relation.other, rule, asking)
    if asking.told_of_names:
        yield from _told_by_name(person, asking)


def _organisation_hits(
    relation: Relation, other: OrganisationRef, rule: Rule, asking: Asking
) -> Iterator[Hit]:
    for stake in asking.stakes.of(other):
        if stake.tie in ONE_ENTITY:
            name = other.name or stake.applicant
            yield Hit(stake.item, rule, _evidence(relation, name, stake.certainty))


def _person_hits(
    person: Person, relation: Relation, other: PersonRef, rule: Rule, asking: Asking
) -> Iterator[Hit]:
    for standing, certainty in asking.behind.match(other):
        if standing.ref.id is None or standing.ref.id != person.id:
            yield Hit(standing.item, rule, _evidence(relation, standing.ref.name or other.name, certainty))


def _told_by_name(person: Person, asking: Asking) -> Iterator[Hit]:
    """An item's person named somebody of this name, whom nobody has identified."""
    for name in (person.name, *person.other_names):
        for standing, relation in asking.told_of_names.get(person_key(name), ()):
            rule = RULES.get(relation.kind)
            look = asking.rules.get(rule) if rule is not None else None
            if rule is None or look is None or standing.ref.id == person.id:
                continue
            if look.reaches(relation.since, relation.until):
                yield Hit(standing.item, rule, _evidence(relation, standing.ref.name, Certainty.POSSIBLE))


def _evidence(relation: Relation, other: str, certainty: Certainty) -> Evidence:
    return Evidence(
        "relation",
        f"{relation.kind}-of",
        {"other": other},
        relation.source,
        relation.since,
        relation.until,
        certainty,
    )
