"""Find the people that texts name: a number, an address, a name, or `Name<address>`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from expertpool.accounts.service import normal_email
from expertpool.database import batches
from expertpool.errors import N_, Invalid
from expertpool.people.models import EmailAddress, Person
from expertpool.people.names import name_key

_NAMED = re.compile(r"(?P<name>[^<>＜＞]*)[<＜](?P<address>[^<>＜＞]+)[>＞]")


@dataclass(frozen=True)
class Named:
    """What a text names. A number or an address decides who it is; a name alone has only `namesakes`."""

    name: str
    address: str = ""
    person_id: int | None = None
    namesakes: tuple[int, ...] = ()


def people_of(session: Session, texts: Iterable[str]) -> dict[str, Named]:
    """Return what each of `texts` names; raises `Invalid` for an address that is none or another's."""
    parts = {text: _split(text) for text in texts}
    people = _People(session, [part for part in parts.values() if any(part)])
    return {text: people.named(*part) for text, part in parts.items() if any(part)}


def _split(text: str) -> tuple[str, str]:
    """Return name (or number) and address of a text."""
    text = " ".join(text.split())
    match = _NAMED.fullmatch(text)
    if match:
        return match["name"].strip(), _address(match["address"])
    return ("", _address(text)) if "@" in text or "＠" in text else (text, "")


def _address(text: str) -> str:
    return normal_email(text.replace("＠", "@"))


class _People:
    """The people with the numbers, addresses and names that some texts give, read in three statements."""

    def __init__(self, session: Session, parts: list[tuple[str, str]]) -> None:
        labels = {label for label, _ in parts if label}
        self.people: dict[int, tuple[str, str]] = {}
        self.by_number = self._read(session, Person.number, labels)
        self.by_name = self._read(session, Person.name_key, {name_key(label) for label in labels})
        addresses = {address for _, address in parts if address}
        self.by_address = self._read(session, EmailAddress.address, addresses)

    def _read(
        self, session: Session, column: InstrumentedAttribute[str], values: set[str]
    ) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for some in batches(values):
            query = sa.select(column, Person.id, Person.number, Person.name).where(
                column.in_(some), Person.merged_into_id.is_(None)
            )
            if column.class_ is EmailAddress:
                query = query.join(EmailAddress, EmailAddress.person_id == Person.id)
            for value, person_id, number, name in session.execute(query.order_by(Person.id)):
                found.setdefault(value, []).append(person_id)
                self.people[person_id] = (number, name)
        return found

    def named(self, label: str, address: str) -> Named:
        """Return who is meant; an address decides, then a number."""
        numbered = self.by_number.get(label, [None])[0]
        if not address:
            if numbered is not None:
                return Named(self.people[numbered][1], "", numbered)
            return Named(label, "", None, tuple(self.by_name.get(name_key(label), ())))
        owner = self.by_address.get(address, [None])[0]
        if owner is None:
            return Named(label or address, address, numbered)
        number, name = self.people[owner]
        if label and numbered != owner and name_key(label) != name_key(name):
            raise Invalid(
                N_("%(address)s is the address of %(name)s (%(number)s), not of %(other)s."),
                address=address,
                name=name,
                number=number,
                other=label,
            )
        return Named(name, address, owner)
