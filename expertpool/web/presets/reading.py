"""Between the body of a preset and its form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext

from expertpool.conflicts.policy import PairRule, Rule
from expertpool.panels import preset as presets
from expertpool.panels.preset import QuotaBy
from expertpool.panels.wording import PARTIES
from expertpool.web.kit.forms import Form
from expertpool.web.presets.describing import party
from expertpool.web.presets.forms import BALLOTS, BASIS, CAPS, THRESHOLDS, form_class

SPARE_QUOTAS = 2
"""Empty rows of shares that the form offers."""
MOST_QUOTAS = 40


def of_request() -> Form:
    """Return the form as it was sent, with as many rows of shares."""
    rows = sum(f"quotas.{position}.by" in request.form for position in range(1, MOST_QUOTAS + 1))
    return form_class(rows)()


def of_body(body: Mapping[str, Any], number: int) -> Form:
    """Return the form that shows a stored version."""
    rows = min(len(body.get("quotas", [])) + SPARE_QUOTAS, MOST_QUOTAS)
    preset = presets.from_body(body)
    data: dict[str, Any] = {}
    _flatten(presets.to_body(preset), "", data)
    for position, quota in enumerate(preset.quotas, 1):
        data[f"quotas.{position}.values"] = gettext(", ").join(party(value) for value in quota.values)
        data[f"quotas.{position}.by"] = quota.by.value
    data["read"] = str(number)
    form = form_class(rows)(formdata=None)
    for field in form:
        if field.name in data:
            field.process(None, data[field.name])
    return form


def _flatten(value: Any, path: str, found: dict[str, Any]) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _flatten(inner, f"{path}.{key}" if path else key, found)
    elif isinstance(value, list) and path == "quotas":
        for position, inner in enumerate(value, 1):
            _flatten(inner, f"{path}.{position}", found)
    elif path.endswith((".effective_from", ".effective_to")):
        found[path] = date.fromisoformat(value)
    else:
        found[path] = value


def body_of(form: Form, slug: str) -> dict[str, Any]:
    """Return the body that the form asks for, unchecked: see `faults.of_body`."""
    body: dict[str, Any] = {
        "slug": slug,
        "undated": form["undated"].data,
        "size": _table(
            form,
            "size",
            ("minimum", "odd", "maximum", "minimum_when_large", "vice_chairs_at_most", *BASIS),
        ),
        "quotas": [_quota(form, position) for position in rows_used(form)],
        "decision": _decision(form),
        "draw": _table(
            form, "draw", ("mode", "working_days_before_at_most", "mail_reviewers_at_least", *BASIS)
        ),
        "secrecy": _table(form, "secrecy", ("until", "sealed", *BASIS)),
        "retention": _table(form, "retention", ("years", *BASIS)),
        "conflicts": dict(_rules(form, "conflicts", Rule)),
        "pairs": dict(_rules(form, "pairs", PairRule)),
    }
    for text in ("title", "description"):
        body[text] = {"zh": form[f"{text}.zh"].data, "en": form[f"{text}.en"].data}
    for cap in CAPS:
        if form[f"{cap}.at_most"].data is not None:
            body[cap] = _table(form, cap, ("at_most", *BASIS))
    return body


def quota_rows(form: Form) -> list[int]:
    """Return the positions of the rows of shares that the form has."""
    return [position for position in range(1, MOST_QUOTAS + 1) if f"quotas.{position}.by" in form]


def rows_used(form: Form) -> list[int]:
    """Return the positions of the rows of shares that are filled in, in order."""
    return [position for position in quota_rows(form) if form[f"quotas.{position}.by"].data]


def _quota(form: Form, position: int) -> dict[str, Any]:
    path = f"quotas.{position}"
    bounds = ("at_least", "at_most", "at_least_share", "at_most_share")
    table = _table(form, path, ("by", *bounds, *BASIS))
    texts = (form[f"{path}.values"].data or "").replace("，", ",").replace("、", ",").split(",")
    values = [text.strip() for text in texts if text.strip()]
    if table["by"] == QuotaBy.INTEREST_PARTY:
        values = [_party(value) for value in values]
    return {**table, "values": values}


def _party(text: str) -> str:
    """Return the code of an interest party named in the reader's language, in English or by its code."""
    for code, word in PARTIES.items():
        if text.casefold() in (code, word.casefold(), gettext(word).casefold()):
            return code
    return text


def _decision(form: Form) -> dict[str, Any]:
    flags = ("abstentions_count", "recused_count", "silence_agrees")
    table = _table(form, "decision", ("kind", *flags, *BASIS))
    for ballot in BALLOTS:
        thresholds = {
            name: _table(form, f"decision.{ballot}.{name}", ("share", "of"))
            for name in THRESHOLDS
            if form[f"decision.{ballot}.{name}.share"].data
        }
        if thresholds:
            table[ballot] = thresholds
    return table


def _rules(form: Form, part: str, rules: type[Rule] | type[PairRule]) -> Iterator[tuple[str, Any]]:
    for rule in rules:
        path = f"{part}.{rule}"
        if form[f"{path}.handling"].data:
            yield rule.value, _table(form, path, ("handling", "within_months", "never_expires", *BASIS))


def _table(form: Form, path: str, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the values given below a path; empty ones are left out."""
    given = {name: form[f"{path}.{name}"].data for name in names if f"{path}.{name}" in form}
    values = {name: value.strip() if isinstance(value, str) else value for name, value in given.items()}
    return {name: value for name, value in values.items() if value not in (None, "")}
