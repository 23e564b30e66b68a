"""Plan an import of employment history: which rows are known, which date a known one, which are new."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from expertpool.errors import N_, Sentence
from expertpool.exchange import dates, kept, known_people, waiting
from expertpool.exchange.columns import Kind
from expertpool.exchange.faults import Fault, Unreadable
from expertpool.exchange.person_changes import same_employer
from expertpool.exchange.plans import Change, Decisions, Entry, Outcome, Plan, said
from expertpool.exchange.references import References
from expertpool.exchange.tables import Record, Table
from expertpool.organisations import service as organisations
from expertpool.people.models import Employment, Person


@dataclass(frozen=True)
class Work:
    """One row: who worked where, when."""

    person: Person
    organisation: str
    organisation_id: int | None
    position: str | None
    since: dt.date | None
    until: dt.date | None


@dataclass
class Target:
    """What becomes of one row; `employment` is the known one that it dates."""

    work: Work
    employment: Employment | None = None


def plan(session: Session, table: Table, decisions: Decisions) -> Plan:
    """Return what importing `table` would do. `decisions` are for people and not asked here."""
    sound = [record for record in table.records if not record.faults]
    references = References(session, {r.values["external_id"] for r in sound})
    employers = organisations.resolve(session, {r.values["organisation"] for r in sound})
    owners = {id(r): _owner(r, references, table) for r in sound}
    people = known_people.whole(session, {owner for owner in owners.values() if owner})
    waits = waiting.Waiting(session, table.kind)
    seen: dict[Work, int] = {}
    entries = [_entry(r, owners.get(id(r)), people, employers, waits, seen, table) for r in table.records]
    _compare_kept(session, entries)
    unknown = {e.record.values["external_id"] for e in entries if e.target is None and not e.faults}
    places = {r.values["organisation"] for r in sound} - employers.keys()
    return Plan(table, entries, {"people": sorted(unknown), "organisations": sorted(places)})


def _compare_kept(session: Session, entries: list[Entry]) -> None:
    known = [entry for entry in entries if entry.target and entry.target.employment]
    columns = kept.load(session, Kind.HISTORY, {entry.target.employment.id for entry in known})
    for entry in known:
        kept.judge(entry, columns.get(entry.target.employment.id, {}))


def _owner(record: Record, references: References, table: Table) -> int | None:
    try:
        return references.find(record.values["external_id"]).person_id
    except Unreadable as why:
        column = table.names["external_id"]
        record.faults.append(Fault(column, record.values["external_id"], why.problem, why.remedy))
        return None


def _entry(
    record: Record,
    owner: int | None,
    people: dict[int, Person],
    employers: dict[str, int],
    waits: waiting.Waiting,
    seen: dict[Work, int],
    table: Table,
) -> Entry:
    entry = Entry(record, Outcome.REFUSE, record.values.get("external_id", ""))
    since, until = interval(record, table)
    if record.faults:
        return entry
    if owner is None:
        entry.outcome = waits.outcome(record)
        return entry
    text = record.values["organisation"]
    work = Work(people[owner], text, employers.get(text), record.values.get("position"), since, until)
    entry.label = people[owner].name
    entry.target = Target(work)
    if work in seen:
        entry.outcome, entry.repeats_row = Outcome.REPEAT, seen[work]
    else:
        seen[work] = record.row
        _judge(entry)
    return entry


def interval(record: Record, table: Table) -> tuple[dt.date | None, dt.date | None]:
    """Return first and last day of a row; an end before its beginning is a fault."""
    since = dates.first_day(record.values["from"]) if "from" in record.values else None
    until = dates.last_day(record.values["to"]) if "to" in record.values else None
    if since and until and until < since:
        problem = Sentence(N_("The end lies before the beginning."))
        remedy = Sentence(N_("Correct one of the two dates."))
        record.faults.append(Fault(table.names["to"], record.values["to"], problem, remedy))
    return since, until


def _judge(entry: Entry) -> None:
    target: Target = entry.target
    work = target.work
    known = [
        each
        for each in work.person.employments
        if same_employer(each, work.organisation, work.organisation_id)
        and (work.position is None or each.position in (None, work.position))
    ]
    if any((each.since, each.until) == (work.since, work.until) for each in known):
        same = next(each for each in known if (each.since, each.until) == (work.since, work.until))
        target.employment = same
        if work.position and same.position is None:
            entry.outcome = Outcome.CHANGE
            entry.changes = [Change("position", "", work.position)]
        else:
            entry.outcome = Outcome.SAME
        return
    target.employment = next((each for each in known if _is_dated_by(each, work)), None)
    entry.outcome = Outcome.CHANGE if target.employment else Outcome.CREATE
    if target.employment:
        entry.changes = [
            Change(field, said(getattr(target.employment, name)), said(getattr(work, name)))
            for field, name in (("from", "since"), ("to", "until"))
            if getattr(target.employment, name) != getattr(work, name)
        ]


def _is_dated_by(employment: Employment, work: Work) -> bool:
    """Tell whether `work` is this employment with dates that were not known yet."""
    if employment.since is not None:
        return employment.since == work.since and employment.until is None
    if employment.until is not None:
        return employment.until == work.until
    return not (employment.is_current and work.until is not None)
