"""Short ways to state facts for the conflict engine."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from expertpool.conflicts import engine
from expertpool.conflicts.facts import (
    Employment,
    Item,
    ItemSide,
    Organisation,
    OrganisationRef,
    Person,
    PersonRef,
    Relation,
    RelationKind,
    Waiver,
)
from expertpool.conflicts.findings import Finding
from expertpool.conflicts.policy import Handling, PairRule, Policy, Rule, Treatment

ON = date(2026, 11, 22)

LONG_AGO = {
    Rule.FORMER_ORGANISATION: 36,
    Rule.COAUTHOR: 36,
    Rule.COLLABORATOR: 36,
    Rule.SAME_ITEM_WORKED_ON: 36,
    Rule.CONSULTANT: 12,
    Rule.RECIPROCAL_REVIEW: 24,
}
NEVER_EXPIRE = {Rule.ADVISOR, Rule.STUDENT, Rule.REVIEWED_BEFORE}


def make_policy(**options: Any) -> Policy:
    """A policy that asks every rule and bars, with the look-backs of the general review."""
    rules = {rule: Treatment(Handling.BAR, LONG_AGO.get(rule, 0), rule in NEVER_EXPIRE) for rule in Rule}
    pairs = {rule: Treatment(Handling.BAR) for rule in PairRule}
    return Policy(**{"rules": rules, "pairs": pairs, **options})


def org(id_: int | None, name: str = "") -> OrganisationRef:
    return OrganisationRef(id_, name or f"单位{id_}")


def ref(id_: int | None, name: str = "", email: str = "") -> PersonRef:
    return PersonRef(id_, name or f"人{id_}", email)


def employed(
    id_: int | None, name: str = "", since: date | None = None, until: date | None = None
) -> Employment:
    return Employment(org(id_, name), since, until)


def related(kind: str, other: PersonRef | OrganisationRef, since: Any = None, until: Any = None) -> Relation:
    return Relation(RelationKind(kind), other, since, until)


def organisations(*known: Organisation) -> dict[Any, Organisation]:
    return {each.id: each for each in known}


def check_one(
    person: Person,
    item: Item,
    known: Iterable[Organisation] = (),
    *,
    people: tuple[Person, ...] = (),
    waivers: tuple[Waiver, ...] = (),
    policy: Policy | None = None,
    on: date = ON,
) -> list[Finding]:
    """Check one person against one item."""
    side = ItemSide((item,), organisations(*known), people, waivers)
    return engine.check(side, [person], policy or make_policy(), on)


def told(findings: Iterable[Finding]) -> list[tuple[str, str, str]]:
    """Return rule, certainty and code of the strongest evidence of each finding."""
    return [(each.rule.value, each.certainty.value, each.evidence[0].code) for each in findings]
