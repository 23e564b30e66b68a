"""A proposal in words: rows of seats, alternates, dates, rules and ways to ease them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import format_decimal, gettext, ngettext

from expertpool.conflicts.findings import Evidence, Finding, PairFinding
from expertpool.extensions import db
from expertpool.interests import wording as interests
from expertpool.panels import kept, queries, wording
from expertpool.panels.models import Choice, Panel, Run
from expertpool.panels.queries import Card
from expertpool.people.models import Person
from expertpool.web.kit.dates import span
from expertpool.web.panels.wording import parties, say, skill_name

UNKNOWN = Card(0, "", "?", "", "", "", is_active=False)


@dataclass(frozen=True)
class Told:
    """One finding in words; `handling` is bar, leave-room, declare or possible."""

    rule: str
    rule_code: str
    handling: str
    handling_code: str
    evidence: list[tuple[str, str, str]]
    waiver: str
    """Who waived it, when and why; empty when nobody did."""


@dataclass(frozen=True)
class SeatRow:
    """A seat or an alternate."""

    place: int
    card: Card
    is_chair: bool
    score: float
    parts: list[tuple[str, float]]
    why: str
    state: tuple[str, str]
    choice: str
    told: list[Told]
    seats: str = ""


@dataclass(frozen=True)
class SlotRow:
    """A candidate date with its outcome."""

    when: str
    is_chosen: bool
    text: str


@dataclass(frozen=True)
class Way:
    """One way to ease the rules: what each rule becomes."""

    position: int
    texts: list[str]
    short: int


@dataclass(frozen=True)
class Page:
    """A whole proposal."""

    lead: str
    seats: list[SeatRow]
    alternates: list[SeatRow]
    slots: list[SlotRow]
    checks: list[tuple[bool, str]]
    ways: list[Way]
    pairs: list[str]
    warnings: list[str]


def proposal(panel: Panel, run: Run) -> Page:
    """Return the answer of a run in the reader's language."""
    result = run.result or {}
    people = [*result["members"], *result["alternates"]]
    cards = queries.cards(db.session, [each["person_id"] for each in people])
    names = _names(result)
    chosen = {each.person_id: each.choice for each in panel.choices}
    rows = [_seat(place, each, cards, names, chosen) for place, each in enumerate(people, 1)]
    count = len(result["members"])
    return Page(
        lead=_lead(run, result),
        seats=rows[:count],
        alternates=rows[count:],
        slots=[_slot(each, result, names) for each in result["slots"]],
        checks=[
            (each["met"], say(wording.check(each, names.get(each["subject"], ""))))
            for each in result["checks"]
        ],
        ways=[
            Way(
                at,
                [say(wording.easing(rule, names.get(rule["subject"], ""))) for rule in way["rules"]],
                sum(rule["short"] for rule in way["rules"]),
            )
            for at, way in enumerate(result["relax"])
        ],
        pairs=[say(interests.finding_text(kept.pair(each))) for each in result["pairs"]],
        warnings=[
            gettext(
                "The share of %(parties)s was not checked: nobody’s interest party is known.",
                parties=parties(each),
            )
            for each in result.get("unasked", [])
        ]
        + [
            gettext(
                "The applicant names %(named)s unsuitable reviewers; %(allowed)s are allowed.",
                named=each["named"],
                allowed=each["allowed"],
            )
            for each in result["too_many_excluded"]
        ],
    )


def easing(rule: Mapping[str, Any]) -> str:
    """Return one easing in words."""
    names = _subjects([rule["subject"]]) if rule["subject"] else {}
    return say(wording.easing(rule, names.get(rule["subject"], "")))


def findings(found: Iterable[Finding | PairFinding]) -> list[Told]:
    """Return findings in words, the strictest first as the engine gave them."""
    return [
        Told(
            rule=say(interests.rule_name(each.rule)),
            rule_code=each.rule.value,
            handling=say(interests.handling_name(each)),
            handling_code=each.shown_handling,
            evidence=[_evidence(one) for one in each.evidence],
            waiver=_waiver(each),
        )
        for each in found
    ]


def evidence(found: Iterable[Finding]) -> list[tuple[str, str, str]]:
    """Return all facts behind findings as (when, what, from where)."""
    return [_evidence(one) for each in found for one in each.evidence]


def _evidence(one: Evidence) -> tuple[str, str, str]:
    return _when(one.since, one.until), say(interests.evidence_text(one)), one.source


def _when(since: date | None, until: date | None) -> str:
    if since and until:
        return gettext("%(since)s to %(until)s", since=since, until=until) if since != until else str(since)
    if since:
        return str(gettext("since %(since)s", since=since))
    return gettext("until %(until)s", until=until) if until else ""


def _waiver(finding: Finding | PairFinding) -> str:
    waiver = finding.waiver if isinstance(finding, Finding) else None
    if waiver is None:
        return ""
    return str(
        gettext(
            "Waived by %(name)s on %(day)s: %(reason)s",
            name=waiver.granted_by,
            day=waiver.granted_on,
            reason=waiver.reason,
        )
    )


