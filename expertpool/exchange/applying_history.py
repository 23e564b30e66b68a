"""Carry out an import of employment history."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from expertpool.audit.service import record_all
from expertpool.conflicts.names import organisation_key
from expertpool.events import Actor
from expertpool.exchange import kept, waiting
from expertpool.exchange.planning_history import Target
from expertpool.exchange.plans import Entry, Outcome, Plan
from expertpool.people import search
from expertpool.people.employments import current
from expertpool.people.events import EmployerChanged
from expertpool.people.models import Employment


def apply(session: Session, plan: Plan, *, actor: Actor, now: datetime) -> None:
    """Write the employments of `plan`; rows of unknown people wait."""
    waiting.keep(session, plan.kind, plan.entries, now)
    entries = [entry for entry in plan.entries if entry.outcome in (Outcome.CREATE, Outcome.CHANGE)]
    for entry in entries:
        _write(entry.target, plan.table.filename[:120])
    session.flush()
    kept.save(session, plan.kind, {e.target.employment.id: e.record.extra for e in entries})
    record_all(session, [_event(entry) for entry in entries], actor=actor, now=now)
    search.index_people(session, {entry.target.work.person.id for entry in entries})


def _write(target: Target, source: str) -> None:
    work, employment = target.work, target.employment
    if employment is None:
        employment = target.employment = Employment(
            organisation_id=work.organisation_id,
            organisation_text=work.organisation,
            organisation_key=organisation_key(work.organisation),
            is_current=work.until is None and current(work.person) is None,
            source=source,
        )
        work.person.employments.append(employment)
    employment.position = work.position or employment.position
    employment.since = work.since or employment.since
    employment.until = work.until or employment.until


def _event(entry: Entry) -> EmployerChanged:
    employment: Employment = entry.target.employment
    return EmployerChanged(
        employment.person_id,
        employment_id=employment.id,
        organisation_ids=tuple(filter(None, [employment.organisation_id])),
        is_current=employment.is_current,
        changes={each.field: [each.old, each.new] for each in entry.changes} or _facts(employment),
    )


def _facts(employment: Employment) -> dict[str, list[object]]:
    names = ("organisation_text", "position", "since", "until")
    return {name: [None, value] for name in names if (value := getattr(employment, name))}
