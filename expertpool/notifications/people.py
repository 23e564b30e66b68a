"""Where people read mail, and in which language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.accounts.models import User
from expertpool.people.models import EmailAddress, Person

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True)
class Reader:
    """A person who can be written to."""

    person_id: int
    name: str
    address: str
    locale: str


def readers(session: Session, person_ids: Iterable[int]) -> list[Reader]:
    """Return those of these people who have an address, by id.

    The language is that of their account, else English for a name without a Chinese character.
    """
    query = (
        sa.select(Person.id, Person.name, EmailAddress.address, User.locale)
        .join(EmailAddress, sa.and_(EmailAddress.person_id == Person.id, EmailAddress.position == 0))
        .outerjoin(User, User.id == Person.user_id)
        .where(Person.id.in_(list(person_ids)))
        .order_by(Person.id)
    )
    return [
        Reader(row.id, row.name, row.address, row.locale or _language_of(row.name))
        for row in session.execute(query)
    ]


def _language_of(name: str) -> str:
    return "zh_Hans" if _HAN.search(name) else "en"
