"""The organisation that a form names."""

from __future__ import annotations

from sqlalchemy.orm import Session

from expertpool.errors import N_, Invalid
from expertpool.organisations.resolving import resolve


def organisation_named(session: Session, text: str | None) -> int | None:
    """Return the id of the organisation called `text` (name or code); None for an empty text."""
    wanted = (text or "").strip()
    if not wanted:
        return None
    found = resolve(session, [wanted]).get(wanted)
    if found is None:
        problem = N_("There is no organisation “%(text)s”. Give its full name or code.")
        raise Invalid(problem, field="organisation", text=wanted)
    return found
