"""Words of the panels' pages."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from expertpool.conflicts.policy import Rule
from expertpool.errors import Sentence
from expertpool.interests import wording as interests
from expertpool.panels import wording
from expertpool.panels.models import PresetVersion, SeatState
from expertpool.skills.models import Skill
from expertpool.web.kit.locale import language

SENTENCES = {
    "panel.panel-created": _l("Panel %(number)s was opened"),
    "panel.panel-request-changed": _l("What is asked was changed"),
    "panel.panel-shared": _l("The panel was opened to another office"),
    "panel.panel-unshared": _l("The panel was closed to another office"),
    "panel.person-chosen": _l("A person was locked, excluded or left to the system: %(choice)s"),
    "panel.rule-eased": _l("Rule %(rule)s was eased from %(before)s to %(after)s"),
    "panel.proposal-requested": _l("Proposal %(number)s was asked for (%(purpose)s, seed %(seed)s)"),
    "panel.proposal-recorded": _l("Proposal %(number)s was answered (%(purpose)s)"),
    "panel.proposal-failed": _l("Proposal %(number)s failed: %(error)s"),
    "panel.finding-waived": _l("The rule %(rule)s was waived: %(reason)s"),
    "panel.waiver-revoked": _l("The waiver of the rule %(rule)s was revoked"),
    "panel.panel-confirmed": _l("The panel was confirmed"),
    "panel.panel-reopened": _l("The panel was reopened: %(reason)s"),
    "panel.panel-cancelled": _l("The panel was cancelled: %(reason)s"),
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


def rule_name(rule: str) -> str:
    """Return the name of a rule of conflicts."""
    return say(Sentence(interests.RULES[Rule(rule)]))


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
