"""Have the chain verified by a job, since a long trail takes minutes, and keep the results as entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.events import ChainBroken, ChainVerified, VerificationAsked
from expertpool.audit.models import AuditEntry
from expertpool.audit.sealing import Head, Verdict
from expertpool.audit.service import record
from expertpool.events import Actor


@dataclass(frozen=True)
class Verification:
    """How the trail stands: the last result, and since when another is waited for."""

    last: AuditEntry | None
    asked: AuditEntry | None

    @property
    def is_whole(self) -> bool:
        """Whether the last walk found nothing wrong."""
        return self.last is not None and self.last.event == ChainVerified.name()

    @property
    def known(self) -> Head | None:
        """The head that the last good walk ended at: the next one must find it again."""
        if self.last is None or not self.is_whole:
            return None
        number, _, digest = self.last.facts["head"].partition(":")
        return Head(int(number), digest)


def state(session: Session) -> Verification:
    """Return the last result, and the request that came after it if any."""
    last = _newest(session, ChainVerified.name(), ChainBroken.name())
    asked = _newest(session, VerificationAsked.name())
    if asked is not None and last is not None and last.id > asked.id:
        asked = None
    return Verification(last, asked)


def ask(session: Session, *, actor: Actor, now: datetime) -> bool:
    """Ask for a verification; return False when one is waited for already."""
    if state(session).asked is not None:
        return False
    record(session, VerificationAsked(0), actor=actor, now=now)
    session.flush()
    return True


def note(session: Session, verdict: Verdict, *, actor: Actor, now: datetime) -> None:
    """Record the result of a walk."""
    if verdict.broken is None:
        event: ChainVerified | ChainBroken = ChainVerified(0, verdict.checked, str(verdict.head))
    else:
        event = ChainBroken(0, verdict.checked, str(verdict.broken))
    record(session, event, actor=actor, now=now)
    session.flush()


def _newest(session: Session, *names: str) -> AuditEntry | None:
    found = sa.select(AuditEntry).where(AuditEntry.event.in_(names)).order_by(AuditEntry.id.desc())
    return session.scalar(found.limit(1))
