"""Words of the conflicts of an item."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from expertpool.conflicts.findings import Evidence
from expertpool.conflicts.policy import Rule
from expertpool.errors import Sentence
from expertpool.interests import wording

SENTENCES = {"item.conflicts-looked-at": _l("An auditor looked at the conflicts of the item")}

ASK = {
    Rule.MAIL_DOMAIN: _l("Ask who employs them now, and enter the employer."),
    Rule.NAMESAKE: _l("Ask whether they are the person whom the item names, and write the number there."),
}
"""What to ask about a possible finding."""

ASK_ELSE = _l("A name alone says so. Ask whether the same person or organisation is meant.")

FACES = {"bar": "conflict", "leave-room": "conflict", "declare": "conflict", "possible": "expired"}
"""Class of each handling."""

MEANINGS = {
    "bar": _l("never seated"),
    "leave-room": _l("sits, but leaves the room for this item"),
    "declare": _l("sits; the interest is shown to all and minuted"),
    "possible": _l("to be asked; bars nobody"),
}


def say(sentence: Sentence) -> str:
    """Return a sentence in the reader's language."""
    return sentence.translated(gettext)


def rule(name: Rule) -> str:
    """Return the name of a rule."""
    return str(gettext(wording.RULES[name]))


def handling(name: str) -> str:
    """Return the name of a handling."""
    return str(gettext(wording.HANDLINGS[name]))


def dates(evidence: Evidence) -> str:
    """Return since when and until when a fact holds; empty for one without dates."""
    if evidence.since and evidence.until:
        if evidence.since == evidence.until:
            return evidence.since.isoformat()
        return f"{evidence.since.isoformat()} – {evidence.until.isoformat()}"
    if evidence.since:
        return str(gettext("since %(day)s", day=evidence.since.isoformat()))
    return str(gettext("until %(day)s", day=evidence.until.isoformat())) if evidence.until else ""