def _lead(run: Run, result: Mapping[str, Any]) -> str:
    pool = result["pool"]
    how = gettext("proven best") if result.get("optimal") else gettext("not proven best")
    if result["mode"] == "random":
        how = gettext("by chance, weighted by score; a draw that others can check is another matter")
    if result["mode"] == "draw":
        how = gettext("by lot")
    if not result["feasible"]:
        how = gettext("no panel is possible") if result.get("proven") else gettext("none was found in time")
    groups = [
        gettext("%(count)s barred by rules", count=pool["barred"]) if pool["barred"] else "",
        gettext("%(count)s excluded by you", count=pool["excluded"]) if pool["excluded"] else "",
        gettext("%(count)s full this year", count=pool["full"]) if pool["full"] else "",
        gettext("%(count)s not free on any date", count=pool["busy"]) if pool["busy"] else "",
        gettext("%(count)s may sit", count=pool["eligible"]),
    ]
    return str(
        gettext(
            "Proposal %(number)s, %(seconds)s seconds, %(how)s. In the pool %(total)s people: %(groups)s.",
            number=run.number,
            seconds=format_decimal(result["seconds"], "0.0"),
            how=how,
            total=pool["total"],
            groups=gettext(", ").join(filter(None, groups)),
        )
    )


def _seat(
    place: int,
    each: Mapping[str, Any],
    cards: Mapping[int, Card],
    names: Mapping[str, str],
    chosen: Mapping[int, Choice],
) -> SeatRow:
    told = findings(kept.finding(one) for one in each["findings"])
    choice = chosen.get(each["person_id"])
    return SeatRow(
        place=place,
        card=cards.get(each["person_id"], UNKNOWN),
        is_chair=each.get("role") == "chair",
        score=each["score"],
        parts=[(gettext(wording.PARTS[part["part"]]), part["value"]) for part in each["why"]],
        why=_why(each, names),
        state=_state(choice, told),
        choice=choice.value if choice else "",
        told=told,
        seats=gettext(", ").join(str(seat) for seat in each.get("seats", ())),
    )


def _state(choice: Choice | None, told: list[Told]) -> tuple[str, str]:
    if choice is Choice.LOCK:
        return "locked", gettext("Locked")
    if choice is Choice.EXCLUDE:
        return "vacant", gettext("Excluded")
    if any(each.waiver for each in told):
        return "waived", gettext("Waived")
    return "proposed", gettext("Proposed")


def _why(each: Mapping[str, Any], names: Mapping[str, str]) -> str:
    held = gettext(", ").join(names.get(skill, skill) for skill in each["skills"])
    parts = [held] if held else []
    if each["experience"]:
        parts.append(
            ngettext("%(num)s earlier panel or item", "%(num)s earlier panels and items", each["experience"])
        )
    recent = each["recent"]
    parts.append(
        ngettext("%(num)s review in 12 months", "%(num)s reviews in 12 months", recent)
        if recent
        else gettext("no review in 12 months")
    )
    if each["party"]:
        parts.append(parties(each["party"]))
    return str(gettext("; ").join(parts))


def _slot(each: Mapping[str, Any], result: Mapping[str, Any], names: Mapping[str, str]) -> SlotRow:
    chosen = result["slot"] is not None and result["slot"]["start"] == each["start"]
    if each["objective"] is not None:
        score = format_decimal(each["objective"], "0.00")
        text = gettext("all seats filled, score %(score)s", score=score)
    elif each["feasible"]:
        text = gettext("all seats filled")
    elif each["short"]:
        text = gettext("; ").join(
            say(wording.easing(rule, names.get(rule["subject"], ""))) for rule in each["short"]
        )
        text = gettext("not possible unless: %(easings)s", easings=text)
    else:
        text = gettext("not possible") if each["proven"] else gettext("nothing found in time")
    return SlotRow(when_of(each), chosen, gettext("chosen, %(text)s", text=text) if chosen else text)


def when_of(slot: Mapping[str, str]) -> str:
    """Return a slot of a result in the reader's zone and language."""
    return span(datetime.fromisoformat(slot["start"]), datetime.fromisoformat(slot["end"]))


def _names(result: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of all subjects of a result: skills, parties, people, dates."""
    rules = [rule for way in result["relax"] for rule in way["rules"]]
    rules += [rule for slot in result["slots"] for rule in slot["short"]]
    subjects = {rule["subject"] for rule in [*rules, *result["checks"]] if rule["subject"]}
    subjects |= {skill for each in [*result["members"], *result["alternates"]] for skill in each["skills"]}
    return _subjects(subjects)


def _subjects(subjects: Iterable[str]) -> dict[str, str]:
    wanted = set(subjects)
    ids = [int(each) for each in wanted if each.isdigit() and len(each) < 18]
    found = {id_: skill_name(skill) for id_, skill in queries.skill_names(db.session, ids).items()}
    for subject in wanted - set(found):
        start, _, end = subject.partition("/")
        if end:
            found[subject] = when_of({"start": start, "end": end})
        elif set(subject.split("+")) <= set(wording.PARTIES):
            found[subject] = parties(subject)
    left = wanted - set(found)
    if left:
        rows = db.session.execute(sa.select(Person.number, Person.name).where(Person.number.in_(left)))
        found |= dict(rows.all())
    return found
