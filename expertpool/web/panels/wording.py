"""Words of the panels' pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from expertpool.conflicts.policy import Rule
from expertpool.errors import Sentence
from expertpool.interests import wording as interests
from expertpool.panels import wording
from expertpool.panels.models import PresetVersion, SeatState
from expertpool.skills.models import Skill
from expertpool.web.invitations.wording import OUTCOMES
from expertpool.web.kit.locale import language

SENTENCES = {
    "panel.panel-created": _l("Panel %(number)s was opened"),
    "panel.panel-request-changed": _l("What is asked was changed"),
    "panel.panel-shared": _l("The panel was opened to another office"),
    "panel.panel-unshared": _l("The panel was closed to another office"),
    "panel.alternate-added": _l("%(person)s of the pool stands by for a vacant seat"),
    "panel.person-chosen": _l("%(person)s: %(choice)s"),
    "panel.rule-eased": _l("Rule %(rule)s was eased from %(before)s to %(after)s"),
    "panel.proposal-requested": _l("Proposal %(number)s, %(purpose)s was asked for, seed %(seed)s"),
    "panel.proposal-recorded": _l("Proposal %(number)s, %(purpose)s was answered"),
    "panel.proposal-failed": _l("Proposal %(number)s failed: %(error)s"),
    "panel.finding-waived": _l("Waived for %(person)s: %(rule)s. %(reason)s"),
    "panel.waiver-revoked": _l("The waiver for %(person)s was revoked: %(rule)s"),
    "panel.panel-confirmed": _l("The panel was confirmed"),
    "panel.panel-formed": _l("Panel %(number)s was confirmed as part of a round"),
    "panel.panel-reopened": _l("The panel was reopened: %(reason)s"),
    "panel.panel-cancelled": _l("The panel was cancelled: %(reason)s"),
    "panel.panel-moved": _l("The panel was moved from %(starts_before)s to %(starts)s, place: %(place)s"),
    "panel.conflict-appeared": _l("A conflict came up for %(person)s: %(rules)s"),
    "panel.conflict-settled": _l("The conflict of %(person)s is settled, %(outcome)s: %(rule)s"),
    "panel.attendance-noted": _l("It was noted who came"),
    "panel.conclusion-recorded": _l(
        "A conclusion was recorded: for %(approve)s, against %(oppose)s, abstained %(abstain)s"
    ),
    "panel.member-evaluated": _l("%(person)s was evaluated"),
    "panel.panel-closed": _l("The panel was closed and service hours were credited"),
    "preset.preset-published": _l("Preset %(slug)s, version %(number)s, was published"),
    "preset.default-preset-chosen": _l("Items of kind %(kind)s start from another preset: %(slug)s"),
}

FIELDS = {
    "title": _l("Title"),
    "owner": _l("Convening office"),
    "place": _l("Place"),
    "items": _l("Items"),
    "seats": _l("Seats"),
    "alternates": _l("Alternates"),
    "mode": _l("How people are chosen"),
    "skills": _l("Skills"),
    "preset": _l("Preset"),
    "rules": _l("Rules of this panel"),
    "slots": _l("Candidate dates"),
}

CODES = {
    "propose": _l("people and a date"),
    "swap": _l("the cost of a swap"),
    "replay": _l("a replay"),
    "lock": _l("locked"),
    "exclude": _l("excluded"),
    "best": _l("The best suited first"),
    "random": _l("By chance, weighted by score"),
    "gone": _l("the fact is gone"),
    "waived": _l("waived"),
    "kept": _l("declared and kept"),
    "left": _l("the seat was left"),
}
"""Codes of the trail in words; names of rules of conflicts are added where it is shown."""

RULE_LABELS = {
    "odd": _l("Odd number of members"),
    "size_min": _l("Members, at least"),
    "max_per_organisation": _l("Members of one employer, at most"),
    "max_per_region": _l("Members of one region, at most"),
    "min_regions": _l("Regions, at least"),
    "max_share_of_one_interest_party": _l("Share of one interest party, at most"),
    "min_shares": _l("Share of certain interest parties, at least"),
    "max_load": _l("Reviews of one person a year, fewer than"),
    "chair": _l("One member may take the chair"),
}
"""Rules of one panel, by the names of `panels.overrides`."""

FACES = {
    SeatState.PROPOSED: "proposed",
    SeatState.INVITED: "invited",
    SeatState.ACCEPTED: "accepted",
    SeatState.DECLINED: "declined",
    SeatState.EXPIRED: "expired",
    SeatState.WITHDRAWN: "vacant",
}
"""Class of each state of a seat."""


def say(sentence: Sentence | str) -> str:
    """Return a sentence in the reader's language."""
    return sentence.translated(gettext) if isinstance(sentence, Sentence) else gettext(sentence)


def preset_title(preset: PresetVersion) -> str:
    """Return a preset's name in the reader's language."""
    return preset.title_zh if language() == "zh_Hans" else preset.title_en


def skill_name(skill: Skill | None) -> str:
    """Return a skill's name in the reader's language, else in the other."""
    if skill is None:
        return str(gettext("unknown"))
    names = (skill.name_zh, skill.name_en)
    return (names[0] or names[1] if language() == "zh_Hans" else names[1] or names[0]) or ""


def rule_lines(rules: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the rules of one panel as pairs of what and how much."""
    return [(str(RULE_LABELS[name]), _rule_value(value)) for name, value in rules.items()]


def _rule_value(value: Any) -> str:
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, dict):
        return str(gettext(", ")).join(
            f"{parties(key)} {each or gettext('none')}" for key, each in value.items()
        )
    return str(gettext("none") if value is None else value)


def rule_name(rule: str) -> str:
    """Return the name of a rule of conflicts."""
    return say(Sentence(interests.RULES[Rule(rule)]))


def codes() -> dict[str, str]:
    """Return the codes of the trail, names of rules of conflicts among them, in words."""
    rules = {rule.value: rule_name(rule.value) for rule in Rule}
    calls = {outcome.value: str(text) for outcome, text in OUTCOMES.items()}
    return {**rules, **calls, **{code: str(text) for code, text in CODES.items()}}


def parties(name: str | None) -> str:
    """Return interest parties, given as `user+public`, in words."""
    return str(gettext(", ").join(gettext(wording.PARTIES[each]) for each in (name or "").split("+") if each))


def seat_label(states: list[SeatState]) -> str:
    """Return seats counted in words: Accepted 3, Invited 4."""
    counts: dict[Any, int] = {}
    for state in states:
        counts[state] = counts.get(state, 0) + 1
    return str(
        gettext(", ").join(f"{gettext(wording.SEATS[state])} {count}" for state, count in counts.items())
    )
