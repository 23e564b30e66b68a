"""Plan an import of organisations: found by code, then by any of their names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from expertpool.conflicts.names import organisation_key
from expertpool.database import batches
from expertpool.errors import N_, Sentence
from expertpool.exchange.columns import COLUMNS, Kind
from expertpool.exchange.faults import Fault
from expertpool.exchange.plans import Change, Decisions, Entry, Outcome, Plan, said
from expertpool.exchange.tables import Record, Table
from expertpool.organisations import service as organisations
from expertpool.organisations.facts import OrganisationFacts, facts_of
from expertpool.organisations.models import AllianceMember, Organisation, OrganisationKind

PARENT = next(column.chinese for column in COLUMNS[Kind.ORGANISATIONS] if column.field == "parent")
"""Header under which a parent that is not known yet is kept."""


@dataclass(eq=False)
class Body:
    """One organisation of the file; `parent` is another of the file, `parent_id` one that is known."""

    organisation: Organisation | None
    row: int
    values: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    parent: Body | None = None
    parent_id: int | None = None
    alliances: set[str] = field(default_factory=set)
    """Names of alliances that it is a member of already."""


def plan(session: Session, table: Table, decisions: Decisions) -> Plan:
    """Return what importing `table` would do. `decisions` are for people and not asked here."""
    bodies, entries = _bodies(session, table)
    _find_parents(session, bodies)
    for entry in entries:
        if entry.target and _in_circle(entry.target):
            _refuse(entry, table, "parent", N_("This organisation stands above itself."))
    for entry in entries:
        if entry.target and entry.outcome is not Outcome.REPEAT:
            _judge(entry)
    unresolved = {body.values["parent"] for body in bodies if _parent_unknown(body)}
    return Plan(table, entries, {"organisations": sorted(unresolved)}, bodies)


def facts(body: Body) -> OrganisationFacts:
    """Return the facts that an organisation will have. What the file leaves empty stays."""
    old = facts_of(body.organisation) if body.organisation else OrganisationFacts(name=body.values["name"])
    values = body.values
    extra = {**old.extra, **body.extra}
    extra.pop(PARENT, None)
    if _parent_unknown(body):
        extra[PARENT] = values["parent"]
    return OrganisationFacts(
        name=old.name,
        code=values.get("code") or old.code,
        name_en=values.get("name_en") or old.name_en,
        kind=OrganisationKind(values.get("kind", old.kind)),
        region=values.get("region") or old.region,
        parent_id=body.parent_id or old.parent_id,
        aliases=_aliases(old, values),
        former_names=old.former_names,
        mail_domains=old.mail_domains,
        extra=extra,
    )


def _aliases(old: OrganisationFacts, values: dict[str, Any]) -> tuple[str, ...]:
    known = {organisation_key(name) for name in (old.name, *old.aliases, *old.former_names)}
    fresh = {
        organisation_key(name): name
        for name in [*values.get("aliases", []), values["name"]]
        if organisation_key(name) not in known and name != old.name_en
    }
    return (*old.aliases, *fresh.values())


def _parent_unknown(body: Body) -> bool:
    return bool(body.values.get("parent")) and body.parent is None and body.parent_id is None


def _bodies(session: Session, table: Table) -> tuple[list[Body], list[Entry]]:
    known = _Known(session, table.records)
    bodies: list[Body] = []
    entries = []
    for record in table.records:
        entry = Entry(record, Outcome.REFUSE, record.values.get("name", ""))
        entries.append(entry)
        if record.faults:
            continue
        if not organisation_key(record.values["name"]):
            _refuse(entry, table, "name", N_("This name has neither letters nor figures."))
            continue
        body = known.find(record)
        if body is None or not body.row:
            body = body or Body(None, record.row)
            body.row = record.row
            bodies.append(body)
        else:
            entry.outcome, entry.repeats_row = Outcome.REPEAT, body.row
        _merge(body, record)
        known.add(body, record)
        entry.target = body
        entry.outcome = Outcome.REPEAT if entry.repeats_row else Outcome.SAME
    return bodies, entries


def _merge(body: Body, record: Record) -> None:
    aliases = [*body.values.get("aliases", []), *record.values.get("aliases", [])]
    alliances = [*body.values.get("alliances", []), *record.values.get("alliances", [])]
    body.values = record.values | body.values
    body.values |= {"aliases": list(dict.fromkeys(aliases)), "alliances": list(dict.fromkeys(alliances))}
    body.extra = record.extra | body.extra


class _Known:
    """Organisations of the database and of the rows read so far, by code and by name."""

    def __init__(self, session: Session, records: list[Record]) -> None:
        codes = {code for r in records if (code := r.values.get("code"))}
        names = {name for r in records if (name := r.values.get("name"))}
        self._ids = organisations.resolve(session, codes | names)
        self._bodies = {one.id: Body(one, 0) for one in _load(session, set(self._ids.values()))}
        for organisation_id, name in _alliances(session, self._bodies):
            self._bodies[organisation_id].alliances.add(name)
        self._codes = {body.organisation.code: body for body in self._bodies.values() if body.organisation}
        self._names = {
            (one.name_key, organisation_key(one.parent.name)): self._bodies.setdefault(one.id, Body(one, 0))
            for one in _departments(session, {organisation_key(name) for name in names})
            if one.parent
        }

    def find(self, record: Record) -> Body | None:
        code, name = record.values.get("code"), record.values["name"]
        if code and code in self._codes:
            return self._codes[code]
        found = self._names.get(_place(record)) or self._bodies.get(self._ids.get(name, 0))
        if found is None or _other_code(found, code) or _other_department(found, record):
            return None
        return found

    def add(self, body: Body, record: Record) -> None:
        self._names.setdefault(_place(record), body)
        if code := record.values.get("code"):
            self._codes[code] = body


def _place(record: Record) -> tuple[str, str]:
    """Departments of different bodies may share a name; other organisations may not."""
    is_department = record.values.get("kind") == OrganisationKind.DEPARTMENT
    parent = organisation_key(record.values.get("parent", "")) if is_department else ""
    return organisation_key(record.values["name"]), parent


def _other_code(body: Body, code: str | None) -> bool:
    own = body.organisation.code if body.organisation else body.values.get("code")
    return bool(code and own and code != own)


def _other_department(body: Body, record: Record) -> bool:
    one = body.organisation
    if one is None or OrganisationKind.DEPARTMENT not in (one.kind, record.values.get("kind")):
        return False
    parent = record.values.get("parent")
    return bool(parent) and (
        one.parent is None or organisation_key(one.parent.name) != organisation_key(parent)
    )


def _load(session: Session, ids: set[int]) -> list[Organisation]:
    found: list[Organisation] = []
    for some in batches(ids):
        query = sa.select(Organisation).where(Organisation.id.in_(some))
        options = (selectinload(Organisation.names), selectinload(Organisation.parent))
        found += session.scalars(query.options(*options))
    return found


def _departments(session: Session, keys: set[str]) -> list[Organisation]:
    """Return the departments of these names: several may share one, so `resolve` does not find them."""
    found: list[Organisation] = []
    for some in batches(keys):
        query = sa.select(Organisation).where(
            Organisation.kind == OrganisationKind.DEPARTMENT,
            Organisation.name_key.in_(some),
            Organisation.retired_at.is_(None),
        )
        options = (selectinload(Organisation.names), selectinload(Organisation.parent))
        found += session.scalars(query.options(*options))
    return found


def _alliances(session: Session, ids: dict[int, Body]) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for some in batches(ids):
        query = (
            sa.select(AllianceMember)
            .where(AllianceMember.organisation_id.in_(some))
            .options(selectinload(AllianceMember.alliance))
        )
        found += [(member.organisation_id, member.alliance.name) for member in session.scalars(query)]
    return found


def _find_parents(session: Session, bodies: list[Body]) -> None:
    by_name = {organisation_key(body.values["name"]): body for body in bodies}
    by_code = {body.values["code"]: body for body in bodies if body.values.get("code")}
    texts = {body.values["parent"] for body in bodies if body.values.get("parent")}
    known = organisations.resolve(session, texts)
    for body in bodies:
        text = body.values.get("parent")
        if not text:
            continue
        other = by_code.get(text) or by_name.get(organisation_key(text))
        body.parent_id = other.organisation.id if other and other.organisation else known.get(text)
        if body.parent_id is None:
            body.parent = other


def _in_circle(body: Body) -> bool:
    above, seen = body.parent, {id(body)}
    if body.organisation and body.organisation.id == body.parent_id:
        return True
    while above is not None and id(above) not in seen:
        seen.add(id(above))
        above = above.parent
    return above is not None


def _judge(entry: Entry) -> None:
    body: Body = entry.target
    if body.organisation is None:
        entry.outcome = Outcome.CREATE
        return
    old, new = facts_of(body.organisation), facts(body)
    names = ("code", "name_en", "kind", "region", "aliases", "parent_id", "extra")
    entry.changes = [
        Change(name, said(getattr(old, name)), said(getattr(new, name)))
        for name in names
        if getattr(old, name) != getattr(new, name)
    ]
    if body.parent is not None:
        entry.changes.append(Change("parent_id", "", body.parent.values["name"]))
    joined = [name for name in body.values["alliances"] if name not in body.alliances]
    if joined:
        entry.changes.append(Change("alliances", said(sorted(body.alliances)), said(joined)))
    entry.outcome = Outcome.CHANGE if entry.changes else Outcome.SAME


def _refuse(entry: Entry, table: Table, name: str, problem: str) -> None:
    column = table.names.get(name, name)
    value = str(entry.record.values.get(name, ""))
    entry.record.faults.append(Fault(column, value, Sentence(problem), Sentence(N_("Correct it."))))
    entry.outcome, entry.target = Outcome.REFUSE, None
