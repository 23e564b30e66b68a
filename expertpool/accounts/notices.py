"""Tell users by mail what changed about their account, so that a thief does not go unseen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

import config
from expertpool.accounts.models import User
from expertpool.audit.models import AuditEntry
from expertpool.outbox.service import enqueue


def tell(session: Session, user: User, kind: str, entry: AuditEntry, *, now: datetime, **values: Any) -> None:
    """Put the mail `accounts/<kind>` about a recorded fact into the outbox, in the user's language."""
    session.flush()
    enqueue(
        session,
        kind=f"accounts/{kind}",
        to=user.email,
        locale=user.locale or config.locale_of(),
        snapshot={"name": user.name, "at": now.isoformat(), **values},
        dedupe_key=f"account-notice:{entry.id}",
        now=now,
    )


def reads_mail(user: User) -> bool:
    """Return whether the account is in use already; before, the invitation says it all."""
    return user.password is not None or user.confirmed_at is not None
