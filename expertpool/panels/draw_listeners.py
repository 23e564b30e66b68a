"""A change of what the panel asks ends its draws: they were of something else."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.events import Actor, Event, subscribe
from expertpool.panels import drawing
from expertpool.panels.draw_models import Draw, DrawState
from expertpool.panels.events import (
    FindingWaived,
    PanelReopened,
    PanelRequestChanged,
    PersonChosen,
    ProposalRequested,
    RuleEased,
    WaiverRevoked,
)
from expertpool.panels.models import Panel, PanelState, Purpose

CHANGES = (FindingWaived, PanelReopened, PanelRequestChanged, PersonChosen, RuleEased, WaiverRevoked)


def connect() -> None:
    """Subscribe to all that a draw rests on; safe to call twice."""
    for kind in CHANGES:
        subscribe(kind, panel_changed)
    subscribe(ProposalRequested, proposal_requested)


def panel_changed(session: Session, event: Event, actor: Actor, now: datetime) -> None:
    """Void the draws of a draft, naming the event as the reason; a confirmed panel's are past it."""
    if session.get_one(Panel, event.subject_id).state is not PanelState.DRAFT:
        return
    draws = session.scalars(
        sa.select(Draw)
        .where(Draw.panel_id == event.subject_id, Draw.state != DrawState.VOID)
        .order_by(Draw.number)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for each in draws:
        drawing.end(session, each, event.name(), actor=actor, now=now)


def proposal_requested(session: Session, event: Event, actor: Actor, now: datetime) -> None:
    """Void the panel's draws when the engine is asked for people instead."""
    if isinstance(event, ProposalRequested) and event.purpose == Purpose.PROPOSE:
        panel_changed(session, event, actor, now)
