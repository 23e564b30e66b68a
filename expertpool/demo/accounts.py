"""Who may sign in to the demo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.access import service as access
from expertpool.access.models import Role
from expertpool.accounts.models import User
from expertpool.accounts.service import create_user, hash_password
from expertpool.events import Actor
from expertpool.organisations.models import Organisation
from expertpool.people.models import Person

PASSWORD = "review-2026"
OFFICE = "青原市标准化促进中心"
AGENCY = "临川评估服务中心"


@dataclass(frozen=True)
class SignIn:
    """A demo account: who it is, in which role, within which office (None: everywhere)."""

    email: str
    name: str
    role: Role
    office: str | None = None
    locale: str = "zh_Hans"
    person: str | None = None
    """Number of the person of the pool whose account it is."""


SIGN_INS = (
    SignIn("organiser@demo.example", "周岚", Role.ORGANISER, OFFICE),
    SignIn("colleague@demo.example", "沈岚", Role.ORGANISER, OFFICE),
    SignIn("expert@demo.example", "何霁", Role.EXPERT, person="E0002"),
    SignIn("trainee@demo.example", "方知予", Role.TRAINEE),
    SignIn("auditor@demo.example", "魏清和", Role.AUDITOR),
    SignIn("admin@demo.example", "江一白", Role.ADMINISTRATOR),
    SignIn("agency@demo.example", "Nora Whitfield", Role.ORGANISER, AGENCY, locale="en"),
)
"""The five roles; a colleague of the organiser, who keeps sealed rosters with her; and the organiser of a
commissioned agency, who reads English and sees its own panels.
"""


def create(session: Session, *, actor: Actor, now: datetime) -> dict[str, User]:
    """Make the demo accounts; return them by address."""
    made = {}
    password = hash_password(PASSWORD)  # slow on purpose, so once for all
    for each in SIGN_INS:
        user = create_user(
            session,
            email=each.email,
            name=each.name,
            confirmed=True,
            locale=each.locale,
            actor=actor,
            now=now,
        )
        user.password = password
        office = each.office and organisation(session, each.office).id
        access.grant(
            session,
            user,
            each.role,
            organisation_id=office or None,
            reason="Demo",
            actor=actor,
            now=now,
        )
        if each.person:
            session.scalars(sa.select(Person).where(Person.number == each.person)).one().user_id = user.id
        made[each.email] = user
    session.flush()
    return made


def organisation(session: Session, name: str) -> Organisation:
    """Return the organisation with this official name."""
    return session.scalars(sa.select(Organisation).where(Organisation.name == name)).one()
