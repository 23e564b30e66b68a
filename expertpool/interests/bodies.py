"""Organisations as the conflict engine sees them."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.conflicts import facts
from expertpool.database import plain_rows
from expertpool.organisations.models import (
    Alliance,
    AllianceMember,
    Organisation,
    OrganisationKind,
    OrganisationName,
)


def organisation_facts(session: Session) -> dict[facts.Id, facts.Organisation]:
    """Return all organisations with their names, parents, alliances and mail domains."""
    other_names: dict[int, list[str]] = defaultdict(list)
    for owner, name in session.execute(sa.select(OrganisationName.organisation_id, OrganisationName.name)):
        other_names[owner].append(name)
    alliances = _memberships(session)
    query = sa.select(
        Organisation.id,
        Organisation.name,
        Organisation.name_en,
        Organisation.parent_id,
        Organisation.kind,
        Organisation.mail_domains,
    ).order_by(Organisation.id)
    return {
        id_: facts.Organisation(
            id=id_,
            name=name,
            other_names=(*filter(None, [name_en]), *other_names.get(id_, ())),
            parent=parent,
            is_department=kind is OrganisationKind.DEPARTMENT,
            is_authority=kind is OrganisationKind.AUTHORITY,
            alliances=tuple(alliances.get(id_, ())),
            mail_domains=tuple(domains or ()),
        )
        for id_, name, name_en, parent, kind, domains in plain_rows(session, query)
    }


def _memberships(session: Session) -> dict[int, list[facts.AllianceMembership]]:
    found: dict[int, list[facts.AllianceMembership]] = defaultdict(list)
    rows = session.execute(
        sa.select(
            AllianceMember.organisation_id,
            Alliance.id,
            Alliance.name,
            AllianceMember.since,
            AllianceMember.until,
        ).join(Alliance, Alliance.id == AllianceMember.alliance_id)
    )
    for owner, alliance, name, since, until in rows:
        found[owner].append(facts.AllianceMembership(alliance, name, since, until))
    return found
