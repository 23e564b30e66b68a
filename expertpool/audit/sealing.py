"""Number the entries and chain their hashes, seconds after they were written; verify the chain.

hash = SHA-256 of the canonical JSON of the number, the previous hash and every hashed column. Of
personal values only the salted hash takes part, so that erasing them leaves the chain whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.models import AuditEntry
from expertpool.audit.service import canonical, salted_hash
from expertpool.errors import N_, Sentence

GENESIS = "0" * 64
"""What stands for the previous hash in the first entry."""
LOCK = 0x5345414C
"""Key of the advisory lock on PostgreSQL ("SEAL")."""


@dataclass(frozen=True)
class Head:
    """The newest sealed entry: whoever knows an old head can prove what came before it."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


@dataclass(frozen=True)
class Verdict:
    """Result of a walk along the chain; `broken` names the first entry that does not fit."""

    checked: int
    head: Head
    broken: Sentence | None


def seal(session: Session, *, limit: int = 2000) -> int:
    """Seal up to `limit` entries in the order of their ids; return how many.

    Only one sealer works at a time: on SQLite by its writing transaction, on PostgreSQL by an advisory
    lock; another returns 0.
    """
    if session.get_bind().dialect.name == "postgresql" and not session.scalar(
        sa.select(sa.func.pg_try_advisory_xact_lock(LOCK))
    ):
        return 0
    last = head(session)
    unsealed = sa.select(AuditEntry).where(AuditEntry.number.is_(None)).order_by(AuditEntry.id).limit(limit)
    entries = session.scalars(unsealed).all()
    for entry in entries:
        entry.number = last.number + 1
        entry.previous_hash = last.hash
        entry.hash = hash_of(entry)
        last = Head(entry.number, entry.hash)
    session.flush()
    return len(entries)


def hash_of(entry: AuditEntry) -> str:
    """Return the hash that an entry with a number and previous hash must have, in hexadecimal."""
    hashed = {
        "number": entry.number,
        "previous_hash": entry.previous_hash,
        "id": entry.id,
        "at": entry.at.isoformat(),
        "actor_id": entry.actor_id,
        "actor_label": entry.actor_label,
        "via": entry.via,
        "request_id": entry.request_id,
        "event": entry.event,
        "subject_kind": entry.subject_kind,
        "subject_id": entry.subject_id,
        "facts": entry.facts,
        "personal_hash": entry.personal_hash,
    }
    return hashlib.sha256(canonical(hashed)).hexdigest()


def head(session: Session) -> Head:
    """Return the newest sealed entry; number 0 before the first."""
    newest = sa.select(AuditEntry.number, AuditEntry.hash).where(AuditEntry.number.is_not(None))
    row = session.execute(newest.order_by(AuditEntry.number.desc()).limit(1)).first()
    return Head(row.number, row.hash) if row else Head(0, GENESIS)


def verify(session: Session, *, known: Head | None = None, chunk: int = 2000) -> Verdict:
    """Walk the whole chain; `known` is a head noted earlier, which must still be in it."""
    last = Head(0, GENESIS)
    for entry in _sealed(session, chunk):
        problem = _problem(entry, last, known)
        if problem:
            return Verdict(last.number, last, problem)
        last = Head(entry.number or 0, entry.hash or "")
    if known and known.number > last.number:
        return Verdict(
            last.number, last, Sentence(N_("Entry %(number)s is missing."), {"number": known.number})
        )
    return Verdict(last.number, last, None)


def _sealed(session: Session, chunk: int) -> Iterator[AuditEntry]:
    """Yield the sealed entries in order, a chunk at a time."""
    after = 0
    while True:
        query = (
            sa.select(AuditEntry).where(AuditEntry.number > after).order_by(AuditEntry.number).limit(chunk)
        )
        entries = session.scalars(query.execution_options(populate_existing=True)).all()
        if not entries:
            return
        yield from entries
        after = entries[-1].number or after
        for entry in entries:
            session.expunge(entry)


def _problem(entry: AuditEntry, last: Head, known: Head | None) -> Sentence | None:
    """Return what is wrong with `entry` as the one after `last`, or None."""
    where = {"number": last.number + 1, "id": entry.id}
    if entry.number != last.number + 1:
        return Sentence(N_("Entry %(number)s is missing."), where)
    if entry.previous_hash != last.hash:
        return Sentence(N_("Entry %(number)s (id %(id)s) does not follow the one before it."), where)
    if entry.hash != hash_of(entry):
        return Sentence(N_("Entry %(number)s (id %(id)s) was changed."), where)
    if not _personal_fits(entry):
        return Sentence(N_("The personal values of entry %(number)s (id %(id)s) were changed."), where)
    if known and known.number == entry.number and known.hash != entry.hash:
        return Sentence(N_("Entry %(number)s (id %(id)s) has another hash than the one noted before."), where)
    return None


def _personal_fits(entry: AuditEntry) -> bool:
    """Tell whether personal values are the ones that were hashed, or erased."""
    if entry.personal is None:
        return entry.personal_salt is None or entry.personal_hash is not None
    salt = entry.personal_salt or ""
    return entry.personal_hash == salted_hash(salt, entry.personal)
