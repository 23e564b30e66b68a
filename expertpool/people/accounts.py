"""Which account a person signs in with: invite, connect, disconnect."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.access import policy, queries
from expertpool.access.models import Role
from expertpool.access.service import grant
from expertpool.accounts import links
from expertpool.accounts import service as accounts
from expertpool.accounts.models import Purpose, User
from expertpool.audit.service import record
from expertpool.errors import N_, Forbidden, Invalid
from expertpool.events import Actor
from expertpool.people import employments
from expertpool.people.events import AccountConnected, AccountDisconnected
from expertpool.people.models import EmailAddress, Person
from expertpool.people.service import require_whole


def invite(
    session: Session, person: Person, email: str, *, locale: str, actor: Actor, now: datetime
) -> tuple[User, bool]:
    """Let `person` sign in at the address `email`; return the account and whether it is new.

    A new account gets a mailed link to set a password; an account that the address has already is
    connected. Either gets the expert's role. Raises `Forbidden` unless the actor may grant that role,
    `Invalid` for a closed account, another's address, or somebody who has an account.
    """
    address = accounts.normal_email(email)
    _require_without_account(person)
    _refuse_address_of_another(session, person, address)
    user = accounts.find_user(session, address)
    is_new = user is None
    if user is None:
        user = accounts.create_user(session, email=address, name=person.name, actor=actor, now=now)
        _give_role(session, person, user, actor, now)
        links.send(session, user, Purpose.INVITE, locale=locale, actor=actor, now=now)
    else:
        _require_connectable(session, user, actor)
        _give_role(session, person, user, actor, now)
    _connect(session, person, user, actor, now)
    return user, is_new


def disconnect(session: Session, person: Person, *, actor: Actor, now: datetime) -> None:
    """Take the account from `person`; both stay, and its roles are left alone."""
    if person.user_id is None:
        raise Invalid(N_("%(name)s has no account."), name=person.name)
    user = session.get_one(User, person.user_id)
    policy.require_manager_of(session, actor, user)
    person.user_id = None
    session.flush()
    event = AccountDisconnected(person.id, user_id=user.id, email=user.email)
    record(session, event, actor=actor, now=now)


def account_of(session: Session, person: Person) -> User | None:
    """Return the account that `person` signs in with."""
    return session.get(User, person.user_id) if person.user_id is not None else None


def _connect(session: Session, person: Person, user: User, actor: Actor, now: datetime) -> None:
    person.user_id = user.id
    session.flush()
    event = AccountConnected(person.id, user_id=user.id, email=user.email)
    record(session, event, actor=actor, now=now)


def _give_role(session: Session, person: Person, user: User, actor: Actor, now: datetime) -> None:
    """Grant the expert's role: everywhere, or within the employer by who administers only that."""
    if Role.EXPERT in queries.grants_of(session, user.id).roles:
        return
    place = None
    if (
        actor.user_id is not None
        and queries.grants_of(session, actor.user_id).scope(policy.MANAGE) is not None
    ):
        work = employments.current(person)
        place = work.organisation_id if work else None
    grant(session, user, Role.EXPERT, organisation_id=place, reason=person.number, actor=actor, now=now)


def _require_without_account(person: Person) -> None:
    require_whole(person)
    if person.user_id is not None:
        raise Invalid(N_("%(name)s has an account already. Disconnect it first."), name=person.name)


def _require_connectable(session: Session, user: User, actor: Actor) -> None:
    """Refuse one's own account, a closed one, and one that is somebody else's in the pool."""
    session.execute(sa.select(User.id).where(User.id == user.id).with_for_update())
    if actor.user_id == user.id:
        raise Forbidden(N_("Nobody connects their own account. Ask another administrator."))
    policy.require_manager_of(session, actor, user)
    if not user.active:
        raise Invalid(
            N_("The account of %(email)s is closed. Open it first."), field="email", email=user.email
        )
    holder = session.execute(sa.select(Person.name, Person.number).where(Person.user_id == user.id)).first()
    if holder is not None:
        raise Invalid(
            N_("%(email)s is the account of %(name)s (%(number)s)."),
            field="email",
            email=user.email,
            name=holder.name,
            number=holder.number,
        )


def _refuse_address_of_another(session: Session, person: Person, address: str) -> None:
    holder = session.execute(
        sa.select(Person.name, Person.number)
        .join(EmailAddress, EmailAddress.person_id == Person.id)
        .where(
            EmailAddress.address == address,
            Person.id != person.id,
            Person.merged_into_id.is_distinct_from(person.id),
        )
    ).first()
    if holder is not None:
        raise Invalid(
            N_("%(address)s is the address of %(name)s (%(number)s), not of %(other)s."),
            field="email",
            address=address,
            name=holder.name,
            number=holder.number,
            other=person.name,
        )
