"""Carry out an import of items."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from expertpool.audit.service import record_all
from expertpool.conflicts.names import organisation_key
from expertpool.events import Actor
from expertpool.exchange import dates
from expertpool.exchange.planning_items import PLAIN, ROLES, Target, Work, new_applicants, new_people
from expertpool.exchange.plans import Entry, Outcome, Plan
from expertpool.items.events import ItemChanged, ItemCreated
from expertpool.items.models import Item, ItemApplicant, ItemPerson, ItemSkill
from expertpool.people.names import name_key
from expertpool.skills import service as skills


def apply(session: Session, plan: Plan, *, actor: Actor, now: datetime) -> None:
    """Write the items of `plan`."""
    work: Work = plan.work
    if plan.unresolved["skills"]:
        work.terms.ids |= skills.tag(session, plan.unresolved["skills"], actor=actor, now=now)
    entries = [entry for entry in plan.entries if entry.outcome in (Outcome.CREATE, Outcome.CHANGE)]
    for entry in entries:
        _write(session, entry.target, work, now)
    session.flush()
    record_all(session, [_event(entry) for entry in entries], actor=actor, now=now)


def _event(entry: Entry) -> ItemCreated | ItemChanged:
    item: Item = entry.target.item
    if entry.outcome is Outcome.CREATE:
        return ItemCreated(item.id, number=item.number, title=item.title)
    people = {each.field: [[], [each.new]] for each in entry.changes if each.field in ROLES}
    changes = {each.field: [each.old, each.new] for each in entry.changes if each.field not in ROLES}
    return ItemChanged(item.id, number=item.number, changes=changes, people=people)


def _write(session: Session, target: Target, work: Work, now: datetime) -> None:
    values = target.values
    item = target.item
    if item is None:
        item = target.item = Item(number=values["external_id"], extra={}, created_at=now)
        session.add(item)
    for name in PLAIN:
        if name in values:
            setattr(item, name, values[name])
    if "date" in values:
        item.dated = dates.first_day(values["date"])
    item.extra = {**item.extra, **target.extra}
    item.updated_at = now
    held = {each.skill_id for each in item.skills}
    wanted = dict.fromkeys(work.terms.ids[term] for term in target.terms)
    item.skills += [ItemSkill(skill_id=skill_id) for skill_id in wanted if skill_id not in held]
    item.applicants += [
        ItemApplicant(
            organisation_id=work.organisations.get(text),
            organisation_text=text,
            organisation_key=organisation_key(text),
        )
        for text in new_applicants(target, item, work)
    ]
    item.people += [
        ItemPerson(
            role=role,
            person_id=named.person_id,
            name=named.name[:120],
            name_key=name_key(named.name)[:120],
            address=named.address,
        )
        for role, named in new_people(target, item)
    ]
