"""Carry out an import of organisations: parents first, then those below them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from expertpool.events import Actor
from expertpool.exchange.planning_organisations import Body, facts
from expertpool.exchange.plans import Outcome, Plan
from expertpool.organisations import alliances, service


def apply(session: Session, plan: Plan, *, actor: Actor, now: datetime) -> None:
    """Write the organisations of `plan`."""
    waiting = [entry.target for entry in plan.entries if entry.outcome is Outcome.CREATE]
    while waiting:
        ready = [body for body in waiting if body.parent is None or body.parent.organisation is not None]
        _create(session, ready, actor=actor, now=now)
        waiting = [body for body in waiting if body.organisation is None]
    for entry in plan.entries:
        if entry.outcome is Outcome.CHANGE:
            _place(entry.target)
            service.change(session, entry.target.organisation, facts(entry.target), actor=actor, now=now)
    for entry in plan.entries:
        if entry.outcome in (Outcome.CREATE, Outcome.CHANGE):
            _join(session, entry.target, actor=actor, now=now)


def _create(session: Session, bodies: list[Body], *, actor: Actor, now: datetime) -> None:
    for body in bodies:
        _place(body)
    created = service.create_many(session, [facts(body) for body in bodies], actor=actor, now=now)
    for body, organisation in zip(bodies, created, strict=True):
        body.organisation = organisation


def _place(body: Body) -> None:
    """Name the parent by id, now that it has one."""
    if body.parent is not None and body.parent.organisation is not None:
        body.parent_id, body.parent = body.parent.organisation.id, None


def _join(session: Session, body: Body, *, actor: Actor, now: datetime) -> None:
    assert body.organisation
    for name in body.values["alliances"]:
        if name not in body.alliances:
            alliances.join(session, body.organisation, name, actor=actor, now=now)
