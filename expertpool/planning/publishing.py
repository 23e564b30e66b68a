"""Publish a draft: its lessons are planned, moved and cancelled in one transaction, and told once.

Experts of the pool whom the draft chose become proposed teachers of the cohort, who are to be invited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.people.models import Person
from expertpool.planning import steps, timetables
from expertpool.planning.differences import Difference, differences, facts_after
from expertpool.planning.events import TimetablePublished
from expertpool.planning.models import CohortLesson, Timetable
from expertpool.planning.rows import sharing_of, title_of
from expertpool.training import checks, places, rescheduling, teachings
from expertpool.training.lessons import Planned
from expertpool.training.models import GOING, Cohort, Teaching
from expertpool.training.rescheduling import Change
from expertpool.training.teachings import LIVE


@dataclass(frozen=True)
class Published:
    """What was done, and which trainees could not and still can't come, by the title of their lesson."""

    changes: Sequence[Difference]
    unbooked: dict[str, list[Person]]


def publish(
    session: Session, timetable: Timetable, *, reason: str = "", actor: Actor, now: datetime
) -> Published:
    """Make the draft the lessons of its cohorts; `reason` is told of lessons that are cancelled.

    All or nothing: raises `Invalid` naming the lesson and what stands in its way.
    """
    timetables.lock(session, timetable)
    found = differences(session, timetable, now=now)
    _require_fresh(found.stale)
    if not found.changes:
        raise Invalid(N_("The draft is what is published already."))
    _lock_cohorts(session, found.changes)
    _propose_teachers(session, found.changes, actor=actor, now=now)
    _leave_out_ended(session, found.changes)
    cancelling = any(each.placement is None for each in found.changes)
    why = checks.reason(reason) if cancelling else ""
    before = [_plain(each) for each in found.changes]
    planned = rescheduling.reschedule(
        session,
        [_change(each) for each in found.changes],
        reason=why,
        timetable_id=timetable.id,
        actor=actor,
        now=now,
    )
    for difference, each in zip(found.changes, planned, strict=True):
        _settle(session, difference, each)
    timetable.published_at = timetable.updated_at = now
    steps.forget(session, timetable)
    session.flush()
    told = [
        {"lesson_id": each.lesson.id, "what": difference.what.value, "before": was}
        for difference, each, was in zip(found.changes, planned, before, strict=True)
    ]
    record(session, TimetablePublished(timetable.id, lessons=told, reason=why), actor=actor, now=now)
    session.flush()
    return Published(
        found.changes, {each.lesson.title: list(each.unbooked) for each in planned if each.unbooked}
    )


def _lock_cohorts(session: Session, changes: Sequence[Difference]) -> None:
    """Lock the cohorts of all these lessons at once, as whoever changes a shared lesson does: by id."""
    joint = {id_ for each in changes for id_ in sharing_of(each.row).joint_ids}
    places.lock_all(session, joint | {each.row.cohort_id for each in changes})


def _propose_teachers(
    session: Session, changes: Sequence[Difference], *, actor: Actor, now: datetime
) -> None:
    """Have the experts whom the draft chose be teachers of the cohort."""
    chosen = [each.placement for each in changes if each.placement and each.placement.person_id]
    cohorts = {each.row.id: each.row.cohort for each in changes}
    for placement in chosen:
        cohort, person = cohorts[placement.cohort_lesson_id], placement.person
        assert person is not None
        present = (each for each in cohort.teachings if each.person_id == person.id and each.state in LIVE)
        teaching = next(present, None) or teachings.propose(session, cohort, person, actor=actor, now=now)
        placement.teaching_id, placement.person_id = teaching.id, None
        _name_teaching(session, teaching)
    session.flush()
    for placement in chosen:
        session.expire(placement, ["teaching", "person"])


def _name_teaching(session: Session, teaching: Teaching) -> None:
    """Have the cohort's list name somebody as its teacher who was named as an expert of the pool."""
    session.execute(
        sa.update(CohortLesson)
        .where(CohortLesson.cohort_id == teaching.cohort_id, CohortLesson.person_id == teaching.person_id)
        .values(teaching_id=teaching.id, person_id=None)
    )


def _leave_out_ended(session: Session, changes: Sequence[Difference]) -> None:
    """Have new lessons be without cohorts that were to share them and have ended since."""
    new = [each.row for each in changes if each.lesson is None]
    joint = {id_ for row in new for id_ in row.joint_ids}
    going = set(session.scalars(sa.select(Cohort.id).where(Cohort.id.in_(joint), Cohort.state.in_(GOING))))
    for row in new:
        row.joint_ids = tuple(each for each in row.joint_ids if each in going)
    session.flush()


def _require_fresh(stale: Sequence[Any]) -> None:
    if stale:
        raise Invalid(
            N_("“%(lesson)s” was changed on its own page since it was placed. Take that over first."),
            lesson=title_of(stale[0]),
        )


def _change(difference: Difference) -> Change:
    lesson = difference.lesson
    return Change(
        difference.row.cohort_id,
        lesson.id if lesson else None,
        facts_after(difference),
        lesson.version if lesson else None,
    )


def _settle(session: Session, difference: Difference, planned: Planned) -> None:
    """Have row and placement know the lesson that they became."""
    if difference.placement is None:
        session.delete(difference.row)
        return
    difference.row.lesson_id = planned.lesson.id
    difference.placement.lesson_version = planned.lesson.version
    session.flush()
    session.expire(difference.row, ["lesson"])


def _plain(difference: Difference) -> dict[str, Any] | None:
    """Return where a lesson was, as its people are told; None for a new one."""
    lesson = difference.lesson
    if lesson is None:
        return None
    return {
        "starts": lesson.starts.isoformat(),
        "room_id": lesson.room_id,
        "teaching_id": lesson.teaching_id,
    }
