"""Import files: read, plan, keep for decisions, carry out; all in one transaction of the caller."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.database import batches
from expertpool.errors import N_, Invalid, NotFound, Stale
from expertpool.events import Actor
from expertpool.exchange import (
    applying_experts,
    applying_history,
    applying_items,
    applying_organisations,
    applying_relations,
    links,
    planning_experts,
    planning_history,
    planning_items,
    planning_organisations,
    planning_relations,
    staging,
    tables,
)
from expertpool.exchange.columns import Kind
from expertpool.exchange.events import FileDiscarded, FileImported, FileStaged
from expertpool.exchange.models import BatchState, ImportBatch, ImportOrder, ImportRow
from expertpool.exchange.plans import Decisions, Outcome, Plan
from expertpool.exchange.tables import Table
from expertpool.matching.memory import uncollected

PLANNERS: dict[Kind, Any] = {
    Kind.EXPERTS: planning_experts.plan,
    Kind.ORGANISATIONS: planning_organisations.plan,
    Kind.HISTORY: planning_history.plan,
    Kind.RELATIONS: planning_relations.plan,
    Kind.ITEMS: planning_items.plan,
}


@uncollected()
def plan(session: Session, table: Table, decisions: Decisions | None = None) -> Plan:
    """Return what importing `table` would do; faults found on the way are added to its records."""
    result: Plan = PLANNERS[table.kind](session, table, decisions or {})
    return result


@uncollected()
def carry_out(session: Session, plan: Plan, *, sha256: str, actor: Actor, now: datetime) -> ImportBatch:
    """Write the good rows of `plan`, record it, and return the applied batch.

    Whether rows may be left out is for the caller to decide: see `Plan.refused`.
    """
    batch = _batch(plan, sha256, BatchState.APPLIED, actor, now)
    session.add(batch)
    session.flush()
    _write(session, plan, batch, actor=actor, now=now)
    return batch


def stage(
    session: Session,
    kind: Kind,
    file: bytes,
    filename: str,
    *,
    mapping: Mapping[str, str] | None = None,
    actor: Actor,
    now: datetime,
) -> ImportBatch:
    """Read and plan a file and keep that for a preview page; raises `Invalid` when it is no such table."""
    table = tables.parse(kind, file, filename, mapping=mapping or {}, today=now.date())
    sha256 = hashlib.sha256(file).hexdigest()
    return keep(session, plan(session, table), sha256=sha256, actor=actor, now=now)


def keep(session: Session, plan: Plan, *, sha256: str, actor: Actor, now: datetime) -> ImportBatch:
    """Keep a plan for a preview page; writes nothing of it into the pool."""
    batch = _batch(plan, sha256, BatchState.STAGED, actor, now)
    session.add(batch)
    session.flush()
    _keep_rows(session, batch, plan, {}, actor=actor, now=now)
    return batch


def decide(
    session: Session, batch_id: int, decisions: Decisions, *, actor: Actor, now: datetime
) -> ImportBatch:
    """Add decisions to those of a staged import, and plan it anew against the pool as it is now."""
    batch = staged(session, batch_id)
    table = staging.table(batch, staging.stored(session, batch.id))
    whole = staging.decisions(session, batch.id) | decisions
    return _plan_again(session, batch, table, whole, actor=actor, now=now)


def remap(
    session: Session, batch_id: int, mapping: Mapping[str, str], *, actor: Actor, now: datetime
) -> ImportBatch:
    """Read the rows of a staged import again with columns as `mapping` (header -> field) says.

    A header mapped to '' is kept as it is. Decisions are asked anew. Raises `Invalid`.
    """
    batch = staged(session, batch_id)
    read = staging.table(batch, staging.stored(session, batch.id))
    return _plan_again(session, batch, tables.reread(read, mapping, now.date()), {}, actor=actor, now=now)


@uncollected()
def apply(
    session: Session,
    batch_id: int,
    decisions: Decisions,
    *,
    skip_bad_rows: bool = False,
    as_shown: bool = False,
    order_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> Plan:
    """Carry out a staged import against the pool as it is now; return what was done.

    `decisions` maps the number of a row with `possible` people to the id of the one it is, or None for a
    new person. Raises `Invalid` when rows are refused and `skip_bad_rows` is not given, and with
    `as_shown` `Stale` when the pool has changed so that something else would be done than was shown.
    """
    batch = staged(session, batch_id, order_id=order_id)
    rows = staging.stored(session, batch.id)
    planned = plan(session, staging.table(batch, rows), decisions)
    if as_shown and not staging.shows(rows, planned, decisions):
        raise Stale(N_("The pool has changed since this file was read."))
    if planned.refused and not skip_bad_rows:
        raise Invalid(
            N_("%(count)s rows can't come in. Correct them, or choose to leave them out."),
            count=len(planned.refused),
        )
    batch.state, batch.applied_at = BatchState.APPLIED, now
    batch.counts, batch.unresolved = planned.counts, planned.unresolved
    _write(session, planned, batch, actor=actor, now=now)
    session.execute(sa.delete(ImportRow).where(ImportRow.batch_id == batch.id))
    return planned


def discard(session: Session, batch_id: int, *, actor: Actor, now: datetime) -> None:
    """Throw a staged import away."""
    batch = staged(session, batch_id)
    batch.state = BatchState.DISCARDED
    session.execute(sa.delete(ImportRow).where(ImportRow.batch_id == batch.id))
    event = FileDiscarded(batch.id, kind=batch.kind.value, filename=batch.filename)
    record(session, event, actor=actor, now=now)
    session.flush()


def _plan_again(
    session: Session, batch: ImportBatch, table: Table, decisions: Decisions, *, actor: Actor, now: datetime
) -> ImportBatch:
    planned = plan(session, table, decisions)
    batch.counts, batch.unresolved = planned.counts, planned.unresolved
    batch.headers = _headers(table)
    session.execute(sa.delete(ImportRow).where(ImportRow.batch_id == batch.id))
    _keep_rows(session, batch, planned, decisions, actor=actor, now=now)
    return batch


def _keep_rows(
    session: Session, batch: ImportBatch, plan: Plan, decisions: Decisions, *, actor: Actor, now: datetime
) -> None:
    for some in batches(enumerate(plan.entries), 2_000):
        rows = [staging.row(batch.id, position, entry, decisions) for position, entry in some]
        session.execute(sa.insert(ImportRow), rows)
    event = FileStaged(batch.id, kind=batch.kind.value, filename=batch.filename, counts=batch.counts)
    record(session, event, actor=actor, now=now)
    session.flush()


def _headers(table: Table) -> dict[str, Any]:
    return {"labels": table.labels, "names": table.names, "unknown": table.unknown}


def _write(session: Session, plan: Plan, batch: ImportBatch, *, actor: Actor, now: datetime) -> None:
    own = dataclasses.replace(actor, request_id=actor.request_id or f"import-{batch.id}")
    if plan.writes:
        match plan.kind:
            case Kind.EXPERTS:
                people = applying_experts.apply(session, plan, actor=own, now=now)
                links.connect_people(session, people, actor=own, now=now)
            case Kind.ORGANISATIONS:
                applying_organisations.apply(session, plan, actor=own, now=now)
                links.connect_organisations(session)
            case Kind.HISTORY:
                applying_history.apply(session, plan, actor=own, now=now)
            case Kind.RELATIONS:
                applying_relations.apply(session, plan, actor=own, now=now)
            case Kind.ITEMS:
                applying_items.apply(session, plan, actor=own, now=now)
    event = FileImported(
        batch.id, kind=plan.kind.value, filename=batch.filename, sha256=batch.sha256, counts=batch.counts
    )
    record(session, event, actor=own, now=now)
    session.flush()


def _batch(plan: Plan, sha256: str, state: BatchState, actor: Actor, now: datetime) -> ImportBatch:
    table = plan.table
    return ImportBatch(
        kind=plan.kind,
        filename=table.filename[:300],
        sha256=sha256,
        state=state,
        counts=plan.counts,
        unresolved=plan.unresolved,
        skipped=[dataclasses.asdict(each) for each in table.skipped[:1000]],
        headers=_headers(table),
        actor_id=actor.user_id,
        actor_label=actor.label,
        created_at=now,
        applied_at=now if state is BatchState.APPLIED else None,
    )


def staged(session: Session, batch_id: int, *, order_id: int | None = None) -> ImportBatch:
    """Return an import that waits for its reader, locked; or, by its order, one that a job brings in.

    Raises `NotFound`, and `Invalid` when the import is over or on its way in.
    """
    batch = session.get(ImportBatch, batch_id, with_for_update=True)
    if batch is None:
        raise NotFound(N_("There is no such import."))
    if batch.state is not BatchState.STAGED:
        raise Invalid(N_("This import was applied or discarded already."))
    order = sa.select(ImportOrder.id).where(ImportOrder.batch_id == batch_id, ImportOrder.error.is_(None))
    if session.scalar(order) != order_id:
        raise Invalid(N_("This file is being brought in."))
    return batch


__all__ = ["Outcome", "apply", "carry_out", "decide", "discard", "keep", "plan", "remap", "stage", "staged"]
