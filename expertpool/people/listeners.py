"""What people do when something below them changes: the search index follows names."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.events import Actor, Event, subscribe
from expertpool.organisations.events import OrganisationChanged, OrganisationMerged, OrganisationUnmerged
from expertpool.people import search
from expertpool.people.models import Employment, PersonSkill
from expertpool.skills.events import SkillChanged, SkillMerged


def connect() -> None:
    """Subscribe to what changes the names of employers and skills; safe to call twice."""
    for changed in (OrganisationChanged, OrganisationMerged, OrganisationUnmerged):
        subscribe(changed, reindex_employees)
    for renamed in (SkillChanged, SkillMerged):
        subscribe(renamed, reindex_holders)


def reindex_employees(session: Session, event: Event, _actor: Actor, _now: datetime) -> None:
    """Index the people anew whose present employer the event is about."""
    query = sa.select(Employment.person_id).where(
        Employment.organisation_id.in_(_subjects(event)), Employment.is_current
    )
    search.index_people(session, session.scalars(query).all())


def reindex_holders(session: Session, event: Event, _actor: Actor, _now: datetime) -> None:
    """Index the people anew who hold the skill that the event is about."""
    query = sa.select(PersonSkill.person_id).where(PersonSkill.skill_id.in_(_subjects(event)))
    search.index_people(session, session.scalars(query).all())


def _subjects(event: Event) -> list[int]:
    """Return the ids of the event's subject and of what it was merged into or set apart from."""
    others = (getattr(event, name, None) for name in ("into_id", "from_id"))
    return [event.subject_id, *(number for number in others if number is not None)]
