"""Verbs on mail addresses and the phone number of a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.accounts.service import normal_email
from expertpool.audit.service import record
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.people.events import AddressesChanged, PhoneChanged, PhoneRevealed
from expertpool.people.models import EmailAddress, Person
from expertpool.people.phones import blind_index, normal_phone
from expertpool.people.service import require_whole, save
from expertpool.settings.crypto import keyring

IN_USE = N_("%(address)s is used by somebody else. Ask the office to put it right.")
"""Message for people who may not know whose address it is."""


def set_addresses(
    session: Session, person: Person, addresses: Sequence[str], *, actor: Actor, now: datetime
) -> bool:
    """Let the addresses of `person` be these, the first being the one we write to; return whether changed.

    Raises `Invalid` with the parameters `name`, `number` and `person_id` when one belongs to another.
    """
    require_whole(person)
    wanted = list(dict.fromkeys(_address(text) for text in addresses if text.strip()))
    before = [row.address for row in person.addresses]
    if wanted == before:
        return False
    _refuse_taken(session, person, wanted)
    rows = {row.address: row for row in person.addresses}
    person.addresses = [rows.get(address) or EmailAddress(address=address) for address in wanted]
    for position, row in enumerate(person.addresses):
        row.position = position
    event = AddressesChanged(
        person.id,
        added=tuple(address for address in wanted if address not in before),
        removed=tuple(address for address in before if address not in wanted),
        primary=wanted[0] if wanted else None,
    )
    save(session, person, event, actor=actor, now=now)
    return True


def set_phone(session: Session, person: Person, phone: str | None, *, actor: Actor, now: datetime) -> bool:
    """Keep the phone number of `person`, encrypted; None or blank removes it. Return whether changed."""
    require_whole(person)
    number = normal_phone(phone)
    before = phone_of(person)
    if number == before:
        return False
    person.phone_sealed = keyring().seal(number) if number else None
    person.phone_index = blind_index(number) if number else None
    event = PhoneChanged(person.id, old=masked(before), new=masked(number))
    save(session, person, event, actor=actor, now=now)
    return True


def reveal_phone(session: Session, person: Person, *, actor: Actor, now: datetime) -> str | None:
    """Return the whole phone number and record that it was looked at."""
    record(session, PhoneRevealed(person.id), actor=actor, now=now)
    session.flush()
    return phone_of(person)


def phone_of(person: Person) -> str | None:
    """Return the whole phone number."""
    return keyring().unseal(person.phone_sealed) if person.phone_sealed else None


def masked(number: str | None) -> str | None:
    """Return a number of which only the first three and the last two figures show: `138******78`."""
    if not number:
        return None
    shown = 3 if len(number) > 7 else 0
    return number[:shown] + "*" * (len(number) - shown - 2) + number[-2:]


def _address(text: str) -> str:
    try:
        return normal_email(text)
    except Invalid as error:
        raise Invalid(error.sentence.message, field="addresses", **error.sentence.params) from error


def _refuse_taken(session: Session, person: Person, wanted: Sequence[str]) -> None:
    taken = session.execute(
        sa.select(EmailAddress.address, Person.id, Person.name, Person.number)
        .join(Person, Person.id == EmailAddress.person_id)
        .where(EmailAddress.address.in_(wanted), EmailAddress.person_id != person.id)
        .order_by(EmailAddress.address)
    ).first()
    if taken is not None:
        raise Invalid(
            N_(
                "%(address)s belongs to %(name)s (%(number)s). Merge the two records, or correct the address."
            ),
            field="addresses",
            address=taken.address,
            name=taken.name,
            number=taken.number,
            person_id=taken.id,
        )
