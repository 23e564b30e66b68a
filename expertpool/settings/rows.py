"""Rows of any table as JSON and back, the same from SQLite and PostgreSQL."""

from __future__ import annotations

import base64
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB


def written(table: sa.Table, row: Any) -> dict[str, Any]:
    """Return a row as JSON: moments in ISO, bytes in base64, decimals as text."""
    return {column.name: _written(value) for column, value in zip(table.columns, row, strict=True)}


def read(table: sa.Table, values: dict[str, Any]) -> dict[str, Any]:
    """Return what `written` wrote as values to insert; a missing or unknown column is a KeyError."""
    if set(values) != {column.name for column in table.columns}:
        raise KeyError(table.name)
    return {column.name: _read(column.type, values[column.name]) for column in table.columns}


def insertion(table: sa.Table) -> sa.Insert:
    """Return an INSERT of whole rows that stores None as NULL, also in JSON columns that may be NULL."""
    bound = {column.name: sa.bindparam(column.name, type_=_bound_type(column)) for column in table.columns}
    return sa.insert(table).values(bound)


def _bound_type(column: sa.Column[Any]) -> sa.types.TypeEngine[Any]:
    if isinstance(column.type, sa.JSON) and column.nullable:
        return sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    return column.type


def _written(value: Any) -> Any:
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value) if isinstance(value, Decimal) else value


def _read(kind: sa.types.TypeEngine[Any], value: Any) -> Any:
    plain = kind.impl_instance if isinstance(kind, sa.types.TypeDecorator) else kind
    if value is None or isinstance(plain, sa.JSON):
        return value
    if isinstance(plain, sa.LargeBinary):
        return base64.b64decode(value)
    if isinstance(plain, sa.Enum) and plain.enum_class:
        return plain.enum_class(value)
    readers: dict[type, Any] = {
        sa.DateTime: datetime.fromisoformat,
        sa.Date: date.fromisoformat,
        sa.Time: time.fromisoformat,
        sa.Float: float,
        sa.Numeric: Decimal,
    }
    return next((reader(value) for base, reader in readers.items() if isinstance(plain, base)), value)
