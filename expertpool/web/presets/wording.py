"""Words for the parts of presets."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from expertpool.panels.preset import (
    KINDS,
    Confidence,
    DecisionKind,
    Denominator,
    DrawMode,
    QuotaBy,
    Secrecy,
    Undated,
)
from expertpool.web.kit.locale import language

SENTENCES = {
    "preset.preset-retired": _l("Preset %(slug)s was retired"),
    "preset.preset-brought-back": _l("Preset %(slug)s was brought back"),
}

CONFIDENCES = {
    Confidence.STATUTE: _l("Read in the statute or on an official page"),
    Confidence.SECONDARY: _l("From a secondary source, to be checked"),
    Confidence.MEMORY: _l("From memory, to be checked"),
}

QUOTAS = {
    QuotaBy.EMPLOYER: _l("Employer"),
    QuotaBy.INTEREST_PARTY: _l("Interest party"),
    QuotaBy.REGION: _l("Region"),
    QuotaBy.DRAFTER_EMPLOYER: _l("The drafters' employers together"),
}

DENOMINATORS = {
    Denominator.MEMBERS: _l("the members"),
    Denominator.PRESENT: _l("those present"),
    Denominator.CAST: _l("the votes cast"),
    Denominator.REPLIES: _l("the replies"),
}

DECISIONS = {
    DecisionKind.NONE: _l("No formal decision"),
    DecisionKind.VOTE: _l("Vote"),
    DecisionKind.SCORES: _l("Scores"),
    DecisionKind.SCORES_THEN_VOTE: _l("Scores, then a vote"),
}

DRAWS = {
    DrawMode.NONE: _l("Not offered"),
    DrawMode.OFFERED: _l("Offered"),
    DrawMode.REQUIRED: _l("Required"),
}

SECRECIES = {
    Secrecy.NONE: _l("Not secret"),
    Secrecy.MEETING: _l("Secret until the meeting"),
    Secrecy.RESULT: _l("Secret until the result"),
}

UNDATED = {
    Undated.NEVER_EXPIRES: _l("Counts for ever"),
    Undated.EXPIRES: _l("Expires, counted from its start"),
}

FIELDS = {
    "citation": _l("Citation"),
    "confidence": _l("How it is known"),
    "effective_from": _l("In force from"),
    "effective_to": _l("In force to"),
    "minimum": _l("Members, at least"),
    "odd": _l("An odd number of members"),
    "maximum": _l("Members, at most"),
    "minimum_when_large": _l("Members of a large review, at least"),
    "vice_chairs_at_most": _l("Vice-chairs, at most"),
    "by": _l("Counted by"),
    "values": _l("Only of"),
    "at_least": _l("Members, at least"),
    "at_most": _l("At most"),
    "at_least_share": _l("Share of the members, at least"),
    "at_most_share": _l("Share of the members, at most"),
    "handling": _l("What follows"),
    "within_months": _l("Months after its end"),
    "never_expires": _l("Never expires"),
    "kind": _l("How the panel decides"),
    "abstentions_count": _l("Who abstains counts in the base"),
    "recused_count": _l("Who left the room counts in the base"),
    "silence_agrees": _l("An unsigned dissent counts as agreement"),
    "share": _l("Share"),
    "of": _l("Share of"),
    "mode": _l("Drawing by lot"),
    "working_days_before_at_most": _l("Drawn at most so many working days before"),
    "mail_reviewers_at_least": _l("Peers who review by mail first, at least"),
    "until": _l("Roster"),
    "sealed": _l("Sealed: until a set time only two named people see who sits"),
    "years": _l("Years to keep the file"),
    "zh": _l("in Chinese"),
    "en": _l("in English"),
}
"""By the last part of a key of a preset's body."""

PARTS = {
    "title": _l("Title"),
    "description": _l("What it is for"),
    "size": _l("Size"),
    "quotas": _l("Shares"),
    "reviews_per_year": _l("Reviews a year and person"),
    "committees_at_once": _l("Committees a person sits on at once"),
    "excluded_names": _l("Unsuitable reviewers an applicant may name"),
    "undated": _l("A fact without an end date"),
    "conflicts": _l("Conflicts of interest"),
    "pairs": _l("Two people of one panel"),
    "decision": _l("Decision"),
    "draw": _l("Drawing by lot"),
    "secrecy": _l("Secrecy of the roster"),
    "retention": _l("Keeping the file"),
}
"""By the first part of a key of a preset's body."""

BALLOTS = {
    "ballot": _l("Vote in the meeting"),
    "by_letter": _l("Vote by letter"),
}

THRESHOLDS = {
    "turnout": _l("turnout at least"),
    "approve": _l("approval at least"),
    "oppose": _l("opposition at most"),
}


def kind_name(kind: str) -> str:
    """Return the name of a kind of item in the reader's language; one of the office's own as it is."""
    for chinese, english, _slug in KINDS:
        if kind.casefold() in (chinese, english):
            return chinese if language() == "zh_Hans" else english
    return kind


def kind_names(kinds: Iterable[str]) -> list[str]:
    """Return the names of kinds in the reader's language, each once."""
    return list(dict.fromkeys(map(kind_name, kinds)))
