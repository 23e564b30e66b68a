"""Words of the pages of rounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from expertpool.conflicts.policy import PairRule, Rule
from expertpool.errors import Sentence
from expertpool.interests import wording as interests
from expertpool.panels.models import RunState
from expertpool.panels.round_checking import Reason
from expertpool.panels.round_models import LockKind, PanelsOf, ReviewRound, RoundMode, ScoredBy
from expertpool.web.panels.wording import say

SENTENCES = {
    "round.round-created": _l("The round was made on %(items)s items"),
    "round.assignment-requested": _l("Run %(number)s was asked for, seed %(seed)s"),
    "round.assignment-recorded": _l("Run %(number)s was worked out"),
    "round.assignment-failed": _l("Run %(number)s failed: %(error)s"),
    "round.assignment-cancelled": _l("Run %(number)s was called off"),
    "round.pair-decided": _l("%(person)s: %(choice)s. %(reason)s"),
    "round.round-confirmation-requested": _l("Run %(number)s was confirmed; its panels are to be made"),
    "round.round-confirmation-cancelled": _l("The confirmation of run %(number)s was taken back"),
    "round.round-confirmation-failed": _l("No panels could be made of run %(number)s: %(error)s"),
    "round.round-confirmed": _l(
        "Run %(number)s became panels: %(panels)s made, %(left_out)s items left to you"
    ),
}

MODES = {
    RoundMode.BEST: _l("The largest total: people suit their items best on the whole"),
    RoundMode.FAIR: _l("The worst item first: no item is served worse than it must be"),
    RoundMode.RANDOM: _l("By chance: nobody can know who reviews what"),
}
SCORED_BY = {
    ScoredBy.SKILLS: _l("Skills alone"),
    ScoredBy.TEXTS: _l("Texts and skills"),
}
STATES = {
    RunState.QUEUED: _l("Waiting"),
    RunState.RUNNING: _l("Being worked out"),
    RunState.DONE: _l("Done"),
    RunState.FAILED: _l("Failed"),
    RunState.CANCELLED: _l("Called off"),
}
STAGES: dict[str, Any] = {
    "pool": _l("Reading items, people and skills"),
    "conflicts": _l("Looking for conflicts of interest"),
    "texts": _l("Comparing texts"),
    "assigning": _l("Assigning"),
    "keeping": _l("Writing the result"),
    "checking": _l("Looking for conflicts of interest again"),
    "forming": _l("Making the panels"),
}
FAILURES = {
    "lost": _l("Its worker was lost three times. Ask again, or tell whoever runs the service."),
    "time_limit": _l("No assignment was found in time. Loosen a limit, or take fewer items."),
    "scored_pairs_only": _l("There are too many pairs. Let only those review who hold a skill of the item."),
    "quality": _l("So much of the best total can't be kept by chance. Ask for less of it."),
    "unexpected": _l("Something unexpected happened; it is in the service's log."),
}
KINDS = {LockKind.LOCK: _l("must review it"), LockKind.BAN: _l("must not review it")}
CODES = {kind.value: text for kind, text in KINDS.items()} | FAILURES
PARTS = {
    "skill": _l("Skill"),
    "text": _l("Text affinity"),
    "experience": _l("Experience"),
    "rotation": _l("Rotation"),
    "balance": _l("Balance"),
}


def parts_of(round_: ReviewRound) -> dict[str, Any]:
    """Return the parts of a score in this round, in the order in which they are shown, in words."""
    fit = "text" if round_.scored_by is ScoredBy.TEXTS else "skill"
    return {name: PARTS[name] for name in (fit, "experience", "rotation", "balance")}


def in_parts(round_: ReviewRound, parts: Mapping[str, float]) -> list[tuple[Any, float]]:
    """Return what each part of a score is worth; a pair that was locked without a score has none."""
    return [(word, parts.get(name, 0.0)) for name, word in parts_of(round_).items()]


def short(kept: dict[str, Any]) -> str:
    """Return why somebody falls short, as a run keeps it, in the reader's language."""
    return Sentence(kept["message"], kept["params"]).translated(gettext)


def panels_of(each: PanelsOf, count: int) -> str:
    """Return what becomes one panel, with how many panels that makes."""
    if each is PanelsOf.ITEM:
        text = ngettext("Each item on its own: %(num)s panel", "Each item on its own: %(num)s panels", count)
    else:
        text = ngettext(
            "Items with exactly the same reviewers together: %(num)s panel",
            "Items with exactly the same reviewers together: %(num)s panels",
            count,
        )
    return str(text)


def _rule(code: str | None, *, is_of_pair: bool) -> str:
    if code is None:
        return ""
    return str(say(interests.rule_name(PairRule(code) if is_of_pair else Rule(code))))


def left_out(kept: Mapping[str, Any], names: Mapping[int, str]) -> str:
    """Return why an item became no panel, as its confirmation keeps it."""
    texts = {
        Reason.BARRED: gettext("%(name)s may not sit any more: %(rule)s."),
        Reason.APART: gettext("%(name)s and %(other)s may not sit together any more: %(rule)s."),
        Reason.GONE: gettext("%(name)s does not take part any more."),
        Reason.FULL: gettext("%(name)s has no review left this year."),
        Reason.RETIRED: gettext("The item was withdrawn."),
    }
    told = {
        "name": names.get(kept["person"], "?"),
        "other": names.get(kept["other"], "?"),
        "rule": _rule(kept["rule"], is_of_pair=bool(kept["other"])),
    }
    return str(texts[Reason(kept["why"])]) % told
