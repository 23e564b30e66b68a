"""Plan an import of relations. One side at least must be somebody of the pool; else the row waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.conflicts.names import organisation_key
from expertpool.database import batches
from expertpool.errors import N_, Sentence
from expertpool.exchange import kept, waiting
from expertpool.exchange.columns import Kind
from expertpool.exchange.faults import Fault, Unreadable
from expertpool.exchange.planning_history import interval
from expertpool.exchange.plans import Change, Decisions, Entry, Outcome, Plan, said
from expertpool.exchange.references import Named, References
from expertpool.exchange.tables import Record, Table
from expertpool.interests.models import Relation, RelationKind
from expertpool.interests.service import BETWEEN_PEOPLE, WITH_ORGANISATIONS
from expertpool.organisations import service as organisations
from expertpool.people.names import name_key

ORGANISATION = "org:"
"""Prefix of an organisation in the column 乙."""

INVERSE = {RelationKind.ADVISOR: RelationKind.STUDENT, RelationKind.STUDENT: RelationKind.ADVISOR}


@dataclass(frozen=True)
class Tie:
    """One relation as stored: `text` names the other side when it is not known."""

    person_id: int
    kind: RelationKind
    other_id: int | None = None
    organisation_id: int | None = None
    text: str = ""
    is_organisation: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """What two rows share that tell of one tie, from whichever side."""
        if self.other_id is not None and (self.other_id, self.person_id) < (self.person_id, self.other_id):
            return (self.other_id, INVERSE.get(self.kind, self.kind), self.person_id, None, "")
        compared = organisation_key(self.text) if self.is_organisation else name_key(self.text)
        return (self.person_id, self.kind, self.other_id, self.organisation_id, compared)


@dataclass
class Target:
    """What becomes of one row; `relation` is the known one that it corrects."""

    tie: Tie
    since: dt.date | None
    until: dt.date | None
    source: str
    relation: Relation | None = None


def plan(session: Session, table: Table, decisions: Decisions) -> Plan:
    """Return what importing `table` would do. `decisions` are for people and not asked here."""
    planner = _Planner(session, table)
    entries = [planner.entry(record) for record in table.records]
    planner.judge(session, entries)
    return Plan(table, entries, {name: sorted(texts) for name, texts in planner.unresolved.items()})


class _Planner:
    def __init__(self, session: Session, table: Table) -> None:
        sound = [record for record in table.records if not record.faults]
        texts = {record.values[side] for record in sound for side in ("person", "other")}
        self._table = table
        self._references = References(session, texts)
        self._organisations = organisations.resolve(session, {_organisation(text) for text in texts})
        self._waiting = waiting.Waiting(session, table.kind)
        self.unresolved: dict[str, set[str]] = {"people": set(), "organisations": set()}

    def entry(self, record: Record) -> Entry:
        label = f"{record.values.get('person', '')} – {record.values.get('other', '')}"
        entry = Entry(record, Outcome.REFUSE, label)
        since, until = interval(record, self._table)
        tie = None if record.faults else self._tie(record)
        if record.faults:
            return entry
        if tie is None:
            entry.outcome = self._waiting.outcome(record)
            return entry
        entry.outcome = Outcome.SAME
        source = record.values.get("source") or self._table.filename[:200] or "-"
        entry.target = Target(tie, since, until, source)
        return entry

    def _tie(self, record: Record) -> Tie | None:
        """Return the tie that a row tells of, None when nobody of it is in the pool."""
        kind = RelationKind(record.values["kind"])
        one = self._person(record, "person")
        text = record.values["other"]
        if text.lower().startswith(ORGANISATION) or kind in WITH_ORGANISATIONS:
            if kind in BETWEEN_PEOPLE:
                self._fault(record, "other", N_("This kind of relation is between two people."))
            return self._with_organisation(one, kind, _organisation(text)) if one else None
        other = self._person(record, "other")
        if one is None or other is None:
            return None
        if one.person_id and one.person_id == other.person_id:
            self._fault(
                record, "other", N_("A relation needs two people; this one names the same person twice.")
            )
            return None
        if one.person_id:
            return Tie(one.person_id, kind, other.person_id, text="" if other.person_id else other.text)
        if other.person_id:
            return Tie(other.person_id, INVERSE.get(kind, kind), text=one.text)
        return None

    def _with_organisation(self, one: Named, kind: RelationKind, text: str) -> Tie | None:
        found = self._organisations.get(text)
        if found is None:
            self.unresolved["organisations"].add(text)
        if one.person_id is None:
            return None
        return Tie(
            one.person_id, kind, organisation_id=found, text="" if found else text, is_organisation=True
        )

    def _person(self, record: Record, side: str) -> Named | None:
        text = record.values[side]
        try:
            named = self._references.find(text)
        except Unreadable as why:
            record.faults.append(Fault(self._table.names[side], text, why.problem, why.remedy))
            return None
        if len(text) > 200:
            self._fault(record, side, N_("This names too much for one person."))
            return None
        if named.person_id is None:
            self.unresolved["people"].add(text)
        return named

    def _fault(self, record: Record, side: str, problem: str) -> None:
        remedy = Sentence(N_("Correct it."))
        fault = Fault(self._table.names[side], record.values[side], Sentence(problem), remedy)
        record.faults.append(fault)

    def judge(self, session: Session, entries: list[Entry]) -> None:
        """Compare the rows with what is on file and with each other."""
        targets = [entry for entry in entries if entry.target]
        known = _on_file(session, {entry.target.tie.person_id for entry in targets})
        seen: dict[tuple[object, ...], int] = {}
        for entry in targets:
            target: Target = entry.target
            whole = (target.tie.key, target.since, target.until)
            if whole in seen:
                entry.outcome, entry.repeats_row = Outcome.REPEAT, seen[whole]
                continue
            seen[whole] = entry.record.row
            _judge(entry, known.get(target.tie.key, []))
        on_file = [entry for entry in targets if entry.target.relation]
        columns = kept.load(session, Kind.RELATIONS, {entry.target.relation.id for entry in on_file})
        for entry in on_file:
            kept.judge(entry, columns.get(entry.target.relation.id, {}))


def _judge(entry: Entry, known: list[Relation]) -> None:
    target: Target = entry.target
    same = [each for each in known if (each.since, each.until) == (target.since, target.until)]
    open_ = [each for each in known if each.until is None and each.since in (None, target.since)]
    if not same and not (open_ and (target.since or target.until)):
        entry.outcome = Outcome.CREATE
        return
    target.relation = (same or open_)[0]
    pairs = [("from", target.relation.since, target.since), ("to", target.relation.until, target.until)]
    if "source" in entry.record.values:
        pairs.append(("source", target.relation.source, target.source))  # type: ignore[arg-type]
    entry.changes = [Change(name, said(old), said(new)) for name, old, new in pairs if old != new]
    entry.outcome = Outcome.CHANGE if entry.changes else Outcome.SAME


def _organisation(text: str) -> str:
    return text[len(ORGANISATION) :].strip() if text.lower().startswith(ORGANISATION) else text


def _on_file(session: Session, people: Iterable[int]) -> dict[tuple[object, ...], list[Relation]]:
    found: dict[int, Relation] = {}
    for some in batches(people):
        query = sa.select(Relation).where(
            sa.or_(Relation.person_id.in_(some), Relation.other_person_id.in_(some)),
            Relation.retired_at.is_(None),
        )
        found |= {each.id: each for each in session.scalars(query)}
    ties: dict[tuple[object, ...], list[Relation]] = {}
    for each in found.values():
        text = each.other_text or ""
        tie = Tie(
            each.person_id,
            each.kind,
            each.other_person_id,
            each.organisation_id,
            "" if each.other_person_id or each.organisation_id else text,
            each.other_is_organisation,
        )
        ties.setdefault(tie.key, []).append(each)
    return ties
