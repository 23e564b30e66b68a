"""Export the five files, so that importing them again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.events import Actor
from expertpool.exchange import exporting_experts, exporting_items, exporting_organisations, exporting_ties
from expertpool.exchange.columns import COLUMNS, Column, Kind
from expertpool.exchange.events import FileExported
from expertpool.exchange.words import label
from expertpool.people.listing import Conditions

Export = dict[str, Any]
"""Field -> value of one row; `extra` holds the columns that are kept as they are."""

SOURCES: dict[Kind, Any] = {
    Kind.EXPERTS: exporting_experts.rows,
    Kind.ORGANISATIONS: exporting_organisations.rows,
    Kind.HISTORY: exporting_ties.history,
    Kind.RELATIONS: exporting_ties.relations,
    Kind.ITEMS: exporting_items.rows,
}


@dataclass(frozen=True)
class Exported:
    """A table ready to be written; every cell is text."""

    labels: list[str]
    rows: list[list[str]]


def export(
    session: Session, kind: Kind, *, where: Mapping[str, str] | None = None, actor: Actor, now: datetime
) -> Exported:
    """Return everything of a kind, or of experts those `where` asks for; recorded, because it is personal.

    Raises `Invalid` for a condition that is none.
    """
    rows: list[Export] = list(SOURCES[kind](session, dict(where or {})))
    return _exported(session, kind, rows, dict(where or {}), actor=actor, now=now)


def export_listed(session: Session, conditions: Conditions, *, actor: Actor, now: datetime) -> Exported:
    """Return the experts of a list of people; recorded with what the list asked for."""
    rows: list[Export] = list(exporting_experts.listed(session, conditions))
    asked: dict[str, list[str]] = {}
    for name, value in conditions.chosen:
        asked.setdefault(name, []).append(str(value))
    told = {name: ", ".join(values) for name, values in asked.items()}
    return _exported(session, Kind.EXPERTS, rows, {"list": "people"} | told, actor=actor, now=now)


def _exported(
    session: Session, kind: Kind, rows: list[Export], where: dict[str, str], *, actor: Actor, now: datetime
) -> Exported:
    columns = COLUMNS[kind]
    headers = {column.chinese for column in columns}
    kept = sorted({header for row in rows for header in row["extra"]} - headers)
    labels = [column.chinese for column in columns] + kept
    table = [
        [_cell(column, row) for column in columns] + [row["extra"].get(header, "") for header in kept]
        for row in rows
    ]
    event = FileExported(0, kind=kind.value, rows=len(table), where=where)
    record(session, event, actor=actor, now=now)
    session.flush()
    return Exported(labels, table)


def _cell(column: Column, row: Export) -> str:
    value = row.get(column.field)
    kept = row["extra"].get(column.chinese)
    if kept is not None and value in (None, "", "other"):
        return str(kept)
    if column.choice and value:
        return label(column.choice, str(value))
    return text(value)


def text(value: Any) -> str:
    """Return a value as the text of a cell."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "；".join(str(each) for each in value)
    return str(value)
