"""Why not the others: everybody of the pool is counted once, grouped by the first reason that holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask_babel import format_decimal, gettext, ngettext

from expertpool.conflicts.findings import Finding
from expertpool.conflicts.policy import Rule
from expertpool.extensions import db
from expertpool.matching.scores import from_units, scorer
from expertpool.panels import frozen, kept, queries, runs
from expertpool.panels.models import Panel, Purpose, Run, RunState
from expertpool.panels.queries import Card
from expertpool.people.models import Person
from expertpool.web.panels import shown
from expertpool.web.panels.shown import Told
from expertpool.web.panels.wording import rule_name

FEW, MANY = 6, 500
"""People of a group that are shown, and when the whole group is asked for."""


@dataclass(frozen=True)
class Line:
    """A person of a group with what speaks against them."""

    card: Card
    told: list[Told] = field(default_factory=list)
    text: str = ""


@dataclass(frozen=True)
class Group:
    """People who are not proposed for one reason. `count` adds up to the pool over all groups but `aside`."""

    key: str
    title: str
    count: int
    handling: str
    lines: list[Line]
    is_open: bool
    aside: bool = False

    @property
    def more(self) -> int:
        return self.count - len(self.lines)


@dataclass(frozen=True)
class Asked:
    """What is known about one person that the reader asked for."""

    card: Card
    text: str
    told: list[Told]
    may_ask: bool
    """Whether the engine can be asked what it costs to seat them."""
    waiting: bool
    cost: str
    """What seating them costs, in words; empty until the engine answered."""


def drawer(panel: Panel, run: Run, *, whole: str = "") -> list[Group]:
    """Return the groups; `whole` names the one that is shown in full."""
    evidence = kept.unpack(run.evidence)
    found = [kept.finding(each) for each in evidence.get("findings", [])]
    by_person: dict[int, list[Finding]] = defaultdict(list)
    for finding in found:
        by_person[int(finding.person)].append(finding)
    made = _barred(by_person) + _others(evidence) + _aside(by_person)
    cards = queries.cards(db.session, [each for _, ids, _ in made for each in ids[:MANY]])
    groups = []
    for at, (group, ids, texts) in enumerate(made):
        most = MANY if group.key == whole else FEW
        lines = [
            Line(cards[id_], shown.findings(by_person.get(id_, ())), texts.get(id_, ""))
            for id_ in ids[:most]
            if id_ in cards
        ]
        is_open = group.key == whole or (not whole and at == 0)
        groups.append(Group(group.key, group.title, group.count, group.handling, lines, is_open, group.aside))
    return groups


Made = tuple[Group, list[int], dict[int, str]]


def _group(key: str, title: str, count: int, handling: str = "", aside: bool = False) -> Group:
    return Group(key, title, count, handling, [], False, aside)


def _barred(by_person: Mapping[int, list[Finding]]) -> list[Made]:
    groups: dict[Rule, list[int]] = defaultdict(list)
    for person, found in by_person.items():
        barring = [each.rule for each in found if each.bars]
        if barring:
            groups[min(barring, key=list(Rule).index)].append(person)
    return [
        (_group(rule.value, rule_name(rule), len(groups[rule]), gettext("may not sit")), groups[rule], {})
        for rule in Rule
        if rule in groups
    ]


def _others(evidence: Mapping[str, Any]) -> list[Made]:
    made: list[Made] = []
    excluded, busy = evidence.get("excluded", []), evidence.get("busy", [])
    if excluded:
        made.append((_group("excluded", gettext("Excluded by you"), len(excluded)), excluded, {}))
    full = dict(evidence.get("full", []))
    if full:
        texts = {
            id_: ngettext("%(num)s review this year", "%(num)s reviews this year", load)
            for id_, load in full.items()
        }
        title = gettext("No review left this year")
        made.append((_group("full", title, len(full), gettext("may not sit")), list(full), texts))
    if busy:
        made.append((_group("busy", gettext("Not free on any date"), len(busy)), busy, {}))
    lower = dict(evidence.get("next", []))
    if evidence.get("lower"):
        texts = {
            id_: gettext("score %(score)s", score=format_decimal(score, "0.00"))
            for id_, score in lower.items()
        }
        made.append(
            (_group("lower", gettext("May sit, but score less"), evidence["lower"]), list(lower), texts)
        )
    return made


def _aside(by_person: Mapping[int, list[Finding]]) -> list[Made]:
    """Return those who may sit although something is to be asked, declared or was waived."""
    people = [person for person, found in by_person.items() if not any(each.bars for each in found)]
    if not people:
        return []
    title = gettext("May sit, but something is to be asked or declared")
    return [(_group("aside", title, len(people), gettext("counted above"), aside=True), people, {})]


def about(panel: Panel, run: Run, text: str) -> list[Asked]:
    """Return why the people of this name are not proposed, and what seating them costs."""
    people = queries.people_named(db.session, text)
    cards = queries.cards(db.session, [person.id for person in people])
    facts = _Facts(run, [person.id for person in people])
    swaps = {each.about_id: each for each in runs.of_number(db.session, panel, run.number, Purpose.SWAP)}
    return [_asked(cards[person.id], swaps.get(person.id), facts) for person in people]


class _Facts:
    """What a run says about some people."""

    def __init__(self, run: Run, ids: Collection[int]) -> None:
        evidence, result = kept.unpack(run.evidence), run.result or {}
        self.findings: dict[int, list[Finding]] = defaultdict(list)
        for each in evidence.get("findings", []):
            if each["person"] in ids:
                self.findings[each["person"]].append(kept.finding(each))
        self.seated = {each["person_id"] for each in result["members"]}
        self.alternates = {each["person_id"]: at for at, each in enumerate(result["alternates"], 1)}
        self.excluded, self.busy = set(evidence.get("excluded", [])), set(evidence.get("busy", []))
        self.full = dict(evidence.get("full", []))
        self.least = min((each["score"] for each in result["members"]), default=0.0)
        self.scores = _scores(run, ids)


def _scores(run: Run, ids: Collection[int]) -> dict[int, float]:
    if run.problem is None or not ids:
        return {}
    problem = frozen.unpack(run.problem)
    rows = db.session.execute(sa.select(Person.number, Person.id).where(Person.id.in_(ids)))
    numbers = dict(rows.all())
    score = scorer(problem.weights)
    return {numbers[each.id]: from_units(score(each)) for each in problem.candidates if each.id in numbers}


def _asked(card: Card, swap: Run | None, facts: _Facts) -> Asked:
    text, may_ask = _reason(card.id, facts)
    return Asked(
        card=card,
        text=text,
        told=shown.findings(facts.findings.get(card.id, ())),
        may_ask=may_ask and swap is None,
        waiting=swap is not None and swap.state in (RunState.QUEUED, RunState.RUNNING),
        cost=_cost(swap) if swap is not None and swap.state is RunState.DONE else "",
    )


def _reason(person_id: int, facts: _Facts) -> tuple[str, bool]:
    """Return why a person is not proposed, and whether a swap can be asked for."""
    if person_id in facts.seated:
        return gettext("Is proposed."), False
    if any(each.bars for each in facts.findings.get(person_id, ())):
        return gettext("May not sit: a conflict of interest."), False
    if person_id in facts.excluded:
        return gettext("Was excluded by you."), False
    if person_id in facts.full:
        count = facts.full[person_id]
        return gettext("Has no review left this year: %(count)s so far.", count=count), False
    if person_id not in facts.scores:
        return gettext("Was not in the pool when this was proposed: does not take part."), False
    score = gettext(
        "Scores %(score)s; the lowest seat has %(least)s.",
        score=format_decimal(facts.scores[person_id], "0.00"),
        least=format_decimal(facts.least, "0.00"),
    )
    if person_id in facts.busy:
        return gettext("Is not free on any candidate date.") + " " + score, False
    if person_id in facts.alternates:
        return gettext("Is alternate %(place)s.", place=facts.alternates[person_id]) + " " + score, True
    return gettext("May sit.") + " " + score, True


def _cost(swap: Run) -> str:
    result = swap.result or {}
    if not result.get("feasible"):
        easings = gettext("; ").join(shown.easing(each) for each in result.get("easings", []))
        if easings:
            return str(gettext("No panel has this person unless: %(easings)s", easings=easings))
        return str(gettext("No panel that holds the rules has this person."))
    cost = format_decimal(result["cost"], "0.000")
    names = _named([*result["enters"], *result["leaves"]])
    return str(
        gettext(
            "With this person the total changes by %(cost)s; in: %(enters)s; out: %(leaves)s.",
            cost=cost,
            enters=gettext(", ").join(names.get(each, each) for each in result["enters"]),
            leaves=gettext(", ").join(names.get(each, each) for each in result["leaves"]),
        )
    )


def _named(numbers: Iterable[str]) -> dict[str, str]:
    rows = db.session.execute(sa.select(Person.number, Person.name).where(Person.number.in_(set(numbers))))
    return dict(rows.all())
