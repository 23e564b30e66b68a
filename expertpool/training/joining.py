"""Let somebody who proved their mail address learn here: a person of grade talent with the trainee's role."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.access import queries as access
from expertpool.access.models import Role
from expertpool.access.service import grant
from expertpool.accounts.models import User
from expertpool.accounts.service import normal_email
from expertpool.audit.service import record
from expertpool.errors import N_, Invalid
from expertpool.events import SYSTEM, Actor
from expertpool.people import contacts
from expertpool.people import service as people
from expertpool.people.events import AccountConnected
from expertpool.people.facts import PersonFacts
from expertpool.people.models import EmailAddress, Grade, Person
from expertpool.people.names import name_key


def register(session: Session, name: str, email: str, user: User, *, actor: Actor, now: datetime) -> Person:
    """Return the person of `user`: known by the address, or entered as talent; with the trainee's role.

    `email` must be the user's own, confirmed address. Raises `Invalid` when it is not, or when the office
    knows the address under another name or account.
    """
    address = normal_email(email)
    session.execute(sa.select(User.id).where(User.id == user.id).with_for_update())
    if user.confirmed_at is None or user.email != address:
        raise Invalid(N_("Confirm the address first."), field="email")
    person = session.scalar(sa.select(Person).where(Person.user_id == user.id))
    if person is None:
        person = _known(session, address, name) or _enter(session, address, name, actor, now)
        person.user_id = user.id
        session.flush()
        event = AccountConnected(person.id, user_id=user.id, email=user.email)
        record(session, event, actor=actor, now=now)
    if Role.TRAINEE not in access.grants_of(session, user.id).roles:
        grant(
            session,
            user,
            Role.TRAINEE,
            organisation_id=None,
            reason=person.number,
            actor=SYSTEM,
            now=now,
        )
    session.flush()
    return person


def _known(session: Session, address: str, name: str) -> Person | None:
    """Return who has the address, if the name fits and no other account is theirs; raises `Invalid`."""
    person = session.scalar(
        sa.select(Person)
        .join(EmailAddress, EmailAddress.person_id == Person.id)
        .where(EmailAddress.address == address)
    )
    if person is None:
        return None
    named = {person.name_key, name_key(person.name_en or "")}
    if person.merged_into_id is not None or person.user_id is not None or name_key(name) not in named:
        raise Invalid(
            N_("The office knows this address under another name or account. Ask the office."), field="email"
        )
    return person


def _enter(session: Session, address: str, name: str, actor: Actor, now: datetime) -> Person:
    person = people.create(session, PersonFacts(name=name), grade=Grade.TALENT, actor=actor, now=now)
    contacts.set_addresses(session, person, [address], actor=actor, now=now)
    return person
