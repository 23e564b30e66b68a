"""The audit trail of one subject, put into words for the pages of a room."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext, ngettext

from expertpool.audit.models import AuditEntry
from expertpool.web.kit.dates import moment, span

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
    people: Mapping[int, str] | None = None,
) -> list[Line]:
    """Return `entries` in words.

    `sentences` are by event, with places for its facts; `fields` by name; `values` put codes such as
    `active` into words. With `people`, names by id, a fact `person_id` also fills the place `person`, and
    `person_ids` the place `people`.
    """
    return [_line(entry, sentences, fields, values or {}, people or {}) for entry in entries]


def _line(
    entry: AuditEntry,
    sentences: Mapping[str, Any],
    fields: Mapping[str, Any],
    values: Mapping[str, Any],
    people: Mapping[int, str],
) -> Line:
    def worded(value: Any) -> str:
        if isinstance(value, str) and value in values:
            return str(values[value])
        return shown(value, worded)

    facts = {**entry.facts, **(entry.personal or {})}
    sentence = sentences.get(entry.event, entry.event)
    texts = {name: worded(value) for name, value in facts.items()}
    if facts.get("person_id") in people:
        texts["person"] = people[facts["person_id"]]
    if facts.get("person_ids"):
        texts["people"] = worded([people[each] for each in facts["person_ids"] if each in people])
    changes: dict[str, list[Any]] = facts.get("changes") or {}
    return Line(
        entry.at,
        _filled(str(sentence), texts),
        entry.actor_label,
        [(str(fields.get(name, name)), worded(old), worded(new)) for name, (old, new) in changes.items()],
    )


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and MOMENT.match(value) is not None


def _filled(sentence: str, texts: dict[str, str]) -> str:
    """Fill the places of a sentence; personal values may have been erased."""
    return sentence % defaultdict(lambda: "–", texts)


def shown(value: Any, each: Callable[[Any], str] | None = None) -> str:
    """Return a value of the trail as text, times in the reader's zone; `each` words the values of a list."""
    if value in (None, "", [], {}):
        return "–"
    if _is_moment(value):
        return moment(datetime.fromisoformat(value))
    if isinstance(value, list) and len(value) == 2 and all(map(_is_moment, value)):
        return span(*map(datetime.fromisoformat, value))
    if isinstance(value, list):
        return str(gettext(", ")).join(map(each or shown, value))
    if isinstance(value, dict):
        return str(ngettext("%(num)s value", "%(num)s values", len(value)))
    return str(value)
