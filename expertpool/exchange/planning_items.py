"""Plan an import of items: found by number; lists grow, other fields are set."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from expertpool.conflicts.names import organisation_key
from expertpool.database import batches
from expertpool.exchange import dates
from expertpool.exchange.faults import Fault, Unreadable
from expertpool.exchange.plans import Change, Decisions, Entry, Outcome, Plan, said
from expertpool.exchange.references import Named, References
from expertpool.exchange.tables import Record, Table
from expertpool.exchange.terms import Terms
from expertpool.items.models import Item, ItemRole
from expertpool.organisations import service as organisations
from expertpool.people.names import name_key

ROLES = {"leaders": ItemRole.LEADER, "contributors": ItemRole.CONTRIBUTOR, "excluded": ItemRole.EXCLUDED}
PLAIN = ("title", "abstract", "kind")


@dataclass
class Target:
    """One item of the file and what is new of it."""

    item: Item | None
    row: int
    values: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    terms: list[str] = field(default_factory=list)
    applicants: list[str] = field(default_factory=list)
    people: list[tuple[ItemRole, Named]] = field(default_factory=list)


@dataclass
class Work:
    """What `applying_items` needs beside the entries."""

    terms: Terms
    organisations: dict[str, int]


def plan(session: Session, table: Table, decisions: Decisions) -> Plan:
    """Return what importing `table` would do. `decisions` are for experts and not asked here."""
    sound = [record for record in table.records if not record.faults]
    named = {text for r in sound for column in ROLES for text in r.values.get(column, [])}
    references = References(session, named)
    bodies = {text for r in sound for text in r.values.get("applicants", [])}
    work = Work(Terms(session, sound), organisations.resolve(session, bodies))
    known = _known(session, {r.values["external_id"] for r in sound})
    targets: dict[str, Target] = {}
    entries = [_entry(record, references, work, known, targets, table) for record in table.records]
    for entry in entries:
        if entry.target and entry.repeats_row is None:
            _judge(entry, work)
    return Plan(table, entries, _unresolved(targets, work), work)


def _known(session: Session, numbers: set[str]) -> dict[str, Item]:
    found: dict[str, Item] = {}
    options = (selectinload(Item.skills), selectinload(Item.applicants), selectinload(Item.people))
    for some in batches(numbers, 2_000):
        query = sa.select(Item).where(Item.number.in_(some)).options(*options)
        found |= {item.number: item for item in session.scalars(query)}
    return found


def _entry(
    record: Record,
    references: References,
    work: Work,
    known: dict[str, Item],
    targets: dict[str, Target],
    table: Table,
) -> Entry:
    entry = Entry(record, Outcome.REFUSE, record.values.get("title", ""))
    people = [] if record.faults else _people(record, references, table)
    if record.faults:
        return entry
    number = record.values["external_id"]
    target = targets.setdefault(number, Target(known.get(number), record.row))
    entry.outcome, entry.target = Outcome.SAME, target
    if target.row != record.row:
        entry.outcome, entry.repeats_row = Outcome.REPEAT, target.row
    target.values = record.values | target.values
    target.extra = record.extra | target.extra
    target.terms = list(dict.fromkeys([*target.terms, *work.terms.split(record)]))
    target.applicants += [a for a in record.values.get("applicants", []) if a not in target.applicants]
    target.people += people
    return entry


def _people(record: Record, references: References, table: Table) -> list[tuple[ItemRole, Named]]:
    found = []
    for column, role in ROLES.items():
        for text in record.values.get(column, []):
            try:
                found.append((role, references.find(text)))
            except Unreadable as why:
                record.faults.append(Fault(table.names[column], text, why.problem, why.remedy))
    return found


def _judge(entry: Entry, work: Work) -> None:
    target: Target = entry.target
    if target.item is None:
        entry.outcome = Outcome.CREATE
        return
    item = target.item
    entry.changes = [
        Change(name, said(getattr(item, name)), target.values[name])
        for name in PLAIN
        if name in target.values and getattr(item, name) != target.values[name]
    ]
    if "date" in target.values and item.dated != dates.first_day(target.values["date"]):
        entry.changes.append(Change("date", said(item.dated), target.values["date"]))
    entry.changes += [Change(name, "", said(new)) for name, new in _added(target, item, work) if new]
    entry.changes += [
        Change(header, said(item.extra.get(header)), text)
        for header, text in target.extra.items()
        if item.extra.get(header) != text
    ]
    entry.outcome = Outcome.CHANGE if entry.changes else Outcome.SAME


def _added(target: Target, item: Item, work: Work) -> list[tuple[str, list[str]]]:
    held = {each.skill_id for each in item.skills}
    added = [("skills", [term for term in target.terms if work.terms.ids.get(term) not in held])]
    added.append(("applicants", new_applicants(target, item, work)))
    people = new_people(target, item)
    return added + [(column, [n.text for r, n in people if r is role]) for column, role in ROLES.items()]


def new_applicants(target: Target, item: Item, work: Work) -> list[str]:
    """Return the applicants of the file that the item has not yet."""
    ids = {each.organisation_id for each in item.applicants} - {None}
    seen = {each.organisation_key for each in item.applicants}
    found = []
    for text in target.applicants:
        organisation_id, key = work.organisations.get(text), organisation_key(text)
        if organisation_id not in ids and key not in seen:
            found.append(text)
            seen.add(key)
            ids.add(organisation_id if organisation_id is not None else -1)
    return found


def new_people(target: Target, item: Item) -> list[tuple[ItemRole, Named]]:
    """Return the people of the file that the item has not yet, each once a role."""
    seen: set[tuple[ItemRole, object]] = set()
    for each in item.people:
        seen |= _keys(each.role, each.person_id, each.name, each.address)
    found = []
    for role, named in target.people:
        keys = _keys(role, named.person_id, named.name, named.address)
        if not keys & seen:
            found.append((role, named))
            seen |= keys
    return found


def _keys(role: ItemRole, person_id: int | None, name: str, address: str) -> set[tuple[ItemRole, object]]:
    """Return by what a person of an item is known: id or address; the name only of who has neither."""
    keys: set[tuple[ItemRole, object]] = set()
    if person_id is not None:
        keys.add((role, person_id))
    if address:
        keys.add((role, address))
    return keys or {(role, name_key(name))}


def _unresolved(targets: dict[str, Target], work: Work) -> dict[str, list[str]]:
    skills = {term for t in targets.values() for term in t.terms if term not in work.terms.ids}
    people = {n.text for t in targets.values() for _, n in t.people if n.person_id is None}
    bodies = {text for t in targets.values() for text in t.applicants if text not in work.organisations}
    return {"skills": sorted(skills), "people": sorted(people), "organisations": sorted(bodies)}
