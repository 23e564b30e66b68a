"""Verbs that enter, change and retire items."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid, Stale
from expertpool.events import Actor
from expertpool.items.events import ItemBroughtBack, ItemChanged, ItemCreated, ItemRetired
from expertpool.items.facts import Applicant, ItemFacts, Party, facts_of, tidied
from expertpool.items.models import Item, ItemApplicant, ItemPerson, ItemRole, ItemSkill

PLAIN = ("number", "title", "abstract", "kind", "stage", "dated")


def create(session: Session, facts: ItemFacts, *, actor: Actor, now: datetime) -> Item:
    """Enter one item; raises `Invalid` naming the field."""
    checked = tidied(facts)
    if checked.number is not None:
        _refuse_taken(session, checked.number)
    item = Item(number=checked.number or next_number(session), created_at=now)
    _fill(item, checked, now)
    session.add(item)
    session.flush()
    record(session, ItemCreated(item.id, number=item.number, title=item.title), actor=actor, now=now)
    session.flush()
    return item


def change(
    session: Session,
    item: Item,
    facts: ItemFacts,
    *,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> bool:
    """Give `item` the facts of a form or file; return whether that changed anything.

    `version` is the one that the editor saw; raises `Stale` when it is no longer the present one.
    """
    if version is not None and version != item.version:
        raise Stale(N_("Somebody else has changed this item since you opened it."))
    before, after = facts_of(item), tidied(facts)
    if after.number is None:
        raise Invalid(N_("The item has no number."), field="number")
    if _comparable(before) == _comparable(after):
        return False
    if after.number != before.number:
        _refuse_taken(session, after.number)
    _fill(item, after, now)
    session.flush()
    event = ItemChanged(
        item.id, number=item.number, changes=_changes(before, after), people=_people_changes(before, after)
    )
    record(session, event, actor=actor, now=now)
    session.flush()
    return True


def retire(session: Session, item: Item, *, actor: Actor, now: datetime) -> None:
    """Offer `item` for review no more; its history stays."""
    if item.retired_at is None:
        item.retired_at = item.updated_at = now
        record(session, ItemRetired(item.id, number=item.number), actor=actor, now=now)
        session.flush()


def bring_back(session: Session, item: Item, *, actor: Actor, now: datetime) -> None:
    """Offer a retired item again."""
    if item.retired_at is not None:
        item.retired_at, item.updated_at = None, now
        record(session, ItemBroughtBack(item.id, number=item.number), actor=actor, now=now)
        session.flush()


def next_number(session: Session) -> str:
    """Return the number after the greatest of the form `ITEM-12`."""
    numbers = session.scalars(sa.select(Item.number).where(Item.number.like("ITEM-%")))
    taken = [int(match[1]) for text in numbers if (match := re.fullmatch(r"ITEM-(\d{1,9})", text))]
    return f"ITEM-{max(taken, default=0) + 1}"


def _refuse_taken(session: Session, number: str) -> None:
    title = session.scalar(sa.select(Item.title).where(Item.number == number))
    if title is not None:
        raise Invalid(
            N_("Number %(number)s belongs to “%(title)s”."), field="number", number=number, title=title
        )


def _fill(item: Item, facts: ItemFacts, now: datetime) -> None:
    """Write `facts` into `item`, keeping the rows that stay."""
    for name in PLAIN:
        if name != "number" or facts.number is not None:
            setattr(item, name, getattr(facts, name))
    item.extra = dict(facts.extra)
    item.updated_at = now
    skills = {row.skill_id: row for row in item.skills}
    item.skills = [skills.get(each) or ItemSkill(skill_id=each) for each in facts.skill_ids]
    applicants = {row.organisation_key: row for row in item.applicants}
    item.applicants = [
        _applicant(applicants.get(each.key) or ItemApplicant(), each) for each in facts.applicants
    ]
    people = {(row.role, row.name_key, row.address): row for row in item.people}
    item.people = [_person(people.get(each.key) or ItemPerson(), each) for each in facts.people]


def _applicant(row: ItemApplicant, facts: Applicant) -> ItemApplicant:
    row.organisation_text, row.organisation_key = facts.text, facts.key
    row.organisation_id = facts.organisation_id
    return row


def _person(row: ItemPerson, facts: Party) -> ItemPerson:
    row.role, row.name_key, row.address = facts.key
    row.name, row.person_id, row.reason = facts.name, facts.person_id, facts.reason
    return row


def _comparable(facts: ItemFacts) -> list[Any]:
    """Return `facts` so that the order of lists makes no difference."""
    plain = [getattr(facts, name) for name in (*PLAIN, "extra")]
    return [*plain, set(facts.skill_ids), set(facts.applicants), set(facts.people)]


def _changes(before: ItemFacts, after: ItemFacts) -> dict[str, list[Any]]:
    names = (*PLAIN, "extra")
    changes = {
        name: [getattr(before, name), getattr(after, name)]
        for name in names
        if getattr(before, name) != getattr(after, name)
    }
    if set(before.skill_ids) != set(after.skill_ids):
        changes["skill_ids"] = [sorted(before.skill_ids), sorted(after.skill_ids)]
    if set(before.applicants) != set(after.applicants):
        changes["applicants"] = [[each.text for each in facts.applicants] for facts in (before, after)]
    return changes


def _people_changes(before: ItemFacts, after: ItemFacts) -> dict[str, list[list[str]]]:
    """Return role -> [names before, names after] of the roles whose people changed."""
    changes = {}
    for role in ItemRole:
        old, new = ({each for each in facts.people if each.role == role} for facts in (before, after))
        if old != new:
            changes[role.value] = [sorted(map(_shown, old)), sorted(map(_shown, new))]
    return changes


def _shown(party: Party) -> str:
    return f"{party.name}<{party.address}>" if party.address else party.name
