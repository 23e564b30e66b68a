"""Erase personal values from the audit trail; the chain stays whole."""

from __future__ import annotations

from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.models import AuditEntry


def erase_personal(session: Session, subject_kind: str, subject_id: int) -> int:
    """Erase the personal values of all entries about a subject; return how many entries had any.

    The caller records why, by an event of its own.
    """
    erasing = (
        sa.update(AuditEntry)
        .where(
            AuditEntry.subject_kind == subject_kind,
            AuditEntry.subject_id == subject_id,
            AuditEntry.personal_salt.is_not(None),
        )
        .values(personal=sa.null(), personal_salt=None)
    )
    return cast("sa.CursorResult[Any]", session.execute(erasing)).rowcount
