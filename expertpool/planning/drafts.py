"""Verbs on one lesson of a draft: place it, take it out, pin it; and put in a whole plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.availability.models import Room
from expertpool.errors import N_, Invalid, NotFound
from expertpool.events import Actor
from expertpool.people.models import Person
from expertpool.people.service import require_whole
from expertpool.planning import composition, outlines, steps, timetables
from expertpool.planning.days import moment
from expertpool.planning.events import (
    LessonLeaving,
    LessonPinned,
    LessonPlaced,
    LessonReleased,
    LessonStaying,
    LessonTakenOut,
)
from expertpool.planning.keys import number_of
from expertpool.planning.models import (
    NOT_CANCELLED,
    CohortLesson,
    Delivery,
    Placement,
    StepKind,
    Timetable,
    TimetableCohort,
)
from expertpool.planning.rows import is_published, length_of, title_of
from expertpool.timetabling.plans import problem as plans
from expertpool.training.models import Cohort, Teaching
from expertpool.training.teachings import LIVE


@dataclass(frozen=True)
class Spot:
    """Where a lesson is to be: its beginning, room and teacher."""

    starts: datetime
    room_id: int | None
    teaching_id: int | None
    person_id: int | None = None
    """An expert of the pool who is no teacher of the cohort yet."""


def spot_of(composed: composition.Composed, placement: plans.Placement) -> Spot:
    """Return where a placement of the engine puts its lesson."""
    row = composed.rows[number_of(placement.lesson)]
    person_id = number_of(placement.teacher) if placement.teacher else None
    teaching_id = next(
        (
            each.id
            for each in composed.teachings.values()
            if each.cohort_id == row.cohort_id and each.person_id == person_id
        ),
        None,
    )
    room_id = number_of(placement.room) if placement.room else None
    starts = moment(placement.day, placement.start)
    return Spot(starts, room_id, teaching_id, person_id if teaching_id is None else None)


def row_of(session: Session, timetable: Timetable, row_id: int) -> CohortLesson:
    """Return a lesson to place of one of the timetable's cohorts, or raise `NotFound`."""
    query = (
        sa.select(CohortLesson)
        .join(TimetableCohort, TimetableCohort.cohort_id == CohortLesson.cohort_id)
        .join(Cohort, Cohort.id == CohortLesson.cohort_id)
        .where(TimetableCohort.timetable_id == timetable.id, CohortLesson.id == row_id, NOT_CANCELLED)
    )
    row = session.scalar(query)
    if row is None:
        raise NotFound(N_("There is no such lesson in this timetable."))
    return row


def placement_of(session: Session, timetable: Timetable, row: CohortLesson) -> Placement | None:
    """Return where a lesson is in the draft; None when it has no place."""
    return session.scalar(
        sa.select(Placement).where(
            Placement.timetable_id == timetable.id, Placement.cohort_lesson_id == row.id
        )
    )


def place(
    session: Session,
    timetable: Timetable,
    row: CohortLesson,
    spot: Spot,
    *,
    pinned: bool | None = None,
    actor: Actor,
    now: datetime,
) -> Placement:
    """Put a lesson to a spot of the draft, whatever it breaks there; raises `Invalid` naming the field.

    `pinned` None leaves the pin as it is.
    """
    timetables.lock(session, timetable)
    _check(session, timetable, row, spot)
    placement = placement_of(session, timetable, row)
    before, was = (_facts(placement) if placement is not None else None), steps.state_of(placement)
    if placement is None:
        placement = Placement(timetable_id=timetable.id, cohort_lesson_id=row.id, pinned=False)
        session.add(placement)
    _put(placement, row, spot)
    placement.pinned = placement.pinned if pinned is None else pinned
    timetable.updated_at = now
    session.flush()
    session.expire(placement, ["room", "teaching", "person"])
    steps.remember(session, timetable, StepKind.PLACED, title_of(row), {row.id: was}, now=now)
    after = _facts(placement)
    if after != before:
        event = LessonPlaced(
            timetable.id,
            cohort_lesson_id=row.id,
            called=title_of(row),
            starts=placement.starts,
            before=before,
            after=after,
        )
        record(session, event, actor=actor, now=now)
        session.flush()
    return placement


