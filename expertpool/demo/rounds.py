"""The demo's whole rounds: one that is run again after a lock and a ban, to be compared, and one by texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.demo.accounts import OFFICE, organisation
from expertpool.events import Actor
from expertpool.items.models import Item
from expertpool.panels import presets_service, round_queries, round_runs, rounds
from expertpool.panels.round_composition import compose, read
from expertpool.panels.round_models import LockKind, ReviewRound, RoundRun, ScoredBy
from expertpool.panels.round_solving import assign, wish_of
from expertpool.people.models import Person

TITLE = "2026 年第四季度标准项目集中评审"
ITEMS = (3, 6, 7, 9, 10, 13, 14, 15, 16, 17, 19, 20, 22, 23)
"""Numbers of items that no standing panel of the demo reviews."""
BY_TEXTS, ITEMS_BY_TEXTS = "数据安全与企业管理项目集中评审", (17, 19, 22, 23)
BANNED, LOCKED = "本月已承担两项评审，请另选专家。", "熟悉该领域的检验规则，申报单位无异议。"


def create(session: Session, actor: Actor, *, now: datetime) -> ReviewRound:
    """Make the round and run it, decide about the first item, and run it again; then the one by texts."""
    early, late = now - timedelta(hours=2), now - timedelta(hours=1)
    items = _items(session, ITEMS)
    made = _made(session, TITLE, items, rounds.Terms(most=2), actor, early)
    first = _run(session, made, actor, early)
    _decide(session, made, first, items[0], actor, late)
    _run(session, made, actor, late)
    terms = rounds.Terms(scored_by=ScoredBy.TEXTS, skilled_only=False)
    by_texts = _made(session, BY_TEXTS, _items(session, ITEMS_BY_TEXTS), terms, actor, late)
    _run(session, by_texts, actor, late)
    return made


def _items(session: Session, numbers: Iterable[int]) -> Sequence[Item]:
    wanted = [f"BZ-2026-{number:03}" for number in numbers]
    return session.scalars(sa.select(Item).where(Item.number.in_(wanted)).order_by(Item.number)).all()


def _made(
    session: Session, title: str, items: Sequence[Item], terms: rounds.Terms, actor: Actor, now: datetime
) -> ReviewRound:
    return rounds.create(
        session,
        title=title,
        owner_id=organisation(session, OFFICE).id,
        preset=presets_service.current(session, "enterprise-standard-filing"),
        item_ids=[item.id for item in items],
        terms=terms,
        actor=actor,
        now=now,
    )


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
