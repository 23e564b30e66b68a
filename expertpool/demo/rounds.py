"""The demo's whole round: a call's items assigned, then once more after a lock and a ban, to be compared."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.demo.accounts import OFFICE, organisation
from expertpool.events import Actor
from expertpool.items.models import Item
from expertpool.panels import presets_service, round_queries, round_runs, rounds
from expertpool.panels.round_composition import compose, read
from expertpool.panels.round_models import LockKind, ReviewRound, RoundRun
from expertpool.panels.round_solving import assign, wish_of
from expertpool.people.models import Person

TITLE = "2026 年第四季度标准项目集中评审"
ITEMS = (3, 6, 7, 9, 10, 13, 14, 15, 16, 17, 19, 20, 22, 23)
"""Numbers of items that no standing panel of the demo reviews."""
BANNED, LOCKED = "本月已承担两项评审，请另选专家。", "熟悉该领域的检验规则，申报单位无异议。"


def create(session: Session, actor: Actor, *, now: datetime) -> ReviewRound:
    """Make the round and run it, decide about the first item, and run it again."""
    numbers = [f"BZ-2026-{number:03}" for number in ITEMS]
    items = session.scalars(sa.select(Item).where(Item.number.in_(numbers)).order_by(Item.number)).all()
    made = rounds.create(
        session,
        title=TITLE,
        owner_id=organisation(session, OFFICE).id,
        preset=presets_service.current(session, "enterprise-standard-filing"),
        item_ids=[item.id for item in items],
        terms=rounds.Terms(per_item=3, most=2),
        actor=actor,
        now=now - timedelta(hours=2),
    )
    first = _run(session, made, actor, now - timedelta(hours=2))
    _decide(session, made, first, items[0], actor, now - timedelta(hours=1))
    _run(session, made, actor, now - timedelta(hours=1))
    return made


def _run(session: Session, round_: ReviewRound, actor: Actor, now: datetime) -> RoundRun:
    """Ask for a run and answer it, as the worker would."""
    run = rounds.request_run(session, round_, seed=20261122, actor=actor, now=now)
    held = round_runs.claim(session, now=now)
    assert held is not None
    composed = compose(read(session, round_, now=now, told=_nobody), told=_nobody)
    round_runs.record_answer(session, held, assign(composed, wish_of(round_, run.seed)), now=now)
    session.refresh(run)
    return run


def _nobody(_stage: str) -> None:
    """Nobody waits for the demo's runs."""


def _decide(
    session: Session, round_: ReviewRound, run: RoundRun, item: Item, actor: Actor, now: datetime
) -> None:
    """Ban the best reviewer of an item, and lock the second."""
    best, second = round_queries.reviewers(session, run.id, [item.id])[item.id][:2]
    for reviewer, kind, reason in ((best, LockKind.BAN, BANNED), (second, LockKind.LOCK, LOCKED)):
        person = session.get_one(Person, reviewer.id)
        rounds.decide(session, round_, item, person, kind, reason, actor=actor, now=now)
