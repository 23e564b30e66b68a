"""Load what the pool knows of the people that a file may speak of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from expertpool.database import batches
from expertpool.exchange.identity import Subject
from expertpool.people.models import EmailAddress, Employment, Person
from expertpool.people.names import name_key

Row = tuple[int, str, str, str, str | None, int | None]


def subjects(
    session: Session, *, numbers: Iterable[str], addresses: Iterable[str], name_keys: Iterable[str]
) -> tuple[list[Subject], dict[str, int]]:
    """Return the people with any of these numbers, addresses or names, and the numbers of merged ones.

    The second maps the number of a person that was merged to the id of the one it was merged into.
    """
    rows: dict[int, Row] = {}
    for column, values in ((Person.number, set(numbers)), (Person.name_key, set(name_keys))):
        for some in batches(values):
            rows |= {row[0]: row for row in _people(session, column.in_(some))}
    owners: dict[int, set[str]] = {}
    for some in batches(set(addresses)):
        query = sa.select(EmailAddress.person_id, EmailAddress.address).where(EmailAddress.address.in_(some))
        for person_id, address in session.execute(query):
            owners.setdefault(person_id, set()).add(address)
    merged = _merged(session, rows)
    _load(session, rows, (set(owners) | set(merged.values())) - set(rows))
    _add_addresses(session, owners, rows)
    employers = _employers(session, rows)
    found = [
        Subject(
            person_id=row[0],
            number=row[1],
            label=row[2],
            name_keys={row[3], name_key(row[4] or "")} - {""},
            addresses=owners.get(row[0], set()),
            employers=employers.get(row[0], set()),
            numbers={row[1]},
        )
        for row in sorted(rows.values())
        if row[5] is None
    ]
    return found, merged


def _people(session: Session, condition: Any) -> Iterable[Row]:
    query = sa.select(
        Person.id, Person.number, Person.name, Person.name_key, Person.name_en, Person.merged_into_id
    ).where(condition)
    return [(r.id, r.number, r.name, r.name_key, r.name_en, r.merged_into_id) for r in session.execute(query)]


def _load(session: Session, rows: dict[int, Row], ids: set[int]) -> None:
    for some in batches(ids):
        rows |= {row[0]: row for row in _people(session, Person.id.in_(some))}


def _merged(session: Session, rows: dict[int, Row]) -> dict[str, int]:
    """Follow each merged person's number to the one who stands for it now."""
    targets = {row[1]: row[5] for row in rows.values() if row[5] is not None}
    while targets:
        query = sa.select(Person.id, Person.merged_into_id).where(
            Person.id.in_(set(targets.values())), Person.merged_into_id.is_not(None)
        )
        further = {person_id: target for person_id, target in session.execute(query) if target is not None}
        if not further:
            break
        targets = {number: further.get(target, target) for number, target in targets.items()}
    return targets


def _add_addresses(session: Session, owners: dict[int, set[str]], rows: dict[int, Row]) -> None:
    for some in batches(rows):
        query = sa.select(EmailAddress.person_id, EmailAddress.address).where(
            EmailAddress.person_id.in_(some)
        )
        for person_id, address in session.execute(query):
            owners.setdefault(person_id, set()).add(address)


def _employers(session: Session, ids: Iterable[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for some in batches(ids):
        query = sa.select(
            Employment.person_id, Employment.organisation_id, Employment.organisation_key
        ).where(Employment.person_id.in_(some), Employment.is_current)
        for person_id, organisation_id, key in session.execute(query):
            keys = found.setdefault(person_id, set())
            keys.update({key, f"#{organisation_id}" if organisation_id else ""} - {""})
    return found


def whole(session: Session, ids: Iterable[int]) -> dict[int, Person]:
    """Return people with their addresses, employments and skills, in few statements."""
    found: dict[int, Person] = {}
    options = (
        selectinload(Person.addresses),
        selectinload(Person.employments),
        selectinload(Person.skills),
    )
    for some in batches(set(ids), 2_000):
        query = sa.select(Person).where(Person.id.in_(some)).options(*options)
        found |= {person.id: person for person in session.scalars(query)}
    return found
