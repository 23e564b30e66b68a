"""Alliances and who belongs to them, since when and until when."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid, NotFound
from expertpool.events import Actor
from expertpool.organisations.events import AllianceJoined, AllianceRemoved
from expertpool.organisations.models import Alliance, AllianceMember, Organisation


def join(
    session: Session,
    organisation: Organisation,
    name: str,
    *,
    since: date | None = None,
    until: date | None = None,
    actor: Actor,
    now: datetime,
) -> bool:
    """Make `organisation` a member of the alliance called `name`, or change the dates of its membership.

    A new name makes a new alliance. Return whether that changed anything.
    """
    if since and until and until < since:
        raise Invalid(N_("The membership ends before it begins."), field="until")
    alliance = _alliance(session, name)
    query = sa.select(AllianceMember).where(
        AllianceMember.alliance_id == alliance.id, AllianceMember.organisation_id == organisation.id
    )
    member = session.scalar(query)
    if member and (member.since, member.until) == (since, until):
        return False
    if member is None:
        member = AllianceMember(alliance_id=alliance.id, organisation_id=organisation.id)
        session.add(member)
    member.since, member.until = since, until
    session.flush()
    event = AllianceJoined(organisation.id, alliance=alliance.name, since=since, until=until)
    record(session, event, actor=actor, now=now)
    session.flush()
    return True


def remove(
    session: Session, organisation: Organisation, member_id: int, *, actor: Actor, now: datetime
) -> str:
    """Remove a membership that was entered by mistake; return the name of the alliance."""
    member = session.get(AllianceMember, member_id)
    if member is None or member.organisation_id != organisation.id:
        raise NotFound(N_("There is no such membership."))
    name = member.alliance.name
    session.delete(member)
    record(session, AllianceRemoved(organisation.id, alliance=name), actor=actor, now=now)
    session.flush()
    return name


def _alliance(session: Session, name: str) -> Alliance:
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise Invalid(N_("Give the alliance a name of 1 to 200 characters."), field="alliance")
    found = session.scalar(sa.select(Alliance).where(Alliance.name == name))
    if found is None:
        found = Alliance(name=name)
        session.add(found)
        session.flush()
    return found
