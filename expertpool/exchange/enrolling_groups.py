"""Enrol a group by a spreadsheet: find or enter each person, then enrol them. Rows that can't are reported.

Columns are name, mail address, phone and organisation, spelled as in files of experts; others are not read.
Known people are found as in those files (FORMATS: same person) and not changed; new ones enter the pool as
talent. A preview is the real thing, undone: it tells exactly who would get a place and who would wait.
"""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import canonical
from expertpool.errors import N_, Invalid, Sentence, Stale
from expertpool.events import Actor
from expertpool.exchange import applying_experts, links, planning_experts, tables
from expertpool.exchange.columns import Kind
from expertpool.exchange.faults import Fault
from expertpool.exchange.plans import Decisions, Entry, Outcome, Plan
from expertpool.exchange.tables import Record, Table
from expertpool.people.models import Grade, Person
from expertpool.training import enrolling
from expertpool.training.models import Cohort, Enrolment, EnrolmentState

FIELDS = ("name", "email", "other_emails", "phone", "organisation", "organisation_code")
HEADERS = dict.fromkeys(("学员", "学员姓名", "参训人员", "trainee", "participant"), "name")
MOST_ROWS = 200


class GroupOutcome(StrEnum):
    """What becomes of a row."""

    ENROLLED = "enrolled"
    WAITING = "waiting"
    ALREADY = "already"
    """In the cohort before."""
    REPEAT = "repeat"
    """Speaks of whom an earlier row speaks of."""
    REFUSED = "refused"


@dataclass(frozen=True)
class GroupRow:
    """One row: what became of it. `entry` tells the person, possible namesakes, faults and notes."""

    entry: Entry
    outcome: GroupOutcome
    is_new: bool = False
    """Enters the pool by this file."""
    position: int = 0
    """In the waiting list."""

    @property
    def told(self) -> list[int | str | bool]:
        """What a reader of the preview was told."""
        return [self.entry.record.row, self.entry.label, self.outcome.value, self.is_new, self.position]


@dataclass(frozen=True)
class Group:
    """What a file did, or would do. `plan` is for `reports.refused`."""

    plan: Plan
    rows: list[GroupRow]

    @property
    def fingerprint(self) -> str:
        """Tells whether another try did the same."""
        return hashlib.sha256(canonical([row.told for row in self.rows])).hexdigest()

    def count(self, outcome: GroupOutcome) -> int:
        """Return how many rows have an outcome."""
        return sum(row.outcome is outcome for row in self.rows)


def read(content: bytes, filename: str, today: date) -> Table:
    """Return the table of a CSV or spreadsheet file; raises `Invalid`."""
    table = tables.parse(Kind.EXPERTS, content, filename, mapping=HEADERS, today=today)
    if len(table.records) > MOST_ROWS:
        raise Invalid(N_("A group has %(most)s rows at most. Split the file."), most=MOST_ROWS)
    return table


def preview(
    session: Session,
    cohort: Cohort,
    table: Table,
    decisions: Decisions | None = None,
    *,
    in_spite_of: str | None = None,
    actor: Actor,
    now: datetime,
) -> Group:
    """Return what `apply` would do now; writes nothing."""
    with session.begin_nested() as undone:
        group = _carry_out(session, cohort, table, decisions or {}, in_spite_of, actor, now)
        undone.rollback()
    return group


def apply(
    session: Session,
    cohort: Cohort,
    table: Table,
    decisions: Decisions | None = None,
    *,
    shown: str,
    in_spite_of: str | None = None,
    actor: Actor,
    now: datetime,
) -> Group:
    """Enrol the good rows of a file; return what was done.

    `shown` is the fingerprint of the preview; raises `Stale` when something else would happen by now.
    """
    group = _carry_out(session, cohort, table, decisions or {}, in_spite_of, actor, now)
    if group.fingerprint != shown:
        raise Stale(N_("The cohort or the pool has changed since this file was read. Look at it again."))
    return group


