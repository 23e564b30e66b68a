"""Rows that name people who are not in the pool: kept, and read again when people come in."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.exchange.columns import Kind
from expertpool.exchange.models import WaitingRow
from expertpool.exchange.plans import Entry, Outcome
from expertpool.exchange.tables import Record, Table
from expertpool.settings.crypto import keyring


class Waiting:
    """The rows of one kind that wait already."""

    def __init__(self, session: Session, kind: Kind) -> None:
        self._kind = kind
        self._known = set(session.scalars(sa.select(WaitingRow.fingerprint).where(WaitingRow.kind == kind)))

    def outcome(self, record: Record) -> Outcome:
        """Return what becomes of a row that has to wait; a second one like it is the same."""
        found = set(_fingerprints(self._kind, record))
        if found & self._known:
            return Outcome.SAME
        self._known |= found
        return Outcome.WAIT


def keep(session: Session, kind: Kind, entries: list[Entry], now: datetime) -> None:
    """Let the rows of `entries` wait."""
    rows = [
        {
            "kind": kind,
            "fingerprint": _fingerprints(kind, entry.record)[0],
            "sealed": keyring().seal(_content(entry.record)),
            "created_at": now,
        }
        for entry in entries
        if entry.outcome is Outcome.WAIT
    ]
    if rows:
        session.execute(sa.insert(WaitingRow), rows)


def table(session: Session, kind: Kind) -> tuple[Table, list[WaitingRow]]:
    """Return the waiting rows of a kind as a table; row numbers count from 1."""
    rows = list(session.scalars(sa.select(WaitingRow).where(WaitingRow.kind == kind).order_by(WaitingRow.id)))
    records = [_record(number, row) for number, row in enumerate(rows, 1)]
    names = {name: name for record in records for name in record.values}
    return Table(kind, "", [], names, [], records, []), rows


def _record(number: int, row: WaitingRow) -> Record:
    content: dict[str, Any] = json.loads(keyring().unseal(row.sealed))
    return Record(number, "", content["values"], content["extra"])


def _content(record: Record) -> str:
    content = {"values": record.values, "extra": record.extra}
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def _fingerprints(kind: Kind, record: Record) -> tuple[str, ...]:
    return keyring().blind_indexes(f"{kind.value} {_content(record)}")
