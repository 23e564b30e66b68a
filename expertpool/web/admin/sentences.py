"""The audit trail in words: each room's web package may have a module `wording` with `SENTENCES` by event.

Its `CODES` put codes among the facts of these events into words.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from expertpool import web
from expertpool.access.models import Role
from expertpool.access.service import NAMES
from expertpool.audit.models import AuditEntry
from expertpool.people.models import Person
from expertpool.web.kit.trail import shown

Speaker = Callable[[AuditEntry], str | None]


def speaker(session: Session, entries: Iterable[AuditEntry]) -> Speaker:
    """Return a function that says what each of `entries` says; None for one without words."""
    ids = {entry.facts["person_id"] for entry in entries if entry.facts.get("person_id")}
    found = session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(ids)))
    names = {row.id: row.name for row in found}
    return lambda entry: _sentence(entry, names)


def _sentence(entry: AuditEntry, names: dict[int, str]) -> str | None:
    words = all_sentences().get(entry.event)
    if words is None:
        return None
    facts = {**entry.facts, **(entry.personal or {})}
    codes = _codes().get(entry.event, {})
    values = {name: _shown(name, value, codes) for name, value in facts.items()}
    if facts.get("person_id") in names:
        values.setdefault("person", names[facts["person_id"]])
    return str(words) % defaultdict(lambda: "–", values)  # personal values may have been erased


@cache
def all_sentences() -> dict[str, Any]:
    """Return what all rooms say, by event."""
    return {event: words for room in _wordings() for event, words in getattr(room, "SENTENCES", {}).items()}


@cache
def _codes() -> dict[str, Mapping[str, Any]]:
    """Return the words for codes among the facts of each event."""
    return {
        event: getattr(room, "CODES", {}) for room in _wordings() for event in getattr(room, "SENTENCES", {})
    }


def _wordings() -> list[ModuleType]:
    names = (module.name for module in pkgutil.iter_modules(web.__path__) if module.ispkg)
    paths = (f"expertpool.web.{name}.wording" for name in names)
    return [importlib.import_module(path) for path in paths if find_spec(path)]


def _shown(name: str, value: Any, codes: Mapping[str, Any]) -> str:
    if isinstance(value, str) and value in codes:
        return str(codes[value])
    return gettext(NAMES[Role(value)]) if name == "role" and value in list(Role) else shown(value)
