"""Words of the draws' pages."""

from __future__ import annotations

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from expertpool.conflicts.policy import Rule
from expertpool.draws.announcing import Kind, Source
from expertpool.draws.drawing import Outcome
from expertpool.draws.entropy import RANGE
from expertpool.panels.draw_models import Draw, DrawState, Party
from expertpool.panels.draw_plan import OWN_SECRET
from expertpool.panels.draw_plan import PARTIES as OF_PARTIES
from expertpool.web.panels.wording import rule_name

SENTENCES = {
    "panel.draw-committed": _l("Draw %(draw_number)s was fixed, SHA-256 %(commitment)s"),
    "panel.draw-prepared": _l(
        "Draw %(draw_number)s was fixed but for the secrets of both sides, SHA-256 %(commitment)s"
    ),
    "panel.draw-secret-sealed": _l("A secret for draw %(draw_number)s was sealed"),
    "panel.draw-secret-opened": _l("A secret of draw %(draw_number)s was opened"),
    "panel.draw-secret-withheld": _l(
        "%(person_name)s did not open the secret of draw %(draw_number)s in time; its seal stands in"
    ),
    "panel.draw-witnessed": _l("A supervisor confirmed to be present at draw %(draw_number)s"),
    "panel.draw-made": _l("Draw %(draw_number)s was made, record %(record_hash)s"),
    "panel.draw-proposed": _l("Draw %(draw_number)s became proposal %(number)s"),
    "panel.chair-chosen": _l("%(person)s takes the chair, proposal %(number)s"),
    "panel.draw-names-published": _l("The names of draw %(draw_number)s were published"),
    "panel.roster-sealed": _l("Who sits was sealed until %(until)s"),
    "panel.opening-asked": _l("Early opening of the roster was asked for: %(reason)s"),
    "panel.opening-refused": _l("Early opening of the roster was refused: %(reason)s"),
    "panel.roster-opened": _l("The roster was opened early: %(reason)s"),
    "panel.draw-voided": _l("Draw %(draw_number)s was voided: %(reason)s"),
}

STATES = {
    DrawState.COMMITTED: _l("Waiting for its sources"),
    DrawState.DRAWN: _l("Drawn"),
    DrawState.VOID: _l("Void"),
}
FACES = {DrawState.COMMITTED: "proposed", DrawState.DRAWN: "passed", DrawState.VOID: "declined"}

AWAITS_SECRETS = _l("Waiting for both secrets")
"""State of a draw whose list is fixed, while a secret is still to be sealed."""


def state_of(draw: Draw) -> tuple[str, str]:
    """Return the face and the word of a draw's state."""
    return FACES[draw.state], str(AWAITS_SECRETS if draw.awaits_secrets else STATES[draw.state])


PARTIES = {Party.ORGANISER: _l("Organiser"), Party.SUPERVISOR: _l("Supervisor")}
SIDES = {
    "unsealed": _l("not sealed yet"),
    "sealed": _l("sealed"),
    "opened": _l("opened"),
    "withheld": _l("not opened in time"),
    "missed": _l("not sealed in time"),
}
SIDE_FACES = {
    "unsealed": "proposed",
    "sealed": "locked",
    "opened": "accepted",
    "withheld": "declined",
    "missed": "expired",
}
"""How a side of a draw with secrets stands."""


SOURCES = {
    OWN_SECRET: _l("Secret of the sealed roster"),
    OF_PARTIES[Party.ORGANISER]: _l("Secret of the organiser"),
    OF_PARTIES[Party.SUPERVISOR]: _l("Secret of the supervisor"),
}


def source_name(source: Source) -> str:
    """Return what a source is called: the office's words, but our own secrets in the reader's language."""
    return str(SOURCES.get(source.party, source.description))


def in_range(text: str) -> str:
    """Say in words in what range a source reports ("6 of 1-33"); empty when nobody says."""
    match = RANGE.fullmatch(text.strip())
    if not match:
        return text
    span, count = f"{match['low']}–{match['high']}", int(match["count"] or 1)
    told = span
    if match["kind"] == "of":
        told = ngettext(
            "%(num)s number of %(span)s", "%(num)s different numbers of %(span)s", count, span=span
        )
    elif match["kind"] == "x":
        told = ngettext(
            "%(num)s number in %(span)s", "%(num)s numbers in %(span)s, repeats allowed", count, span=span
        )
    return told


KINDS = {Kind.FIRST: _l("First draw"), Kind.SUPPLEMENT: _l("Supplement"), Kind.REDRAW: _l("Redraw")}

OUTCOMES = {
    Outcome.SEAT: _l("seat"),
    Outcome.ALTERNATE: _l("alternate"),
    Outcome.RECUSED: _l("recused"),
    Outcome.CAPPED: _l("passed over"),
}
OUTCOME_FACES = {
    Outcome.SEAT: "accepted",
    Outcome.ALTERNATE: "proposed",
    Outcome.RECUSED: "conflict",
    Outcome.CAPPED: "expired",
}

REASONS = {
    "excluded": _l("excluded by the organiser"),
    "full": _l("full this year"),
    "busy": _l("not free on the date"),
    "gone": _l("no longer takes part"),
    "employer": _l("their employer has a place already"),
}
"""Reasons in records that are no rule of conflicts."""

VOIDED = {
    "panel.finding-waived": _l("A finding was waived afterwards"),
    "panel.panel-reopened": _l("The panel was reopened afterwards"),
    "panel.panel-request-changed": _l("What is asked was changed afterwards"),
    "panel.person-chosen": _l("A person was locked, excluded or let back afterwards"),
    "panel.proposal-requested": _l("A proposal was asked for instead"),
    "panel.rule-eased": _l("A rule was eased afterwards"),
    "panel.waiver-revoked": _l("A waiver was revoked afterwards"),
}


def reason(text: str) -> str:
    """Return why somebody was passed over, from the codes of a record."""
    group, colon, _ = text.partition(": ")
    if colon and group == "employer":
        return str(REASONS["employer"])
    rules = {rule.value for rule in Rule}
    words = [rule_name(each) if each in rules else str(REASONS.get(each, each)) for each in text.split()]
    return str(gettext(", ").join(words))


def void_reason(text: str) -> str:
    """Return why a draw is void: what changed, or a person's own words."""
    return str(VOIDED.get(text, text))
