"""Words of the pages of rounds."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from expertpool.errors import Sentence
from expertpool.panels.models import RunState
from expertpool.panels.round_models import LockKind, RoundMode

SENTENCES = {
    "round.round-created": _l("The round was made on %(items)s items"),
    "round.assignment-requested": _l("Run %(number)s was asked for, seed %(seed)s"),
    "round.assignment-recorded": _l("Run %(number)s was worked out"),
    "round.assignment-failed": _l("Run %(number)s failed: %(error)s"),
    "round.assignment-cancelled": _l("Run %(number)s was called off"),
    "round.pair-decided": _l("%(person)s: %(choice)s. %(reason)s"),
}

MODES = {
    RoundMode.BEST: _l("The largest total: people suit their items best on the whole"),
    RoundMode.FAIR: _l("The worst item first: no item is served worse than it must be"),
    RoundMode.RANDOM: _l("By chance: nobody can know who reviews what"),
}
STATES = {
    RunState.QUEUED: _l("Waiting"),
    RunState.RUNNING: _l("Being worked out"),
    RunState.DONE: _l("Done"),
    RunState.FAILED: _l("Failed"),
    RunState.CANCELLED: _l("Called off"),
}
STAGES = {
    "pool": _l("Reading items, people and skills"),
    "conflicts": _l("Looking for conflicts of interest"),
    "assigning": _l("Assigning"),
    "keeping": _l("Writing the result"),
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
    "experience": _l("Experience"),
    "rotation": _l("Rotation"),
    "balance": _l("Balance"),
}


def short(kept: dict[str, Any]) -> str:
    """Return why somebody falls short, as a run keeps it, in the reader's language."""
    return Sentence(kept["message"], kept["params"]).translated(gettext)