def _carry_out(
    session: Session,
    cohort: Cohort,
    table: Table,
    decisions: Decisions,
    in_spite_of: str | None,
    actor: Actor,
    now: datetime,
) -> Group:
    plan = planning_experts.plan(session, _read_only_our_columns(table), decisions)
    _refuse_newcomers(session, cohort, plan, in_spite_of)
    _enter(session, plan, actor, now)
    inside = _inside(session, cohort)
    rows = [
        _row(session, cohort, entry, inside, plan.table, in_spite_of, actor, now) for entry in plan.entries
    ]
    return Group(plan, rows)


def _read_only_our_columns(table: Table) -> Table:
    """Return a copy of `table` that says nothing but our columns; planning adds faults to the copy."""
    labels = {table.names[field] for field in FIELDS if field in table.names}

    def ours(record: Record) -> Record:
        values = {field: value for field, value in record.values.items() if field in FIELDS}
        faults = [fault for fault in record.faults if fault.column in labels]
        return dataclasses.replace(record, values=values, extra={}, faults=faults, notes=[])

    return dataclasses.replace(table, records=[ours(record) for record in table.records])


def _refuse_newcomers(session: Session, cohort: Cohort, plan: Plan, in_spite_of: str | None) -> None:
    """Refuse people who would enter the pool only to find that they lack a prerequisite."""
    missing = enrolling.missing_prerequisites(session, cohort.course_id, None)
    if missing and not (in_spite_of or "").strip():
        for entry in plan.entries:
            if entry.outcome is Outcome.CREATE:
                _refuse(entry, plan.table, enrolling.lacks(entry.label, missing))


def _enter(session: Session, plan: Plan, actor: Actor, now: datetime) -> None:
    created = [entry for entry in plan.entries if entry.outcome is Outcome.CREATE]
    for entry in created:
        entry.target.values["grade"] = Grade.TALENT.value
    if created:
        people = applying_experts.apply(
            session, dataclasses.replace(plan, entries=created), actor=actor, now=now
        )
        links.connect_people(session, people, actor=actor, now=now)


def _inside(session: Session, cohort: Cohort) -> set[int]:
    over = (EnrolmentState.CANCELLED, EnrolmentState.LAPSED)
    query = sa.select(Enrolment.person_id).where(
        Enrolment.cohort_id == cohort.id, Enrolment.state.not_in(over)
    )
    return set(session.scalars(query))


def _row(
    session: Session,
    cohort: Cohort,
    entry: Entry,
    inside: set[int],
    table: Table,
    in_spite_of: str | None,
    actor: Actor,
    now: datetime,
) -> GroupRow:
    if entry.outcome is Outcome.REFUSE:
        return GroupRow(entry, GroupOutcome.REFUSED)
    if entry.outcome is Outcome.REPEAT:
        return GroupRow(entry, GroupOutcome.REPEAT)
    is_new = entry.outcome is Outcome.CREATE
    if entry.target.person_id in inside:
        return GroupRow(entry, GroupOutcome.ALREADY)
    person = session.get_one(Person, entry.target.person_id)
    try:
        with session.begin_nested():
            enrolment = enrolling.enrol(
                session,
                cohort,
                person,
                source=table.filename[:120],
                in_spite_of=in_spite_of,
                actor=actor,
                now=now,
            )
    except Invalid as error:
        _refuse(entry, table, error)
        return GroupRow(entry, GroupOutcome.REFUSED, is_new)
    position = enrolling.position(session, enrolment)
    return GroupRow(entry, GroupOutcome.WAITING if position else GroupOutcome.ENROLLED, is_new, position)


def _refuse(entry: Entry, table: Table, error: Invalid) -> None:
    remedy = Sentence(N_("Take the row out, or settle this with the person first."))
    entry.record.faults.append(Fault(table.names["name"], entry.label, error.sentence, remedy))
    entry.outcome = Outcome.REFUSE
