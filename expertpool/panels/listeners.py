"""Which confirmed panels a changed fact can concern: they are queued for a check (see `watching`)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.events import Actor, Event, subscribe
from expertpool.interests.events import RelationAdded, RelationChanged, RelationRetired
from expertpool.interests.models import Relation
from expertpool.items.events import ItemChanged, ItemCreated
from expertpool.items.models import ItemPerson
from expertpool.organisations import events as organisations
from expertpool.panels import watching
from expertpool.panels.events import FindingWaived, PanelConfirmed, PanelMoved, WaiverRevoked
from expertpool.panels.models import Panel, PanelItem, Seat
from expertpool.people.events import (
    AddressesChanged,
    EmployerChanged,
    MergeUndone,
    PeopleMerged,
    PersonChanged,
)

OF_PEOPLE = (AddressesChanged, EmployerChanged, MergeUndone, PeopleMerged, PersonChanged)
OF_RELATIONS = (RelationAdded, RelationChanged, RelationRetired)
OF_ITEMS = (ItemChanged, ItemCreated)
OF_ORGANISATIONS = (
    organisations.AllianceJoined,
    organisations.AllianceRemoved,
    organisations.OrganisationChanged,
    organisations.OrganisationMerged,
    organisations.OrganisationUnmerged,
)
OF_PANELS = (FindingWaived, PanelMoved, WaiverRevoked)


def connect() -> None:
    """Subscribe to all that can make a conflict or end one; safe to call twice."""
    for kinds, listener in (
        (OF_PEOPLE, person_changed),
        (OF_RELATIONS, relation_changed),
        (OF_ITEMS, item_changed),
        (OF_ORGANISATIONS, anything_changed),
        (OF_PANELS, panel_changed),
    ):
        for kind in kinds:
            subscribe(kind, listener)
    subscribe(PanelConfirmed, panel_confirmed)


def person_changed(session: Session, event: Event, _actor: Actor, now: datetime) -> None:
    """Queue the panels that seat the person or review something of theirs."""
    people = [event.subject_id, getattr(event, "merged_id", event.subject_id)]
    watching.ask(session, _concerning(people), cause=event.name(), about_id=event.subject_id, now=now)


def relation_changed(session: Session, event: Event, _actor: Actor, now: datetime) -> None:
    """Queue the panels that seat either person of the relation or review something of theirs."""
    relation = session.get_one(Relation, event.subject_id)
    people = [each for each in (relation.person_id, relation.other_person_id) if each]
    watching.ask(session, _concerning(people), cause=event.name(), about_id=relation.person_id, now=now)


def item_changed(session: Session, event: Event, _actor: Actor, now: datetime) -> None:
    """Queue the panels that review the item, seat its people, or review something of theirs."""
    people = session.scalars(
        sa.select(ItemPerson.person_id).where(
            ItemPerson.item_id == event.subject_id, ItemPerson.person_id.is_not(None)
        )
    )
    panels = _concerning([each for each in people if each], item_id=event.subject_id)
    watching.ask(session, panels, cause=event.name(), about_id=None, now=now)


def anything_changed(session: Session, event: Event, _actor: Actor, now: datetime) -> None:
    """Queue all confirmed panels: names and ties of organisations reach far."""
    watching.ask(session, None, cause=event.name(), about_id=None, now=now)


def panel_changed(session: Session, event: Event, _actor: Actor, now: datetime) -> None:
    """Queue the panel itself."""
    itself = sa.select(Panel.id).where(Panel.id == event.subject_id)
    watching.ask(session, itself, cause=event.name(), about_id=None, now=now)


def panel_confirmed(session: Session, event: PanelConfirmed, _actor: Actor, now: datetime) -> None:
    """Remember what stood when the panel was confirmed: it was shown then."""
    panel = session.get_one(Panel, event.subject_id)
    seen = watching.review(session, panel, now=now)
    watching.note(session, panel, seen, cause=event.name(), now=now, silently=True)


def _concerning(people: list[int], item_id: int | None = None) -> sa.Select[int]:
    theirs = sa.select(ItemPerson.item_id).where(ItemPerson.person_id.in_(people))
    seated = sa.select(Seat.panel_id).where(Seat.person_id.in_(people))
    reviewing = sa.select(PanelItem.panel_id).where(
        sa.or_(PanelItem.item_id.in_(theirs), PanelItem.item_id == (item_id or 0))
    )
    return sa.select(Panel.id).where(sa.or_(Panel.id.in_(seated), Panel.id.in_(reviewing)))
