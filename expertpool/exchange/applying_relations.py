"""Carry out an import of relations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from expertpool.audit.service import record_all
from expertpool.events import Actor
from expertpool.exchange import kept, waiting
from expertpool.exchange.planning_relations import Target
from expertpool.exchange.plans import Entry, Outcome, Plan
from expertpool.interests.events import RelationAdded, RelationChanged
from expertpool.interests.models import Relation


def apply(session: Session, plan: Plan, *, actor: Actor, now: datetime) -> None:
    """Write the relations of `plan`; rows of unknown people wait."""
    waiting.keep(session, plan.kind, plan.entries, now)
    entries = [entry for entry in plan.entries if entry.outcome in (Outcome.CREATE, Outcome.CHANGE)]
    for entry in entries:
        _write(session, entry, now)
    session.flush()
    kept.save(session, plan.kind, {e.target.relation.id: e.record.extra for e in entries})
    record_all(session, [_event(entry) for entry in entries], actor=actor, now=now)


def _write(session: Session, entry: Entry, now: datetime) -> None:
    target: Target = entry.target
    if target.relation is None:
        tie = target.tie
        target.relation = Relation(
            person_id=tie.person_id,
            kind=tie.kind,
            other_person_id=tie.other_id,
            organisation_id=tie.organisation_id,
            other_text=tie.text or None,
            other_is_organisation=tie.is_organisation,
            since=target.since,
            until=target.until,
            source=target.source,
            created_at=now,
        )
        session.add(target.relation)
        return
    target.relation.since, target.relation.until = target.since, target.until
    if any(change.field == "source" for change in entry.changes):
        target.relation.source = target.source


def _event(entry: Entry) -> RelationAdded | RelationChanged:
    relation: Relation = entry.target.relation
    if entry.outcome is Outcome.CHANGE:
        changes = {each.field: [each.old, each.new] for each in entry.changes}
        return RelationChanged(relation.id, person_id=relation.person_id, changes=changes)
    return RelationAdded(
        relation.id,
        person_id=relation.person_id,
        kind=relation.kind.value,
        other_person_id=relation.other_person_id,
        organisation_id=relation.organisation_id,
        since=relation.since,
        until=relation.until,
        source=relation.source,
        other_text=relation.other_text,
    )
