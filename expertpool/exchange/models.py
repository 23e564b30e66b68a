"""Imports: files that were read, their rows while they wait, and rows that wait for people."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from expertpool.database import Base, Key, Numbered, choice, foreign_key
from expertpool.exchange.columns import Kind
from expertpool.exchange.plans import Outcome


class BatchState(StrEnum):
    """How far an import has come."""

    STAGED = "staged"
    APPLIED = "applied"
    DISCARDED = "discarded"


class ImportBatch(Numbered, Base):
    """One file that was read. Its rows are deleted when it is applied or discarded."""

    __tablename__ = "import_batches"

    kind: Mapped[Kind] = mapped_column(choice(Kind))
    filename: Mapped[str] = mapped_column(sa.String(300))
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    state: Mapped[BatchState] = mapped_column(choice(BatchState), default=BatchState.STAGED, index=True)
    counts: Mapped[dict[str, Any]]
    """Rows by outcome, and `rows` in all."""
    unresolved: Mapped[dict[str, Any]]
    """Texts that named nothing known: skills, organisations, people."""
    skipped: Mapped[list[Any]]
    """Rows and sheets without data: `{"row", "reason", "text", "sheet"}`."""
    headers: Mapped[dict[str, Any]]
    """`labels`, `names` (field -> label) and `unknown` (labels kept as they are)."""
    actor_id: Mapped[int | None] = mapped_column(Key)
    actor_label: Mapped[str] = mapped_column(sa.String(200))
    created_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]


class ImportOrder(Numbered, Base):
    """Somebody asked to bring a staged file in; a job does it, and deletes the order with the file's rows.

    With an `error` the order is over: nothing came in, and the file waits for its reader again.
    """

    __tablename__ = "import_orders"

    batch_id: Mapped[int] = foreign_key("import_batches.id", ondelete="CASCADE", unique=True)
    skip_bad_rows: Mapped[bool]
    actor_id: Mapped[int | None] = mapped_column(Key)
    actor_label: Mapped[str] = mapped_column(sa.String(200))
    request_id: Mapped[str | None] = mapped_column(sa.String(40))
    asked_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    """Until when a job holds the order; one that dies leaves it to the next."""
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(sa.String(20))
    """A code of the page's words: stale, refused, unexpected, lost."""


class ImportRow(Numbered, Base):
    """One data row of a staged file. What it says is sealed: it is personal."""

    __tablename__ = "import_rows"

    batch_id: Mapped[int] = foreign_key("import_batches.id", ondelete="CASCADE", index=False)
    position: Mapped[int]
    row: Mapped[int]
    """As the spreadsheet counts, from 1."""
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome))
    has_possible: Mapped[bool] = mapped_column(default=False)
    sealed: Mapped[str] = mapped_column(sa.Text)

    __table_args__ = (
        sa.UniqueConstraint("batch_id", "position"),
        sa.Index("ix_import_rows_outcome", "batch_id", "outcome", "position"),
    )


class KeptColumns(Numbered, Base):
    """Columns of imported files that an employment or a relation has no place for: header -> text."""

    __tablename__ = "import_kept_columns"

    employment_id: Mapped[int | None] = foreign_key("employments.id", ondelete="CASCADE", unique=True)
    relation_id: Mapped[int | None] = foreign_key("relations.id", ondelete="CASCADE", unique=True)
    extra: Mapped[dict[str, Any]]

    __table_args__ = (
        sa.CheckConstraint("(employment_id IS NULL) <> (relation_id IS NULL)", name="one_owner"),
    )


class WaitingRow(Numbered, Base):
    """A row of history or relations that names people who are not in the pool yet.

    It is read again whenever people come in, and exported with the others.
    """

    __tablename__ = "import_waiting_rows"

    kind: Mapped[Kind] = mapped_column(choice(Kind))
    fingerprint: Mapped[str] = mapped_column(sa.String(64), unique=True)
    """SHA-256 of kind and content, so that a row waits once."""
    sealed: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime]
