"""Bring in large files by a job: an order is claimed for a time, carried out whole, and then gone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.events import SYSTEM, Actor
from expertpool.exchange import service, staging
from expertpool.exchange.events import FileHeldBack, FileOrdered
from expertpool.exchange.models import ImportBatch, ImportOrder

AT_ONCE = 500
"""A file of at most so many rows comes in while its reader waits: that takes well under two seconds."""
LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 3
STALE, REFUSED, UNEXPECTED, LOST = "stale", "refused", "unexpected", "lost"
"""Why an order ended with nothing written."""


@dataclass(frozen=True)
class Claim:
    """An order that a job holds; `attempt` tells its holder from an earlier one that lost it."""

    order_id: int
    attempt: int
    batch_id: int


def ask(session: Session, batch_id: int, *, skip_bad_rows: bool, actor: Actor, now: datetime) -> ImportOrder:
    """Order a staged file to come in as it was shown; raises `Invalid` when it is over or on its way."""
    batch = service.staged(session, batch_id)
    session.execute(sa.delete(ImportOrder).where(ImportOrder.batch_id == batch_id))
    order = ImportOrder(
        batch_id=batch_id,
        skip_bad_rows=skip_bad_rows,
        actor_id=actor.user_id,
        actor_label=actor.label,
        request_id=actor.request_id,
        asked_at=now,
    )
    session.add(order)
    event = FileOrdered(batch_id, kind=batch.kind.value, filename=batch.filename, skip_bad_rows=skip_bad_rows)
    record(session, event, actor=actor, now=now)
    session.flush()
    return order


def of(session: Session, batch_id: int) -> ImportOrder | None:
    """Return the order of a staged import, which may be over; None when there is none."""
    return session.scalar(sa.select(ImportOrder).where(ImportOrder.batch_id == batch_id))


def on_their_way(session: Session, batch_ids: Collection[int]) -> set[int]:
    """Return which of these imports a job is to bring in, or does."""
    query = sa.select(ImportOrder.batch_id).where(ImportOrder.batch_id.in_(batch_ids))
    return set(session.scalars(query.where(ImportOrder.error.is_(None))))


def is_waiting(session: Session, *, now: datetime) -> bool:
    """Whether there is something to claim; a read, so that an idle job locks nothing."""
    return session.scalar(sa.select(ImportOrder.id).where(_claimable(now)).limit(1)) is not None


def claim(session: Session, *, now: datetime) -> Claim | None:
    """Take the oldest order that nobody holds, or whose holder was lost; None when there is none."""
    free = _claimable(now)
    oldest = (
        sa.select(ImportOrder.id)
        .where(free)
        .order_by(ImportOrder.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).scalar_subquery()
    taken = session.execute(
        sa.update(ImportOrder)
        .where(ImportOrder.id == oldest, free)
        .values(lease_until=now + LEASE, attempts=ImportOrder.attempts + 1)
        .returning(ImportOrder.id, ImportOrder.attempts, ImportOrder.batch_id)
        .execution_options(synchronize_session=False)
    ).first()
    if taken is None:
        return None
    held = Claim(*taken)
    if held.attempt > MOST_ATTEMPTS:
        hold_back(session, held, LOST, now=now)
        return claim(session, now=now)
    return held


def carry_out(session: Session, held: Claim, *, now: datetime) -> bool:
    """Bring the file in and end the order; False when the order is no longer this job's.

    Everything is read before anything is written. Raises what `service.apply` raises.
    """
    order = _held(session, held)
    if order is None:
        return False
    decisions = staging.decisions(session, held.batch_id)
    actor = Actor(order.actor_id, order.actor_label, "web", order.request_id)
    service.apply(
        session,
        held.batch_id,
        decisions,
        skip_bad_rows=order.skip_bad_rows,
        as_shown=True,
        order_id=order.id,
        actor=actor,
        now=now,
    )
    session.delete(order)
    session.flush()
    return True


def hold_back(session: Session, held: Claim, error: str, *, now: datetime) -> bool:
    """End the order with nothing written; a file that the pool has overtaken is compared with it anew."""
    order = _held(session, held)
    if order is None:
        return False
    batch = session.get_one(ImportBatch, held.batch_id)
    order.error, order.lease_until = error, None
    session.flush()
    event = FileHeldBack(batch.id, kind=batch.kind.value, filename=batch.filename, error=error)
    record(session, event, actor=SYSTEM, now=now)
    if error == STALE:
        service.decide(session, held.batch_id, {}, actor=SYSTEM, now=now)
    session.flush()
    return True


def _claimable(now: datetime) -> sa.ColumnElement[bool]:
    unheld = sa.or_(ImportOrder.lease_until.is_(None), ImportOrder.lease_until < now)
    return sa.and_(ImportOrder.error.is_(None), unheld)


def _held(session: Session, held: Claim) -> ImportOrder | None:
    return session.scalar(
        sa.select(ImportOrder)
        .where(
            ImportOrder.id == held.order_id,
            ImportOrder.attempts == held.attempt,
            ImportOrder.error.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
