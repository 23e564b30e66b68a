"""What an organiser does with a whole round: make it, lock and ban pairs, ask for runs, call them off."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool import leases
from expertpool.audit.service import record
from expertpool.database import insert_rows
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.items import choosing
from expertpool.items.models import Item
from expertpool.leases import WAITING, RunState
from expertpool.organisations.models import Organisation
from expertpool.panels import presets_service, round_confirming
from expertpool.panels.models import PresetVersion
from expertpool.panels.preset_parts import DrawMode
from expertpool.panels.round_events import (
    AssignmentCancelled,
    AssignmentRequested,
    PairDecided,
    RoundCreated,
)
from expertpool.panels.round_models import (
    LockKind,
    ReviewRound,
    RoundItem,
    RoundLock,
    RoundMode,
    RoundRun,
    ScoredBy,
)
from expertpool.panels.runs import SEEDS
from expertpool.people.models import Person, Status

STAGES = ("pool", "conflicts", "texts", "assigning", "keeping")
"""What a worker is at; texts are compared only where they score."""


@dataclass(frozen=True)
class Terms:
    """How many reviewers and alternates an item has, how many items a reviewer, and how they are chosen.

    `per_employer` None is the preset's rule, `per_region` None no rule; `quality` (percent) is RANDOM's.
    """

    per_item: int = 3
    least: int = 0
    most: int = 6
    alternates: int = 3
    per_employer: int | None = None
    per_region: int | None = None
    mode: RoundMode = RoundMode.BEST
    quality: int | None = None
    scored_by: ScoredBy = ScoredBy.SKILLS
    skilled_only: bool = True


def create(
    session: Session,
    *,
    title: str,
    owner_id: int,
    preset: PresetVersion,
    item_ids: Sequence[int],
    terms: Terms,
    actor: Actor,
    now: datetime,
) -> ReviewRound:
    """Make a round on these items, convened by an office. Raises Invalid at the field that does not fit."""
    title = " ".join(title.split())
    if not 1 <= len(title) <= 300:
        raise Invalid(N_("Give the round a title of at most 300 characters."), field="title")
    if terms.least > terms.most:
        raise Invalid(N_("The least load is above the highest."), field="least")
    office = session.get(Organisation, owner_id)
    if office is None or office.retired_at is not None:
        raise Invalid(N_("There is no such office."), field="owner")
    rules = presets_service.rules(preset)
    if rules.secrecy.sealed or rules.draw.mode is DrawMode.REQUIRED:
        raise Invalid(
            N_("These rules want each roster sealed or drawn by lot: make one panel after the other."),
            field="preset",
        )
    wanted = choosing.in_use(session, item_ids)
    made = ReviewRound(
        title=title,
        owner_id=office.id,
        preset_id=preset.id,
        per_item=terms.per_item,
        least=terms.least,
        most=terms.most,
        alternates=terms.alternates,
        per_employer=terms.per_employer,
        per_region=terms.per_region,
        mode=terms.mode,
        quality=terms.quality if terms.mode is RoundMode.RANDOM else None,
        scored_by=terms.scored_by,
        skilled_only=terms.skilled_only,
        created_by_id=actor.user_id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    insert_rows(session, RoundItem, ({"round_id": made.id, "item_id": each} for each in wanted))
    event = RoundCreated(
        made.id,
        owner_id=office.id,
        items=len(wanted),
        per_item=made.per_item,
        least=made.least,
        most=made.most,
        mode=made.mode.value,
        scored_by=made.scored_by.value,
    )
    record(session, event, actor=actor, now=now)
    return made


def stages_of(round_: ReviewRound) -> tuple[str, ...]:
    """Return the stages of a run of this round."""
    return tuple(each for each in STAGES if each != "texts" or round_.scored_by is ScoredBy.TEXTS)


def request_run(
    session: Session, round_: ReviewRound, *, seed: int | None = None, actor: Actor, now: datetime
) -> RoundRun:
    """Queue an assignment of the round; one that waits already is returned instead."""
    session.execute(sa.select(ReviewRound.id).where(ReviewRound.id == round_.id).with_for_update())
    round_confirming.not_confirmed(session, round_)
    waiting = session.scalar(
        sa.select(RoundRun).where(RoundRun.round_id == round_.id, RoundRun.state.in_(WAITING))
    )
    if waiting is not None:
        return waiting
    last = session.scalar(sa.select(sa.func.max(RoundRun.number)).where(RoundRun.round_id == round_.id)) or 0
    run = RoundRun(
        round_id=round_.id,
        number=last + 1,
        state=RunState.QUEUED,
        attempts=0,
        seed=secrets.randbelow(SEEDS) if seed is None else seed,
        versions={},
        requested_by_id=actor.user_id,
        requested_at=now,
    )
    session.add(run)
    session.flush()
    event = AssignmentRequested(round_.id, run_id=run.id, number=run.number, seed=run.seed)
    record(session, event, actor=actor, now=now)
    return run


def cancel_run(session: Session, run: RoundRun, *, actor: Actor, now: datetime) -> None:
    """Call a run off; its worker stops at the end of the stage it is at."""
    if not leases.call_off(session, run, now=now):
        raise Invalid(N_("This run is over already."))
    event = AssignmentCancelled(run.round_id, run_id=run.id, number=run.number)
    record(session, event, actor=actor, now=now)


def decide(
    session: Session,
    round_: ReviewRound,
    item: Item,
    person: Person,
    kind: LockKind | None,
    reason: str = "",
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Say that a person must review an item, must not, or (None) that the engine decides again."""
    session.execute(sa.select(ReviewRound.id).where(ReviewRound.id == round_.id).with_for_update())
    pair = (RoundLock.round_id == round_.id, RoundLock.item_id == item.id, RoundLock.person_id == person.id)
    existing = session.scalar(sa.select(RoundLock).where(*pair))
    if kind == (existing.kind if existing else None):
        return
    round_confirming.not_confirmed(session, round_)
    reason = reason.strip()
    if kind is not None:
        _may_be_decided(session, round_, item, person, kind, reason)
    if existing is not None:
        session.delete(existing)
        session.flush()
    if kind is not None:
        session.add(
            RoundLock(
                round_id=round_.id,
                item_id=item.id,
                person_id=person.id,
                kind=kind,
                reason=reason,
                created_at=now,
            )
        )
    session.flush()
    event = PairDecided(
        round_.id,
        item_id=item.id,
        person_id=person.id,
        choice=kind.value if kind else None,
        reason=reason or None,
    )
    record(session, event, actor=actor, now=now)


def _may_be_decided(
    session: Session, round_: ReviewRound, item: Item, person: Person, kind: LockKind, reason: str
) -> None:
    if not 3 <= len(reason) <= 300:
        raise Invalid(N_("Give a reason of 3 to 300 characters: it is kept on file."), field="reason")
    belongs = sa.select(RoundItem.id).where(RoundItem.round_id == round_.id, RoundItem.item_id == item.id)
    if session.scalar(belongs) is None:
        raise Invalid(N_("This item is not in the round."), field="item")
    takes_part = person.status is Status.ACTIVE and person.merged_into_id is None
    if kind is LockKind.LOCK and not takes_part:
        raise Invalid(
            N_("%(name)s does not take part at present and can't be locked."),
            field="person",
            name=person.name,
        )
