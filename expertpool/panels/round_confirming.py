"""A person accepts a run of a round, so that a worker makes it into panels (see `round_forming`)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool import leases
from expertpool.audit.service import record
from expertpool.errors import N_, Forbidden, Invalid
from expertpool.events import Actor
from expertpool.leases import WAITING, RunState
from expertpool.panels.models import Panel, PanelState
from expertpool.panels.round_events import RoundConfirmationCancelled, RoundConfirmationRequested
from expertpool.panels.round_forming import groups
from expertpool.panels.round_models import (
    LockKind,
    PanelsOf,
    ReviewRound,
    RoundConfirmation,
    RoundLock,
    RoundPanel,
    RoundPlace,
    RoundRun,
)

STANDING = (*WAITING, RunState.DONE)


def confirm(
    session: Session, round_: ReviewRound, run: RoundRun, panels_of: PanelsOf, *, actor: Actor, now: datetime
) -> RoundConfirmation:
    """Accept a finished run. Raises Invalid when the round is confirmed already, or the run is out of date.

    Of two who confirm at once, a constraint lets one through.
    """
    if actor.user_id is None:
        raise Forbidden(N_("A round is confirmed by a person, not by the system."))
    session.execute(sa.select(ReviewRound.id).where(ReviewRound.id == round_.id).with_for_update())
    if run.state is not RunState.DONE or not (run.summary or {}).get("feasible"):
        raise Invalid(N_("This run assigns nobody, so it can't become panels."))
    not_confirmed(session, round_)
    if any(not kept for kept in decisions_kept(session, run).values()):
        raise Invalid(N_("Pairs were locked or banned after this run. Run the round again, then confirm."))
    made = RoundConfirmation(
        round_id=round_.id,
        run_id=run.id,
        panels_of=panels_of,
        state=RunState.QUEUED,
        attempts=0,
        left_out=[],
        requested_by_id=actor.user_id,
        requested_at=now,
    )
    try:
        with session.begin_nested():
            session.add(made)
    except sa.exc.IntegrityError as error:
        raise Invalid(CONFIRMED) from error
    event = RoundConfirmationRequested(round_.id, run_id=run.id, number=run.number, panels_of=panels_of.value)
    record(session, event, actor=actor, now=now)
    return made


CONFIRMED = N_("This round is confirmed already: its panels are made, or are being made.")


def not_confirmed(session: Session, round_: ReviewRound) -> None:
    """Raise Invalid when the round is, or is being, made into panels."""
    if standing(session, round_.id) is not None:
        raise Invalid(CONFIRMED)


def take_back(session: Session, confirmation: RoundConfirmation, *, actor: Actor, now: datetime) -> None:
    """Stop a confirmation before its panels are made."""
    if not leases.call_off(session, confirmation, now=now):
        raise Invalid(N_("The panels are made already, or this was stopped before."))
    event = RoundConfirmationCancelled(
        confirmation.round_id, run_id=confirmation.run_id, number=confirmation.run.number
    )
    record(session, event, actor=actor, now=now)


def latest(session: Session, round_id: int) -> RoundConfirmation | None:
    """Return the newest confirmation of a round, whatever became of it."""
    return session.scalar(
        sa.select(RoundConfirmation)
        .where(RoundConfirmation.round_id == round_id)
        .order_by(RoundConfirmation.id.desc())
        .limit(1)
    )


def standing(session: Session, round_id: int) -> RoundConfirmation | None:
    """Return the confirmation of a round that became panels, or is about to."""
    return session.scalar(
        sa.select(RoundConfirmation).where(
            RoundConfirmation.round_id == round_id, RoundConfirmation.state.in_(STANDING)
        )
    )


def decisions_kept(session: Session, run: RoundRun) -> dict[tuple[int, int], bool]:
    """Return of each decided pair (item, person) whether the run has it so: locked in, banned out."""
    there = sa.exists().where(
        RoundPlace.run_id == run.id,
        RoundPlace.item_id == RoundLock.item_id,
        RoundPlace.person_id == RoundLock.person_id,
    )
    query = sa.select(RoundLock.item_id, RoundLock.person_id, RoundLock.kind, there)
    return {
        (item, person): bool(inside) is (kind is LockKind.LOCK)
        for item, person, kind, inside in session.execute(query.where(RoundLock.round_id == run.round_id))
    }


def panels_made_of(session: Session, run: RoundRun) -> dict[PanelsOf, int]:
    """Return how many panels a run would make, by what becomes one."""
    places: dict[int, set[int]] = defaultdict(set)
    query = sa.select(RoundPlace.item_id, RoundPlace.person_id).where(RoundPlace.run_id == run.id)
    for item, person in session.execute(query):
        places[item].add(person)
    return {each: len(groups(places, each)) for each in PanelsOf}


def panels(confirmation: RoundConfirmation) -> sa.Select[Panel]:
    """Return the panels that a confirmation made, by number."""
    query = sa.select(Panel).join(RoundPanel, RoundPanel.panel_id == Panel.id)
    return query.where(RoundPanel.confirmation_id == confirmation.id).order_by(Panel.id)


def states(session: Session, confirmation: RoundConfirmation) -> dict[PanelState, int]:
    """Return how many of the panels that a confirmation made are in each state."""
    query = (
        sa.select(Panel.state, sa.func.count())
        .join(RoundPanel, RoundPanel.panel_id == Panel.id)
        .where(RoundPanel.confirmation_id == confirmation.id)
        .group_by(Panel.state)
    )
    found: dict[PanelState, int] = dict(session.execute(query).all())
    return {state: found[state] for state in PanelState if state in found}


def of_panel(session: Session, panel_id: int) -> RoundConfirmation | None:
    """Return the confirmation that made a panel."""
    query = sa.select(RoundConfirmation).join(RoundPanel)
    return session.scalar(query.where(RoundPanel.panel_id == panel_id))
