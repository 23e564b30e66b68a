"""Plan an import of experts: who each row speaks of, and what that would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from expertpool.conflicts.names import organisation_key
from expertpool.errors import N_, Sentence
from expertpool.exchange import known_people, person_changes
from expertpool.exchange.faults import Fault
from expertpool.exchange.identity import Claim, Contradiction, People, Subject
from expertpool.exchange.plans import Decisions, Entry, Outcome, Plan, Possible, said
from expertpool.exchange.tables import Record, Table
from expertpool.exchange.terms import Terms
from expertpool.organisations import service as organisations
from expertpool.people.models import Person
from expertpool.people.names import name_key

LISTS = ("email", "other_emails", "languages", "terms")
"""Fields of which repeats of one person in a file are joined; of others the first row stands."""


@dataclass
class Work:
    """What `applying_experts` needs beside the entries."""

    terms: Terms
    organisations: dict[str, int]
    people: dict[int, Person]


def plan(session: Session, table: Table, decisions: Decisions) -> Plan:
    """Return what importing `table` would do. Faults found here are added to its records."""
    records = table.records
    employers = organisations.resolve(session, {text for r in records for text in _employer_texts(r)})
    terms = Terms(session, records)
    people = _people(session, records)
    entries = [_entry(record, people, employers, terms, decisions, table) for record in records]
    firsts = _firsts(entries)
    whole = known_people.whole(session, {s.person_id for s in firsts if s.person_id})
    for subject, entry in firsts.items():
        _judge(subject, entry, whole, Work(terms, employers, whole))
    for entry in entries:
        if entry.repeats_row is not None:
            _note_differences(entry)
    return Plan(table, entries, _unresolved(firsts, employers, terms), Work(terms, employers, whole))


def employer_id(values: dict[str, Any], employers: dict[str, int]) -> int | None:
    """Return the id of the employer that a row names by code or by name."""
    return employers.get(values.get("organisation_code", "")) or employers.get(values.get("organisation", ""))


def _employer_texts(record: Record) -> list[str]:
    return [text for name in ("organisation", "organisation_code") if (text := record.values.get(name))]


def _people(session: Session, records: list[Record]) -> People:
    found, merged = known_people.subjects(
        session,
        numbers={number for record in records if (number := record.values.get("external_id"))},
        addresses={address for record in records for address in _addresses(record)},
        name_keys={name_key(record.values.get("name", "")) for record in records} - {""},
    )
    people = People(found)
    by_id = {subject.person_id: subject for subject in found}
    for number, person_id in merged.items():
        if subject := by_id.get(person_id):
            subject.numbers.add(number)
            people.add(subject, also_numbered=[number])
    return people


def _addresses(record: Record) -> list[str]:
    return [*record.values.get("email", []), *record.values.get("other_emails", [])]


def _claim(record: Record, employers: dict[str, int]) -> Claim:
    values = record.values
    organisation_id = employer_id(values, employers)
    keys = {
        organisation_key(values.get("organisation", "")),
        f"#{organisation_id}" if organisation_id else "",
    }
    return Claim(
        row=record.row,
        number=values.get("external_id"),
        name_key=name_key(values.get("name", "")),
        addresses=tuple(_addresses(record)),
        employers=frozenset(keys - {""}),
    )


def _entry(
    record: Record,
    people: People,
    employers: dict[str, int],
    terms: Terms,
    decisions: Decisions,
    table: Table,
) -> Entry:
    claim = _claim(record, employers)
    label = record.values.get("name", "")
    if record.faults:
        people.claim(claim)
        return Entry(record, Outcome.REFUSE, label)
    try:
        subject, possible = people.find(claim)
    except Contradiction as why:
        people.claim(claim)
        column = table.names.get(why.field, why.field)
        record.faults.append(Fault(column, why.value, why.problem, why.remedy))
        return Entry(record, Outcome.REFUSE, label)
    chosen = decisions.get(record.row)
    if subject is None and chosen is not None:
        subject = next((each for each in possible if each.person_id == chosen), None)
    entry = Entry(record, Outcome.SAME, label)
    entry.possible = [Possible(s.person_id, s.title) for s in possible if s.person_id]
    return _join(entry, subject, claim, people, terms)


def _join(entry: Entry, subject: Subject | None, claim: Claim, people: People, terms: Terms) -> Entry:
    """Add what the row says to its person, who is made if there is none."""
    record = entry.record
    if subject is None:
        subject = Subject(None, claim.number, entry.label, {claim.name_key}, set(), set(claim.employers))
        if not (claim.number or claim.addresses or claim.employers):
            people.mark_bare(subject)
    elif subject.rows:
        entry.repeats_row, entry.outcome = subject.rows[0], Outcome.REPEAT
    subject.addresses |= set(claim.addresses)
    subject.name_keys.add(claim.name_key)
    subject.number = subject.number or claim.number
    subject.employers = subject.employers or set(claim.employers)
    subject.rows.append(record.row)
    people.add(subject, also_numbered=[claim.number] if claim.number else [])
    said_here = record.values | {"terms": terms.split(record)}
    for field, value in said_here.items():
        known = subject.values.get(field)
        if field in LISTS:
            subject.values[field] = list(dict.fromkeys([*(known or []), *value]))
        elif known is None:
            subject.values[field] = value
    subject.extra = record.extra | subject.extra
    entry.target = subject
    return entry


def _firsts(entries: list[Entry]) -> dict[Subject, Entry]:
    firsts: dict[Subject, Entry] = {}
    for entry in entries:
        if entry.target is not None:
            firsts.setdefault(entry.target, entry)
    return firsts


def _judge(subject: Subject, entry: Entry, whole: dict[int, Person], work: Work) -> None:
    if subject.person_id is None:
        entry.outcome = Outcome.CREATE
        return
    entry.changes = person_changes.differences(
        whole[subject.person_id],
        subject,
        employer=employer_id(subject.values, work.organisations),
        skills=work.terms.ids,
    )
    entry.outcome = Outcome.CHANGE if entry.changes else Outcome.SAME


def _note_differences(entry: Entry) -> None:
    """Tell which values of a repeated row were not taken, because an earlier row says otherwise."""
    subject: Subject = entry.target
    for field, value in entry.record.values.items():
        kept = subject.values.get(field)
        if isinstance(value, str) and isinstance(kept, str) and not _says_the_same(field, kept, value):
            entry.notes.append(
                Sentence(
                    N_("Row %(row)s says “%(kept)s”, which was kept; “%(value)s” was not taken."),
                    {"row": entry.repeats_row, "kept": said(kept), "value": said(value)},
                )
            )


def _says_the_same(field: str, one: str, other: str) -> bool:
    return person_changes.alike(field, one, other) or person_changes.alike(field, other, one)


def _unresolved(
    firsts: dict[Subject, Entry], employers: dict[str, int], terms: Terms
) -> dict[str, list[str]]:
    skills = {term for subject in firsts for term in subject.values.get("terms", []) if term not in terms.ids}
    named = {
        subject.values["organisation"]
        for subject in firsts
        if subject.values.get("organisation") and employer_id(subject.values, employers) is None
    }
    return {"skills": sorted(skills), "organisations": sorted(named)}
