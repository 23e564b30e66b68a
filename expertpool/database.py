"""The ground of all models: naming, column types, and how SQLite is made to behave.

Models work without Flask. `extensions.db` hands `Base.metadata` to Flask-SQLAlchemy.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar, TypeVarTuple

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

Columns = TypeVarTuple("Columns")
Answer = TypeVar("Answer")

PATIENCE = 15_000
"""Milliseconds that a transaction on SQLite waits for the one that writes."""
WAL_PAUSES = (0.01, 0.05, 0.2, 1.0)
"""Seconds."""
BUSY_CODES = frozenset({5, 6})
"""SQLite: BUSY, LOCKED (low byte of its extended codes)."""
BUSY_STATES = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL: serialization failure, deadlock, lock not available."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Key = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""Column type of every primary and foreign key (SQLite numbers rows only by INTEGER)."""

Json = sa.JSON().with_variant(JSONB, "postgresql")
"""Column type of structured values."""


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment: stored in UTC, returned in UTC, refused when naive."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all models."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UTCDateTime, dict[str, Any]: Json, list[Any]: Json}


class Numbered:
    """Gives a model its numeric primary key."""

    id: Mapped[int] = mapped_column(Key, primary_key=True)


class Versioned:
    """Gives an editable record a version; a stale save raises `StaleDataError`."""

    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)

    __mapper_args__ = {"version_id_col": version}


def choice(values: type[StrEnum], name: str | None = None) -> sa.Enum:
    """Return a column type that stores a StrEnum by value, as VARCHAR with a CHECK.

    `name` tells the CHECK from another of the same enumeration in the same table.
    """
    return sa.Enum(
        values,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name or values.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def foreign_key(column: str, *, ondelete: str | None = None, **options: Any) -> Any:
    """Return a mapped, indexed foreign key column to `table.column`."""
    options.setdefault("index", True)
    return mapped_column(Key, sa.ForeignKey(column, ondelete=ondelete), **options)


_reading: ContextVar[bool] = ContextVar("expertpool_reading", default=False)


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """Say that transactions begun inside only read.

    On SQLite every other transaction begins with BEGIN IMMEDIATE, because a read that turns into
    a write fails at once when another writer came between, whatever the busy timeout.
    """
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if type(connection).__module__.split(".")[0] != "sqlite3":
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={PATIENCE}")
    _write_ahead(cursor)
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Have the file log ahead. Of two that ask for it first one is refused, whatever its patience."""
    for pause in WAL_PAUSES:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in BUSY_CODES:
                raise
            time.sleep(pause)
    cursor.execute("PRAGMA journal_mode=WAL")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")


def is_busy(error: BaseException) -> bool:
    """Return whether a transaction gave way to others: nothing of it was kept, and it may work later."""
    if not isinstance(error, OperationalError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    return code in BUSY_CODES or getattr(error.orig, "sqlstate", None) in BUSY_STATES


def patiently(work: Callable[[], Answer], tries: int = 4) -> Answer:
    """Do what must not be lost, a whole transaction, again and again while the database is busy."""
    for _ in range(tries - 1):
        try:
            return work()
        except OperationalError as error:
            if not is_busy(error):
                raise
    return work()


def batches(values: Iterable[Any], size: int = 5_000) -> Iterator[list[Any]]:
    """Yield `values` in lists of at most `size`: a statement takes some 32,000 parameters."""
    whole = list(values)
    for start in range(0, len(whole), size):
        yield whole[start : start + size]


def plain_rows(session: Session, query: sa.Select[*Columns]) -> Sequence[sa.Row[*Columns]]:
    """Return the rows of a query for columns without the ORM's work on each of them: for large reads."""
    session.flush()
    return session.connection().execute(query).all()


def insert_rows(session: Session, model: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns, without objects; the database gives their ids."""
    table = Base.metadata.tables[model.__tablename__]
    for some in batches(rows):
        session.execute(sa.insert(table), some)


def references_to(table: str) -> list[sa.Column[Any]]:
    """Return every foreign key column that names `table`, in the order of their names."""
    found = [
        key.parent
        for each in Base.metadata.sorted_tables
        for key in each.foreign_keys
        if key.column.table.name == table
    ]
    return sorted(found, key=str)


def move_references(
    session: Session, column: sa.Column[Any], old: int, new: int
) -> tuple[list[int], list[int]]:
    """Let rows whose `column` is `old` have `new`; return the ids of those that moved and those left.

    A row is left where a constraint refuses it: the new one has the same already.
    """
    table = column.table
    ids = list(session.scalars(sa.select(table.c.id).where(column == old).order_by(table.c.id)))
    if _moved(session, column, ids, new):
        return ids, []
    moved = [each for each in ids if _moved(session, column, [each], new)]
    return moved, [each for each in ids if each not in set(moved)]


def _moved(session: Session, column: sa.Column[Any], ids: list[int], new: int) -> bool:
    try:
        with session.begin_nested():
            for some in batches(ids):
                table = column.table
                session.execute(sa.update(table).where(table.c.id.in_(some)).values({column.name: new}))
    except sa.exc.IntegrityError:
        return False
    return True
