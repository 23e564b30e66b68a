"""Steps of a draft, each with what it changed, so that the last can be taken back, one after the other.

What changes the ground of a draft (publishing, other days or cohorts, taking over what was published)
forgets them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.planning import timetables
from expertpool.planning.events import DraftStepTakenBack
from expertpool.planning.models import CohortLesson, DraftStep, Placement, StepKind, Timetable
from expertpool.planning.rows import length_of

MOST_STEPS = 30
KEPT = ("room_id", "teaching_id", "person_id", "pinned", "lesson_version")

State = dict[str, Any]
"""A placement as a step keeps it; its end follows from the lesson."""


def state_of(placement: Placement | None) -> State | None:
    """Return what a step keeps of a placement; None for a lesson without one."""
    if placement is None:
        return None
    return {"starts": placement.starts.isoformat(), **{name: getattr(placement, name) for name in KEPT}}


def states(session: Session, timetable: Timetable, row_ids: Iterable[int]) -> dict[int, State | None]:
    """Return what a step keeps of these lessons to place."""
    wanted = dict.fromkeys(row_ids)
    placed = {each.cohort_lesson_id: each for each in timetables.placements(session, timetable)}
    return {id_: state_of(placed.get(id_)) for id_ in wanted}


def remember(
    session: Session,
    timetable: Timetable,
    kind: StepKind,
    called: str,
    before: Mapping[int, State | None],
    *,
    now: datetime,
) -> None:
    """Keep what a change of the draft replaced, if it changed anything; call it after the change."""
    after = states(session, timetable, before)
    changed = [[id_, state] for id_, state in before.items() if after[id_] != state]
    if not changed:
        return
    of = DraftStep.timetable_id == timetable.id
    number = (session.scalar(sa.select(sa.func.max(DraftStep.number)).where(of)) or 0) + 1
    session.add(
        DraftStep(
            timetable_id=timetable.id, number=number, kind=kind, called=called, before=changed, made_at=now
        )
    )
    session.execute(sa.delete(DraftStep).where(of, DraftStep.number <= number - MOST_STEPS))
    session.flush()


def last(session: Session, timetable: Timetable) -> DraftStep | None:
    """Return the last step of a draft that can be taken back."""
    query = sa.select(DraftStep).where(DraftStep.timetable_id == timetable.id)
    return session.scalar(query.order_by(DraftStep.number.desc()).limit(1))


def take_back(session: Session, timetable: Timetable, number: int, *, actor: Actor, now: datetime) -> None:
    """Have the draft be as it was before its last step; raises `Invalid` when `number` is not the last."""
    timetables.lock(session, timetable)
    step = last(session, timetable)
    if step is None or step.number != number:
        raise Invalid(N_("The draft was changed since. Look at it again."))
    placed = {each.cohort_lesson_id: each for each in timetables.placements(session, timetable)}
    rows = {
        row.id: row
        for row in session.scalars(
            sa.select(CohortLesson).where(CohortLesson.id.in_([id_ for id_, _state in step.before]))
        )
    }
    for id_, state in step.before:
        if id_ in rows:
            _restore(session, timetable, rows[id_], placed.get(id_), state)
    event = DraftStepTakenBack(timetable.id, what=f"step-{step.kind.value}", called=step.called)
    session.delete(step)
    timetable.updated_at = now
    session.flush()
    record(session, event, actor=actor, now=now)
    session.flush()


def forget(session: Session, timetable: Timetable) -> None:
    """Have nothing be taken back any more."""
    session.execute(sa.delete(DraftStep).where(DraftStep.timetable_id == timetable.id))


def _restore(
    session: Session,
    timetable: Timetable,
    row: CohortLesson,
    placement: Placement | None,
    state: State | None,
) -> None:
    if state is None:
        if placement is not None:
            session.delete(placement)
        return
    starts = datetime.fromisoformat(state["starts"])
    values = {
        "starts": starts,
        "ends": starts + timedelta(minutes=length_of(row)),
        **{name: state[name] for name in KEPT},
    }
    if placement is None:
        session.add(Placement(timetable_id=timetable.id, cohort_lesson_id=row.id, **values))
        return
    for name, value in values.items():
        setattr(placement, name, value)
    session.expire(placement, ["room", "teaching", "person"])
