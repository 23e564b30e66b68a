"""Findings sorted for reading: each person once, under the strictest rule, so that the counts add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from expertpool.conflicts.findings import Finding
from expertpool.conflicts.policy import Rule

WAIVED = "waived"
STRICTNESS = ("bar", "leave-room", "declare", WAIVED, "possible")
"""Handlings, strictest first; a waived finding stands after those that still hold."""
_PLACE = {handling: place for place, handling in enumerate(STRICTNESS)}
_RULES = {rule: place for place, rule in enumerate(Rule)}


@dataclass(frozen=True)
class Told:
    """One person with all findings, strictest first."""

    person_id: int
    findings: tuple[Finding, ...]


@dataclass
class Group:
    """The people whose strictest finding is of one rule and handled in one way."""

    handling: str
    rule: Rule
    people: list[Told] = field(default_factory=list)


def standing(finding: Finding) -> str:
    """Return how a finding is handled, or `waived`."""
    return WAIVED if finding.waiver else finding.shown_handling


def by_person(findings: Iterable[Finding]) -> list[Told]:
    """Return people in the order of the findings."""
    found: dict[int, list[Finding]] = {}
    for finding in findings:
        found.setdefault(int(finding.person), []).append(finding)
    return [Told(person, tuple(sorted(theirs, key=_strictness))) for person, theirs in found.items()]


def groups(told: Iterable[Told]) -> list[Group]:
    """Return the groups, strictest first, then in the order of the rules."""
    found: dict[tuple[int, int], Group] = {}
    for person in told:
        first = person.findings[0]
        group = found.setdefault(_strictness(first), Group(standing(first), first.rule))
        group.people.append(person)
    return [group for _, group in sorted(found.items(), key=lambda entry: entry[0])]


def counts(told: Iterable[Told]) -> dict[str, int]:
    """Return how many people stand under each handling."""
    found = Counter(standing(person.findings[0]) for person in told)
    return {handling: found[handling] for handling in STRICTNESS}


def _strictness(finding: Finding) -> tuple[int, int]:
    return _PLACE[standing(finding)], _RULES[finding.rule]
