"""What the engine answered, as a run keeps it: plain values, ids of people, no names and no sentences.

`result` is small and read with every page of the panel:

    {"feasible", "slot": {"start", "end"} | null, "objective", "bound", "gap", "optimal", "proven", "seconds",
     "mode", "on",
     "pool": {"total", "barred", "excluded", "full", "busy", "eligible"},
     "members": [{"expert", "person_id", "role", "score", "why": [{"part", "value"}], "experience", "recent",
                  "skills", "region", "party", "findings"}],
     "alternates": [the same with "seats": [1, 3]],
     "slots": [{"start", "end", "objective", "feasible", "proven", "short": [easing]}],
     "checks": see `panels.checks`, "pairs": [finding on two members], "too_many_excluded": [...],
     "unasked": ["user"],
     "relax": [{"slot", "rules": [{"rule", "subject", "from", "to", "short"}]}]}

`evidence` says of everybody else why not: `{"findings", "excluded", "full": [[person, load]], "busy", "next":
[[person, score]]}`; each person of the pool is counted once, in this order of reasons.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from heapq import nsmallest
from typing import Any

from expertpool.matching.problem import Candidate, PanelProblem, Slot
from expertpool.matching.result import Alternate, Easing, Infeasible, Member, Part, Solution
from expertpool.matching.scores import from_units, scorer
from expertpool.panels import checks, kept
from expertpool.panels.composition import NEW, Composed

NEXT = 50
"""How many of those who may sit but score less are kept by name."""


def result_of(composed: Composed, outcome: Solution | Infeasible) -> dict[str, Any]:
    """Return the small part of the answer."""
    seated = outcome.members if isinstance(outcome, Solution) else ()
    order = {member.id: number for number, member in enumerate(seated, 1)}
    result = _common(composed, outcome)
    if isinstance(outcome, Infeasible):
        return result | {
            "proven": outcome.proven,
            "relax": [
                {"slot": _slot(each.slot), "rules": [easing(rule) for rule in each.rules]}
                for each in outcome.relaxations
            ],
        }
    people = [composed.problem.candidate(member.id) for member in seated]
    ids = {composed.people[member.id] for member in seated}
    return result | {
        "slot": _slot(outcome.slot),
        "objective": outcome.objective,
        "bound": outcome.bound,
        "gap": outcome.gap,
        "optimal": outcome.optimal,
        "members": [_seated(composed, member) | {"role": member.role} for member in seated],
        "alternates": [
            _seated(composed, each) | {"seats": sorted(order[seat] for seat in each.seats)}
            for each in outcome.alternates
        ],
        "checks": checks.of_members(composed.problem, people),
        "pairs": [kept.plain_pair(each) for each in composed.pairs if {each.first, each.second} <= ids],
    }


def evidence_of(composed: Composed, outcome: Solution | Infeasible) -> dict[str, Any]:
    """Return why everybody else is not proposed."""
    problem, seen = composed.problem, _reasons(composed.problem)
    taken: set[str] = set()
    if isinstance(outcome, Solution):
        taken = {each.id for each in outcome.members} | {each.id for each in outcome.alternates}
    rest = [each for each in problem.candidates if seen[each.id] is None and each.id not in taken]
    score = scorer(problem.weights)
    nearest = nsmallest(NEXT, rest, key=lambda each: (-score(each), each.id))
    people = composed.people
    return {
        "findings": [kept.plain(each) for each in composed.findings],
        "excluded": [people[each] for each, reason in seen.items() if reason == "excluded"],
        "full": [[people[each.id], each.load] for each in problem.candidates if seen[each.id] == "full"],
        "busy": [people[each] for each, reason in seen.items() if reason == "busy"],
        "next": [[people[each.id], from_units(score(each))] for each in nearest],
        "lower": len(rest),
    }


def easing(each: Easing) -> dict[str, Any]:
    """Return an easing as JSON holds it; shares as text."""
    return {
        "rule": each.rule,
        "subject": each.subject,
        "from": _amount(each.from_),
        "to": _amount(each.to),
        "short": each.short,
    }


def _common(composed: Composed, outcome: Solution | Infeasible) -> dict[str, Any]:
    reasons = list(_reasons(composed.problem).values())
    counts = {name: reasons.count(name) for name in ("barred", "excluded", "full", "busy")}
    return {
        "feasible": isinstance(outcome, Solution),
        "mode": composed.problem.mode.value,
        "on": composed.on.isoformat(),
        "seconds": round(outcome.seconds, 3),
        "slot": None,
        "members": [],
        "alternates": [],
        "checks": [],
        "pairs": [],
        "relax": [],
        "pool": {"total": len(reasons), **counts, "eligible": reasons.count(None)},
        "slots": [
            {
                **(_slot(each.slot) or {}),
                "objective": each.objective,
                "feasible": each.objective is not None or _is_drawn(outcome, each.slot),
                "proven": each.proven,
                "short": [easing(rule) for rule in each.easings],
            }
            for each in outcome.outcomes
            if each.slot is not None
        ],
        "unasked": list(composed.unasked),
        "too_many_excluded": [
            {"item": each.item, "named": each.named, "allowed": each.allowed}
            for each in composed.too_many_excluded
        ],
    }


def _is_drawn(outcome: Solution | Infeasible, slot: Slot | None) -> bool:
    return isinstance(outcome, Solution) and outcome.slot == slot


def _reasons(problem: PanelProblem) -> dict[str, str | None]:
    """Return why each person may not sit, or None: each is counted under the first reason that holds."""
    return {each.id: reason_against(problem, each) for each in problem.candidates}


def reason_against(problem: PanelProblem, person: Candidate) -> str | None:
    """Return why the person may not sit (`barred`, `excluded`, `full`, `busy`), or None."""
    most = problem.rules.max_load
    if person.findings:
        return "barred"
    if person.id in problem.exclude:
        return "excluded"
    if most is not None and person.load >= most:
        return "full"
    return "busy" if person.free is not None and not person.free else None


def _seated(composed: Composed, each: Member | Alternate) -> dict[str, Any]:
    person = composed.people[each.id]
    background = composed.backgrounds.get(each.id, NEW)
    candidate = composed.problem.candidate(each.id)
    return {
        "expert": each.id,
        "person_id": person,
        "score": each.score,
        "why": _why(each.why),
        "experience": background.experience,
        "recent": background.recent,
        "skills": [str(skill) for skill in background.skills],
        "region": candidate.region,
        "party": candidate.party,
        "findings": [kept.plain(finding) for finding in composed.findings if finding.person == person],
    }


def _why(parts: Iterable[Part]) -> list[dict[str, Any]]:
    return [{"part": each.part, "value": each.value} for each in parts]


def _slot(slot: Slot | None) -> dict[str, str] | None:
    if slot is None:
        return None
    start, _, end = slot.key.partition("/")
    return {"start": start, "end": end}


def _amount(value: Any) -> Any:
    return str(value) if isinstance(value, Fraction) else value
