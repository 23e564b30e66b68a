"""Who may change which organisation."""

from __future__ import annotations

from expertpool.organisations.models import Organisation


def may_edit(scope: frozenset[int] | None, organisation: Organisation) -> bool:
    """Return whether the reach of a role (None: everywhere) covers `organisation`."""
    return scope is None or organisation.id in scope


def may_enter(scope: frozenset[int] | None, parent_id: int | None) -> bool:
    """Return whether a role with that reach may enter or move an organisation below `parent_id`."""
    return scope is None or parent_id in scope
