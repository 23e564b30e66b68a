"""Record facts in the audit trail and tell those who listen."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from expertpool import events
from expertpool.audit.models import AuditEntry
from expertpool.database import insert_rows
from expertpool.events import Actor, Event


def record(session: Session, event: Event, *, actor: Actor, now: datetime) -> AuditEntry:
    """Write the audit entry of `event` and run its subscribers, in the caller's transaction."""
    entry = AuditEntry(**_values(event, actor, now))
    session.add(entry)
    events.publish(session, event, actor, now)
    return entry


def record_all(session: Session, happened: Sequence[Event], *, actor: Actor, now: datetime) -> None:
    """Do what `record` does for many events, in their order: the entries of all, then the subscribers."""
    session.flush()
    insert_rows(session, AuditEntry, [_values(event, actor, now) for event in happened])
    for event in happened:
        events.publish(session, event, actor, now)


def _values(event: Event, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return the columns of the event's entry."""
    facts: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    for field in dataclasses.fields(event):
        if field.name != "subject_id":
            target = personal if field.metadata.get("personal") else facts
            target[field.name] = _plain(getattr(event, field.name))
    salt = secrets.token_hex(16) if personal else None
    return {
        "at": now,
        "actor_id": actor.user_id,
        "actor_label": actor.label,
        "via": actor.via,
        "request_id": actor.request_id,
        "event": event.name(),
        "subject_kind": event.subject_kind,
        "subject_id": event.subject_id,
        "facts": facts,
        "personal": personal or None,
        "personal_salt": salt,
        "personal_hash": salted_hash(salt, personal) if salt else None,
    }


def canonical(value: Any) -> bytes:
    """Return `value` as canonical JSON: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def salted_hash(salt: str, personal: dict[str, Any]) -> str:
    """Return the SHA-256 of a salt and the canonical JSON of personal values, in hexadecimal."""
    return hashlib.sha256(salt.encode() + canonical(personal)).hexdigest()


def _plain(value: Any) -> Any:
    """Return `value` with dates as ISO text and tuples as lists, fit for JSON."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = [_plain(item) for item in value]
        return sorted(items, key=str) if isinstance(value, set | frozenset) else items
    return value
