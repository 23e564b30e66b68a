"""The audit trail of one subject, put into words for the pages of a room."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext, ngettext

from expertpool.audit.models import AuditEntry
from expertpool.web.kit.dates import moment

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^ ]*$")
"""How the trail keeps moments."""


@dataclass(frozen=True)
class Line:
    """One fact: when, what, who, and which values changed, as (field, old, new)."""

    at: datetime
    text: str
    actor: str
    changes: list[tuple[str, str, str]]


def lines(
    entries: Iterable[AuditEntry],
    sentences: Mapping[str, Any],
    fields: Mapping[str, Any],
    values: Mapping[str, Any] | None = None,
) -> list[Line]:
    """Return `entries` in words.

    `sentences` are by event, with places for its facts; `fields` by name; `values` put codes such as
    `active` into words.
    """
    return [_line(entry, sentences, fields, values or {}) for entry in entries]


def _line(
    entry: AuditEntry, sentences: Mapping[str, Any], fields: Mapping[str, Any], values: Mapping[str, Any]
) -> Line:
    def worded(value: Any) -> str:
        if isinstance(value, str) and MOMENT.match(value):
            return moment(datetime.fromisoformat(value))
        return str(values[value]) if isinstance(value, str) and value in values else shown(value)

    facts = {**entry.facts, **(entry.personal or {})}
    sentence = sentences.get(entry.event, entry.event)
    texts = {name: worded(value) for name, value in facts.items()}
    changes: dict[str, list[Any]] = facts.get("changes") or {}
    return Line(
        entry.at,
        _filled(str(sentence), texts),
        entry.actor_label,
        [(str(fields.get(name, name)), worded(old), worded(new)) for name, (old, new) in changes.items()],
    )


def _filled(sentence: str, texts: dict[str, str]) -> str:
    """Fill the places of a sentence; personal values may have been erased."""
    return sentence % defaultdict(lambda: "–", texts)


def shown(value: Any) -> str:
    """Return a value of the trail as text."""
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, list):
        return str(gettext(", ")).join(shown(each) for each in value)
    if isinstance(value, dict):
        return str(ngettext("%(num)s value", "%(num)s values", len(value)))
    return str(value)
