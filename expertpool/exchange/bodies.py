"""How exported files call organisations: by the official name where that finds them again."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.organisations import service as organisations
from expertpool.organisations.models import Organisation


class Bodies:
    """Names and codes of all organisations, and which of the names are unambiguous."""

    def __init__(self, session: Session) -> None:
        rows = session.execute(sa.select(Organisation.id, Organisation.name, Organisation.code)).all()
        self._names: dict[int, str] = {row.id: row.name for row in rows}
        self._codes: dict[int, str | None] = {row.id: row.code for row in rows}
        self._found = organisations.resolve(session, set(self._names.values()))

    def name(self, organisation_id: int | None, text: str = "") -> str:
        """Return the official name; `text` where there is no organisation or the name finds another."""
        if organisation_id is None:
            return text
        name = self._names[organisation_id]
        return name if self._found.get(name) == organisation_id or not text else text

    def name_or_code(self, organisation_id: int, text: str = "") -> str:
        """Return what finds the organisation again: its name, else its code."""
        name = self._names[organisation_id]
        if self._found.get(name) == organisation_id:
            return name
        return self._codes[organisation_id] or text or name

    def code(self, organisation_id: int | None) -> str | None:
        """Return the code of an organisation, if it has one."""
        return self._codes[organisation_id] if organisation_id is not None else None
