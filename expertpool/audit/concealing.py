"""What the trail does not tell yet: entries about things that rooms above keep secret for a time.

An entry that is concealed is left out of every list, for everybody. It is numbered and chained like any
other, so that its place shows, and the chain can be verified without reading it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from expertpool.audit.models import AuditEntry

Secrets = Callable[[datetime], sa.Select[int]]
"""Returns the ids of the subjects of one kind that are secret at a moment."""

_secrets: dict[str, tuple[Secrets, frozenset[str]]] = {}


def register(subject_kind: str, secrets: Secrets, *, announced: frozenset[str] = frozenset()) -> None:
    """Have entries about these subjects left out, but for events in `announced`; safe to call twice."""
    _secrets[subject_kind] = secrets, announced


def open_at(now: datetime) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of the entries that may be told at `now`."""
    return [
        sa.or_(
            AuditEntry.subject_kind != kind,
            AuditEntry.subject_id.not_in(secrets(now)),
            AuditEntry.event.in_(announced),
        )
        for kind, (secrets, announced) in _secrets.items()
    ]
