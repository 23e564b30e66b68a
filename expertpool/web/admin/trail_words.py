"""What the audit trail is about and by which door it came, in words; the trail itself keeps codes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from expertpool.web.admin.sentences import all_sentences

PLACE = re.compile(r"%\(\w+\)s")

KINDS = {
    "affinity-list": _l("Affinity list"),
    "audit": _l("Audit trail"),
    "campaign": _l("Text of invitations"),
    "certificate": _l("Certificate"),
    "choice": _l("Choice of the office"),
    "cohort": _l("Cohort"),
    "course": _l("Course"),
    "enrolment": _l("Enrolment"),
    "export": _l("Export"),
    "holiday": _l("Single day"),
    "import": _l("Import"),
    "invitation": _l("Invitation"),
    "item": _l("Item"),
    "job": _l("Job"),
    "key": _l("Data key"),
    "lesson": _l("Single lesson"),
    "message": _l("Message"),
    "organisation": _l("Organisation"),
    "panel": _l("Panel"),
    "person": _l("Expert"),
    "preset": _l("Preset of rules"),
    "relation": _l("Relation"),
    "room": _l("Room of the office"),
    "round": _l("Whole round"),
    "skill": _l("Skill"),
    "taxonomy": _l("Classification"),
    "teaching": _l("Teaching"),
    "timetable": _l("Timetable"),
    "user": _l("Account"),
    "year": _l("Holidays of a year"),
}
"""By the subject kind of an event."""

DOORS = {
    "api": _l("by the interface for programs"),
    "cli": _l("at the command line"),
    "job": _l("by a job"),
    "mail": _l("by a link in a mail"),
    "web": _l("in the pages"),
}


def kind_choices() -> list[tuple[str, str]]:
    """Return the kinds of subjects for a form, any first."""
    return [("", gettext("anything")), *((kind, str(word)) for kind, word in KINDS.items())]


def event_choices(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the events of `names` for a form, each kind's own after the kind as a whole."""
    found = [("", gettext("anything"))]
    for name in sorted(names):
        kind = name.partition(".")[0]
        word = str(KINDS.get(kind, kind))
        if found[-1][0].partition(".")[0] != kind:
            found.append((f"{kind}.", gettext("%(kind)s: all", kind=word)))
        event = PLACE.sub("…", str(all_sentences().get(name, name)))
        found.append((name, gettext("%(kind)s: %(event)s", kind=word, event=event)))
    return found
