"""People whom cells name: by id, address, or `Name<address>`. A name alone is nobody for certain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from expertpool.errors import N_, Sentence
from expertpool.exchange import cells, known_people
from expertpool.exchange.cells import PersonText
from expertpool.exchange.faults import Unreadable
from expertpool.exchange.identity import Subject
from expertpool.people.names import name_key


@dataclass(frozen=True)
class Named:
    """Whom a text names: `person_id` when that is certain."""

    text: str
    name: str
    address: str
    person_id: int | None


class References:
    """All people that the texts of a file name."""

    def __init__(self, session: Session, texts: Iterable[str]) -> None:
        parsed = [person for text in set(texts) if (person := _parsed(text))]
        found, merged = known_people.subjects(
            session,
            numbers={each.label for each in parsed if each.label},
            addresses={each.address for each in parsed if each.address},
            name_keys=(),
        )
        self._ids = {subject.person_id: subject for subject in found}
        self._numbers = {number: subject for subject in found for number in subject.numbers}
        self._numbers |= {
            n: self._ids[person_id] for n, person_id in merged.items() if person_id in self._ids
        }
        self._addresses = {address: subject for subject in found for address in subject.addresses}

    def find(self, text: str) -> Named:
        """Return whom `text` names.

        Raises `Unreadable` for an address that is none, or that belongs to a different name.
        """
        person = cells.person(text)
        owner = self._addresses.get(person.address) if person.address else self._numbers.get(person.label)
        if owner and person.address and person.label and name_key(person.label) not in owner.name_keys:
            self._check_number(person, owner)
        return Named(
            text=text,
            name=owner.label
            if owner and not (person.address and person.label)
            else person.label or person.address,
            address=person.address,
            person_id=owner.person_id if owner else None,
        )

    def _check_number(self, person: PersonText, owner: Subject) -> None:
        if self._numbers.get(person.label) is not owner:
            raise Unreadable(
                Sentence(N_("This address belongs to %(owner)s."), {"owner": owner.title}),
                Sentence(N_("Correct the address or the name.")),
            )


def _parsed(text: str) -> PersonText | None:
    try:
        return cells.person(text)
    except Unreadable:
        return None
