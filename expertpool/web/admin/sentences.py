"""The audit trail in words: each room's web package may have a module `wording` with `SENTENCES` by event."""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from importlib.util import find_spec
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
    values = {name: _shown(name, value) for name, value in facts.items()}
    if facts.get("person_id") in names:
        values.setdefault("person", names[facts["person_id"]])
    return str(words) % defaultdict(lambda: "–", values)  # personal values may have been erased


@cache
def all_sentences() -> dict[str, Any]:
    """Return what all rooms say, by event."""
    found: dict[str, Any] = {}
    for module in pkgutil.iter_modules(web.__path__):
        if module.ispkg and find_spec(f"expertpool.web.{module.name}.wording"):
            room = importlib.import_module(f"expertpool.web.{module.name}.wording")
            found.update(getattr(room, "SENTENCES", {}))
    return found


def _shown(name: str, value: Any) -> str:
    return gettext(NAMES[Role(value)]) if name == "role" and value in list(Role) else shown(value)
