"""Keep a plan for a preview page, and read it again. What rows say is sealed."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.database import plain_rows
from expertpool.errors import N_, NotFound, Sentence
from expertpool.exchange.faults import Fault
from expertpool.exchange.models import BatchState, ImportBatch, ImportRow
from expertpool.exchange.plans import Change, Decisions, Entry, Outcome, Plan, Possible
from expertpool.exchange.tables import Record, Table
from expertpool.settings.crypto import keyring


@dataclass(frozen=True)
class PreviewRow:
    """One row of a staged file, for a page."""

    position: int
    row: int
    sheet: str
    outcome: Outcome
    label: str
    cells: list[str]
    """As the file holds them, in the order of the batch's `headers["labels"]`."""
    changes: list[Change]
    possible: list[Possible]
    repeats_row: int | None
    faults: list[Fault]
    notes: list[Sentence]
    decision: list[int | None]
    """Empty: undecided; else the id of the `possible` person that it is, or None for a new one."""


StoredRow = sa.Row[int, int, Outcome, str]
"""Position, row, outcome and what is sealed of an `ImportRow`."""
Stored = list[tuple[StoredRow, dict[str, Any]]]
"""Rows of a staged file with what they say, unsealed, in the order of the file."""


def row(batch_id: int, position: int, entry: Entry, decisions: Decisions) -> dict[str, Any]:
    """Return the values of an `ImportRow` for `entry`."""
    return {
        "batch_id": batch_id,
        "position": position,
        "row": entry.record.row,
        "outcome": entry.outcome,
        "has_possible": bool(entry.possible),
        "sealed": keyring().seal(_text(entry, decisions)),
    }


def _text(entry: Entry, decisions: Decisions) -> str:
    return json.dumps(_said(entry, decisions), ensure_ascii=False)


def _said(entry: Entry, decisions: Decisions) -> dict[str, Any]:
    record = entry.record
    decided = bool(entry.possible) and record.row in decisions
    return {
        "sheet": record.sheet,
        "values": record.values,
        "extra": record.extra,
        "original": record.original,
        "label": entry.label,
        "changes": [dataclasses.astuple(change) for change in entry.changes],
        "possible": [dataclasses.astuple(each) for each in entry.possible],
        "repeats_row": entry.repeats_row,
        "faults": [[f.column, f.value, _plain(f.problem), _plain(f.remedy)] for f in entry.faults],
        "notes": [_plain(note) for note in entry.notes],
        "read_faults": record.read_faults,
        "read_notes": record.read_notes,
        "decision": [decisions[record.row]] if decided else [],
    }


def preview(
    session: Session,
    batch_id: int,
    *,
    outcomes: Iterable[Outcome] | None = None,
    only_possible: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> list[PreviewRow]:
    """Return a page of the rows of a staged import, in the order of the file."""
    batch = session.get(ImportBatch, batch_id)
    if batch is None or batch.state is not BatchState.STAGED:
        raise NotFound(N_("There is no such import."))
    query = _rows(batch_id)
    if outcomes is not None:
        query = query.where(ImportRow.outcome.in_(list(outcomes)))
    if only_possible:
        query = query.where(ImportRow.has_possible)
    return [
        _previewed(each)
        for each in session.execute(query.order_by(ImportRow.position).offset(offset).limit(limit))
    ]


def stored(session: Session, batch_id: int, *, only_possible: bool = False) -> Stored:
    """Return the rows of a staged import, unsealed."""
    query = _rows(batch_id)
    if only_possible:
        query = query.where(ImportRow.has_possible)
    return [(each, _content(each)) for each in plain_rows(session, query.order_by(ImportRow.position))]


def _rows(batch_id: int) -> sa.Select[int, int, Outcome, str]:
    columns = (ImportRow.position, ImportRow.row, ImportRow.outcome, ImportRow.sealed)
    return sa.select(*columns).where(ImportRow.batch_id == batch_id)


def decisions(session: Session, batch_id: int) -> Decisions:
    """Return what was decided so far."""
    rows = stored(session, batch_id, only_possible=True)
    return {each.row: content["decision"][0] for each, content in rows if content["decision"]}


def shows(rows: Stored, plan: Plan, decisions: Decisions) -> bool:
    """Return whether `plan` is what the staged rows have told their reader."""
    return len(rows) == len(plan.entries) and all(
        stored.outcome == entry.outcome and content == json.loads(_text(entry, decisions))
        for (stored, content), entry in zip(rows, plan.entries, strict=True)
    )


def table(batch: ImportBatch, rows: Stored) -> Table:
    """Return the file of a staged import as it was read, without what was planned."""
    headers = batch.headers
    records = [_record(each, content) for each, content in rows]
    return Table(
        batch.kind, batch.filename, headers["labels"], headers["names"], headers["unknown"], records, []
    )


def _record(stored: StoredRow, content: dict[str, Any]) -> Record:
    faults = [_fault(each) for each in content["faults"][: content["read_faults"]]]
    notes = [_sentence(each) for each in content["notes"][: content["read_notes"]]]
    return Record(
        stored.row,
        content["sheet"],
        content["values"],
        content["extra"],
        content["original"],
        faults,
        notes,
        read_faults=len(faults),
        read_notes=len(notes),
    )


def _previewed(stored: StoredRow) -> PreviewRow:
    content = _content(stored)
    return PreviewRow(
        position=stored.position,
        row=stored.row,
        sheet=content["sheet"],
        outcome=stored.outcome,
        label=content["label"],
        cells=content["original"],
        changes=[Change(*each) for each in content["changes"]],
        possible=[Possible(*each) for each in content["possible"]],
        repeats_row=content["repeats_row"],
        faults=[_fault(each) for each in content["faults"]],
        notes=[_sentence(each) for each in content["notes"]],
        decision=content["decision"],
    )


def _content(stored: StoredRow) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(keyring().unseal(stored.sealed))
    return content


def _plain(sentence: Sentence) -> list[Any]:
    params = {
        name: {"sentence": _plain(value)} if isinstance(value, Sentence) else value
        for name, value in sentence.params.items()
    }
    return [sentence.message, params]


def _sentence(stored: list[Any]) -> Sentence:
    message, params = stored
    return Sentence(
        message,
        {
            name: _sentence(value["sentence"]) if isinstance(value, dict) else value
            for name, value in params.items()
        },
    )


def _fault(stored: list[Any]) -> Fault:
    column, value, problem, remedy = stored
    return Fault(column, value, _sentence(problem), _sentence(remedy))
