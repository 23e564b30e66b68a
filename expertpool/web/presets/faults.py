"""All that is wrong with a preset's body, each at its field and in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from wtforms import Field

from expertpool.conflicts.policy import Rule
from expertpool.errors import N_, Invalid
from expertpool.interests.wording import RULES
from expertpool.panels import preset as presets
from expertpool.panels.preset import QuotaBy
from expertpool.panels.wording import PARTIES
from expertpool.web.kit.forms import Form, put_error
from expertpool.web.presets.reading import rows_used
from expertpool.web.presets.wording import BALLOTS, FIELDS, PARTS, THRESHOLDS

SOUND_QUOTA = {"by": "employer", "at_most": 1, "citation": "-", "confidence": "M"}
INSIDE = (".share", ".approve.share", ".at_most", ".handling")
"""Fields that stand for a table that is missing as a whole."""

REPHRASED = {
    "%(key)s must be absent when never_expires is true.": N_(
        "Leave the months empty, or untick “Never expires”."
    ),
    "%(key)s or never_expires is needed: the rule is about the past.": N_(
        "Give the months, or tick “Never expires”: the rule is about the past."
    ),
    "%(key)s must not be before effective_from.": N_("The last day is before the first."),
}
"""Sentences that name keys of the body, as the form says them."""


def of_body(body: Mapping[str, Any]) -> list[Invalid]:
    """Return the first fault of each rule; the body's reader stops at the first of all."""
    found = _unknown_parties(body)
    mended = dict(body)
    while True:
        try:
            presets.from_body(mended)
        except Invalid as error:
            found.append(error)
            mended = _mended(mended, error.field or "")
        else:
            return found


def put(form: Form, faults: list[Invalid]) -> None:
    """Put each fault at its field, which its sentence then calls by its label."""
    used = rows_used(form)
    for fault in faults:
        path = _path(form, fault.field or "", used)
        params = {**fault.sentence.params, "key": short_label(path)}
        message = REPHRASED.get(fault.sentence.message, fault.sentence.message)
        put_error(form, Invalid(message, field=path, **params))


def labels(form: Form) -> dict[str, str]:
    """Return the whole name of each field with an error, for the summary: `Spouse: What follows`."""
    return {field.name: label(field) for field in form if field.errors}


def label(field: Field) -> str:
    """Return the whole name of a field."""
    first, *middle = field.name.split(".")[:-1] or [field.name]
    names = {"conflicts": _rule, "pairs": _rule, "quotas": _row, "decision": _ballot}
    inner = names[first](middle) if first in names and middle else ""
    words = [str(PARTS.get(first, "")), inner]
    where = gettext(", ").join(word for word in words if word)
    text = str(field.label.text)
    return f"{where}{gettext(': ')}{text}" if where and where != text else text


def short_label(path: str) -> str:
    """Return the label of a key's last part."""
    last, first = path.rpartition(".")[2], path.partition(".")[0]
    return str(FIELDS.get(last) or PARTS.get(first) or last)


def _rule(middle: list[str]) -> str:
    return str(gettext(RULES[Rule(middle[0])]))


def _row(middle: list[str]) -> str:
    return str(gettext("row %(row)s", row=middle[0]))


def _ballot(middle: list[str]) -> str:
    return str(gettext(", ")).join([str(BALLOTS[middle[0]]), *(str(THRESHOLDS[name]) for name in middle[1:])])


def _path(form: Form, field: str, used: list[int]) -> str:
    """Return the name of the field that a faulty key belongs to."""
    part, _, rest = field.partition(".")
    if part == "quotas":
        position, _, name = rest.partition(".")
        field = f"quotas.{used[int(position) - 1]}.{name}"
    candidates = (field, *(field + inside for inside in INSIDE))
    return next((name for name in candidates if name in form), field)


def _unknown_parties(body: Mapping[str, Any]) -> list[Invalid]:
    known = gettext(", ").join(gettext(word) for word in PARTIES.values())
    return [
        Invalid(
            N_("“%(value)s” is no interest party. Known: %(known)s."),
            field=f"quotas.{position}.values",
            value=value,
            known=known,
        )
        for position, quota in enumerate(body["quotas"], 1)
        if quota["by"] == QuotaBy.INTEREST_PARTY
        for value in quota["values"]
        if value not in PARTIES
    ]


def _mended(body: dict[str, Any], field: str) -> dict[str, Any]:
    """Return the body without the faulty rule, so that the others are read too."""
    part, _, rest = field.partition(".")
    if part in ("conflicts", "pairs"):
        return {**body, part: {name: rule for name, rule in body[part].items() if name != rest.split(".")[0]}}
    if part == "quotas":
        faulty = int(rest.split(".")[0])
        kept = [SOUND_QUOTA if place == faulty else quota for place, quota in enumerate(body[part], 1)]
        return {**body, part: kept}
    return {**body, part: presets.to_body(presets.shipped(presets.GENERAL)).get(part)}