def take_out(
    session: Session, timetable: Timetable, row: CohortLesson, *, actor: Actor, now: datetime
) -> None:
    """Leave a lesson without a place; what is published stays as it is until the lesson has one again."""
    timetables.lock(session, timetable)
    placement = placement_of(session, timetable, row)
    if placement is None:
        return
    was, called = steps.state_of(placement), title_of(row)
    session.delete(placement)
    timetable.updated_at = now
    session.flush()
    steps.remember(session, timetable, StepKind.TAKEN_OUT, called, {row.id: was}, now=now)
    event = LessonTakenOut(timetable.id, cohort_lesson_id=row.id, called=called)
    record(session, event, actor=actor, now=now)
    session.flush()


def pin(
    session: Session, timetable: Timetable, row: CohortLesson, pinned: bool, *, actor: Actor, now: datetime
) -> None:
    """Let no run move a lesson, or let it again; raises `Invalid` for one without a place."""
    timetables.lock(session, timetable)
    placement = placement_of(session, timetable, row)
    if placement is None:
        raise Invalid(N_("Only a lesson that has a place can be pinned."))
    if placement.pinned == pinned:
        return
    was = steps.state_of(placement)
    placement.pinned = pinned
    session.flush()
    kind, called = (LessonPinned if pinned else LessonReleased), title_of(row)
    step = StepKind.PINNED if pinned else StepKind.RELEASED
    steps.remember(session, timetable, step, called, {row.id: was}, now=now)
    record(session, kind(timetable.id, cohort_lesson_id=row.id, called=called), actor=actor, now=now)
    session.flush()


def leave(
    session: Session,
    timetable: Timetable,
    row: CohortLesson,
    leaving: bool,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Have a published lesson cancelled with the next publication, or not after all."""
    timetables.lock(session, timetable)
    if not is_published(row):
        raise Invalid(N_("This lesson is not published. Take it off the cohort's list instead."))
    if row.leaving == leaving:
        return
    row.leaving, timetable.updated_at = leaving, now
    session.flush()
    kind, called = (LessonLeaving if leaving else LessonStaying), title_of(row)
    record(session, kind(timetable.id, cohort_lesson_id=row.id, called=called), actor=actor, now=now)
    session.flush()


def replace(
    session: Session, timetable: Timetable, spots: dict[int, Spot], asked: Sequence[int], *, now: datetime
) -> None:
    """Put in the plan of a run: lesson to place -> spot. Of those `asked`, what has no spot has no place.

    Pinned lessons stay as they are. The run records what happened.
    """
    rows = {each.id: each for each in outlines.lessons_of(session, timetables.cohort_ids(session, timetable))}
    present = {each.cohort_lesson_id: each for each in timetables.placements(session, timetable)}
    for row_id in asked:
        row, placement = rows.get(row_id), present.get(row_id)
        if row is None or (placement is not None and placement.pinned):
            continue
        spot = spots.get(row_id)
        if spot is None:
            if placement is not None:
                session.delete(placement)
            continue
        if placement is None:
            placement = Placement(timetable_id=timetable.id, cohort_lesson_id=row_id, pinned=False)
            session.add(placement)
        _put(placement, row, spot)
    timetable.updated_at = now
    session.flush()


def _put(placement: Placement, row: CohortLesson, spot: Spot) -> None:
    length = timedelta(minutes=length_of(row))
    version = row.lesson.version if row.lesson and is_published(row) else None
    placement.starts, placement.ends = spot.starts, spot.starts + length
    placement.room_id, placement.teaching_id = spot.room_id, spot.teaching_id
    placement.person_id = spot.person_id
    placement.lesson_version = version


def _check(session: Session, timetable: Timetable, row: CohortLesson, spot: Spot) -> None:
    first, last = moment(timetable.first, 0), moment(timetable.last, 24 * 60)
    if not first <= spot.starts < last:
        raise Invalid(N_("This day lies outside of the timetable."), field="day")
    if row.delivery is Delivery.ONLINE and spot.room_id is not None:
        raise Invalid(N_("This lesson is online and needs no room."), field="room_id")
    if spot.room_id is not None:
        room = session.get(Room, spot.room_id)
        if room is None or room.retired_at is not None:
            raise Invalid(N_("There is no such room."), field="room_id")
    if spot.teaching_id is not None:
        teaching = session.get(Teaching, spot.teaching_id)
        if teaching is None or teaching.cohort_id != row.cohort_id or teaching.state not in LIVE:
            raise Invalid(N_("Choose a teacher of this cohort."), field="teaching_id")
    if spot.person_id is not None:
        require_whole(session.get_one(Person, spot.person_id))


def _facts(placement: Placement) -> dict[str, Any]:
    return {
        "starts": placement.starts.isoformat(),
        "room_id": placement.room_id,
        "teaching_id": placement.teaching_id,
        "person_id": placement.person_id,
    }
