"""Give numbers to people who come without one: E0001, E0002, ..."""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.people.models import Person
from expertpool.people.service import NUMBERING

GIVEN = re.compile(r"E(\d{1,9})")


class Numbers:
    """Gives the numbers after the highest one that is taken, in the pool or in the file."""

    def __init__(self, session: Session, reserved: set[str]) -> None:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(sa.select(sa.func.pg_advisory_xact_lock(NUMBERING)))
        taken = session.scalars(sa.select(Person.number).where(Person.number.startswith("E")))
        self._last = max(
            (int(found[1]) for number in {*taken, *reserved} if (found := GIVEN.fullmatch(number))), default=0
        )

    def next(self) -> str:
        """Return the next number."""
        self._last += 1
        return f"E{self._last:04}"
