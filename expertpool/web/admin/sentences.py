"""The audit trail in words: each room's web package may have a module `wording` with `SENTENCES` by event."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.util import find_spec
from typing import Any

from flask_babel import gettext

from expertpool import web
from expertpool.access.models import Role
from expertpool.access.service import NAMES
from expertpool.audit.models import AuditEntry
from expertpool.web.kit.trail import shown


def sentence(entry: AuditEntry) -> str | None:
    """Return what an entry says in the reader's language; None for an event without words."""
    words = _sentences().get(entry.event)
    if words is None:
        return None
    values = {name: _shown(name, value) for name, value in {**entry.facts, **(entry.personal or {})}.items()}
    try:
        return str(words) % values
    except KeyError:  # its personal values were erased
        return None


@cache
def _sentences() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for module in pkgutil.iter_modules(web.__path__):
        if module.ispkg and find_spec(f"expertpool.web.{module.name}.wording"):
            room = importlib.import_module(f"expertpool.web.{module.name}.wording")
            found.update(getattr(room, "SENTENCES", {}))
    return found


def _shown(name: str, value: Any) -> str:
    return gettext(NAMES[Role(value)]) if name == "role" and value in list(Role) else shown(value)
