"""Audit entries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from expertpool.database import Base, Key, Numbered


class AuditEntry(Numbered, Base):
    """One fact. Written by the transaction that made it; sealed seconds later.

    `facts` is hashed; `personal` is not: only its salted hash stands in the hashed part, so that
    erasing personal values leaves the chain whole.
    """

    __tablename__ = "audit_entries"

    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(Key, index=True)
    actor_label: Mapped[str] = mapped_column(sa.String(200))
    via: Mapped[str] = mapped_column(sa.String(10))
    request_id: Mapped[str | None] = mapped_column(sa.String(40))
    event: Mapped[str] = mapped_column(sa.String(80), index=True)
    subject_kind: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[int] = mapped_column(Key)
    facts: Mapped[dict[str, Any]]
    personal: Mapped[dict[str, Any] | None]
    personal_salt: Mapped[str | None] = mapped_column(sa.String(32))
    personal_hash: Mapped[str | None] = mapped_column(sa.String(64))
    number: Mapped[int | None] = mapped_column(sa.BigInteger, unique=True)
    previous_hash: Mapped[str | None] = mapped_column(sa.String(64))
    hash: Mapped[str | None] = mapped_column(sa.String(64))

    __table_args__ = (sa.Index("ix_audit_entries_subject", "subject_kind", "subject_id", "id"),)
