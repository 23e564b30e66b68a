"""Words of the pages of affinity lists."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from expertpool.affinity.models import AffinityList
from expertpool.leases import RunState
from expertpool.web.kit.dates import stamp
from expertpool.web.kit.locale import language

SENTENCES = {
    "affinity-list.affinity-requested": _l(
        "Affinity list %(number)s was asked for on %(items)s items, %(experts)s experts each"
    ),
    "affinity-list.affinity-recorded": _l(
        "Affinity list %(number)s was worked out: %(places)s places, %(pool)s people compared"
    ),
    "affinity-list.affinity-failed": _l("Affinity list %(number)s failed: %(error)s"),
    "affinity-list.affinity-cancelled": _l("Affinity list %(number)s was called off"),
    "affinity-list.affinity-removed": _l("Affinity list %(number)s was removed: %(title)s"),
}

STATES = {
    RunState.QUEUED: _l("Waiting"),
    RunState.RUNNING: _l("Being worked out"),
    RunState.DONE: _l("Done"),
    RunState.FAILED: _l("Failed"),
    RunState.CANCELLED: _l("Called off"),
}
STAGES: dict[str, Any] = {
    "reading": _l("Reading people, their works and skills"),
    "comparing": _l("Comparing texts"),
    "keeping": _l("Writing the list"),
}
FAILURES = {
    "lost": _l("Its worker was lost three times. Ask again, or tell whoever runs the service."),
    "unexpected": _l("Something unexpected happened; it is in the service's log."),
}


def about(list_: AffinityList, size: int) -> str:
    """Return what was asked, by whom and when, and of how many people, in sentences."""
    if list_.is_text:
        asked = gettext("At most %(experts)s experts near to a text.", experts=list_.experts)
    else:
        asked = ngettext(
            "At most %(experts)s experts near to %(num)s item.",
            "At most %(experts)s experts near to each of %(num)s items.",
            size,
            experts=list_.experts,
        )
    who = list_.requested_by.name if list_.requested_by else "–"
    when = stamp(list_.requested_at)
    by = gettext("%(who)s asked for %(office)s, %(when)s.", who=who, office=list_.owner.name, when=when)
    sentences = [asked, by]
    if list_.pool is not None:
        sentences.append(
            ngettext(
                "%(num)s person of the pool was compared.",
                "%(num)s people of the pool were compared.",
                list_.pool,
            )
        )
    space = "" if language() != "en" else " "
    return space.join(map(str, sentences))
