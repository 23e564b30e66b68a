"""Mail the head of the audit trail to the auditors once a day: who keeps it proves what came before."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.orm import Session

import config
from expertpool.access.models import Role
from expertpool.access.queries import holders
from expertpool.audit import sealing
from expertpool.outbox import queries as outbox
from expertpool.outbox.service import enqueue

EVERY = timedelta(hours=1)


def tick(session: Session, now: datetime) -> int:
    """Put today's head into the outbox for each auditor of the whole office; return how many are new."""
    settings: config.Settings = current_app.config["EXPERTPOOL"]
    head = sealing.head(session)
    day = now.astimezone(ZoneInfo(settings.timezone)).date()
    keys = {user: f"audit-head:{day}:{user.id}" for user in holders(session, Role.AUDITOR)}
    new = [user for user, key in keys.items() if outbox.by_key(session, key) is None]
    for user in new if head.number else []:
        enqueue(
            session,
            kind="audit/head",
            to=user.email,
            locale=user.locale or settings.locale,
            snapshot={"name": user.name, "at": now.isoformat(), "number": head.number, "head": str(head)},
            dedupe_key=keys[user],
            now=now,
        )
    return len(new) if head.number else 0
