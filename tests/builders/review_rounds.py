"""Make rounds of the database for tests, with what they need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.events import Actor
from expertpool.panels import (
    presets_service,
    round_checking,
    round_confirming,
    round_forming,
    round_runs,
    rounds,
)
from expertpool.panels.round_composition import Composed, compose, read
from expertpool.panels.round_models import (
    PanelsOf,
    ReviewRound,
    RoundAlternate,
    RoundConfirmation,
    RoundPlace,
    RoundRun,
)
from expertpool.panels.round_solving import assign, wish_of
from expertpool.panels.rounds import Terms
from tests.builders.panels import ACTOR, Scene, make_actor, make_item
from tests.conftest import NOW


def make_round(scene: Scene, items: int = 4, *, title: str = "年度评审", **terms: Any) -> ReviewRound:
    """Make a round on the scene's item and more like it, which another applicant hands in."""
    session = scene.session
    more = [make_item(session, f"第{number}号标准", skills=[scene.skill]) for number in range(2, items + 1)]
    return rounds.create(
        session,
        title=title,
        owner_id=scene.office.id,
        preset=presets_service.current(session, "enterprise-standard-filing"),
        item_ids=[scene.item.id, *(each.id for each in more)],
        terms=Terms(**({"per_item": 3, "most": 2} | terms)),
        actor=ACTOR,
        now=NOW,
    )


def composed_of(session: Session, round_: ReviewRound, told: Callable[[str], None] = str) -> Composed:
    """Return the problem of a round; `told` hears of its stages."""
    return compose(read(session, round_, now=NOW, told=told), told=told)


def assigned(session: Session, round_: ReviewRound) -> RoundRun:
    """Ask for a run and do a worker's work in the test's own transaction."""
    run = rounds.request_run(session, round_, seed=7, actor=ACTOR, now=NOW)
    held = round_runs.claim(session, now=NOW)
    assert held is not None
    assert held.run_id == run.id
    assert round_runs.record_answer(
        session, held, assign(composed_of(session, round_), wish_of(round_, run.seed)), now=NOW
    )
    session.refresh(run)
    return run


def pairs_of(session: Session, run: RoundRun) -> set[tuple[int, int]]:
    """Return the pairs of item and person that a run assigns."""
    query = sa.select(RoundPlace.item_id, RoundPlace.person_id).where(RoundPlace.run_id == run.id)
    return {(row.item_id, row.person_id) for row in session.execute(query)}


def standing_by(session: Session, run: RoundRun, item_id: int) -> list[int]:
    """Return who stands by for an item of a run, in order, those in reserve included."""
    query = sa.select(RoundAlternate.person_id).where(
        RoundAlternate.run_id == run.id, RoundAlternate.item_id == item_id
    )
    return list(session.scalars(query.order_by(RoundAlternate.position)))


def confirmed(
    session: Session,
    round_: ReviewRound,
    run: RoundRun,
    *,
    panels_of: PanelsOf = PanelsOf.ITEM,
    actor: Actor | None = None,
) -> RoundConfirmation:
    """Confirm a run and do a worker's work in the test's own transaction."""
    actor = actor or make_actor(session)
    made = round_confirming.confirm(session, round_, run, panels_of, actor=actor, now=NOW)
    held = round_forming.claim(session, now=NOW)
    assert held is not None
    assert held.run_id == made.id
    checked = round_checking.check(session, made, now=NOW, told=lambda _stage: None)
    assert round_forming.form(session, held, checked, now=NOW)
    session.refresh(made)
    return made
