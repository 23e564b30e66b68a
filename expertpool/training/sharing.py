"""Share a lesson with other cohorts and with single trainees: what may be, and what came of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.people.models import Person
from expertpool.people.service import require_whole
from expertpool.training.events import LessonShared
from expertpool.training.models import GOING, Cohort, Course, Lesson, Teaching
from expertpool.training.teachings import LIVE

MOST_JOINT, MOST_GUESTS = 20, 50
FIELDS = frozenset({"joint_ids", "guest_ids"})


def tidied(ids: Collection[int]) -> tuple[int, ...]:
    """Return ids as a lesson keeps them: each once, in order."""
    return tuple(sorted(set(ids)))


def require(
    session: Session,
    cohort: Cohort,
    joint_ids: Collection[int],
    guest_ids: Collection[int],
    *,
    known: Collection[tuple[int, ...]] = ((), ()),
    field: str = "shared",
) -> None:
    """Raise `Invalid` unless a lesson of `cohort` may be shared with these cohorts and people.

    Other cohorts are of the same office and not over. Who shares it already (`known`: cohorts, people) stays.
    """
    joint, guests = (set(ids) - set(old) for ids, old in zip((joint_ids, guest_ids), known, strict=True))
    if len(joint_ids) > MOST_JOINT:
        raise Invalid(N_("A lesson is shared with %(most)s cohorts at most."), field=field, most=MOST_JOINT)
    if len(guest_ids) > MOST_GUESTS:
        raise Invalid(N_("A lesson has %(most)s guests at most."), field=field, most=MOST_GUESTS)
    if cohort.id in joint:
        raise Invalid(N_("A lesson can't be shared with its own cohort."), field=field)
    if joint - _possible(session, cohort, joint):
        raise Invalid(N_("One of these cohorts is over, or not of this office."), field=field)
    if not (joint or guests):
        return
    for person in session.scalars(sa.select(Person).where(Person.id.in_(guests)).order_by(Person.id)):
        require_whole(person)
    teaches = sa.select(Person.name).join(Teaching, Teaching.person_id == Person.id)
    teaches = teaches.where(Teaching.cohort_id == cohort.id, Teaching.state.in_(LIVE), Person.id.in_(guests))
    name = session.scalar(teaches.order_by(Person.id).limit(1))
    if name is not None:
        raise Invalid(N_("%(person)s teaches in this cohort."), field=field, person=name)


def tell(
    session: Session,
    lesson: Lesson,
    *,
    came: Collection[int] = (),
    gone: Collection[int] = (),
    actor: Actor,
    now: datetime,
) -> None:
    """Record who shares a lesson now; `came` and `gone` are told by mail."""
    numbers = sa.select(Cohort.number).where(Cohort.id.in_(lesson.joint_ids)).order_by(Cohort.id)
    event = LessonShared(
        lesson.id,
        cohort_id=lesson.cohort_id,
        joint=list(session.scalars(numbers)),
        person_ids=list(lesson.guest_ids),
        came_ids=sorted(came),
        gone_ids=sorted(gone),
    )
    record(session, event, actor=actor, now=now)


def leave(session: Session, lesson: Lesson, cohort: Cohort, *, actor: Actor, now: datetime) -> None:
    """Have a lesson take place without a cohort that shared it; whoever ends the cohort tells its people."""
    flag_modified(lesson, "title")
    lesson.joint_ids = tuple(each for each in lesson.joint_ids if each != cohort.id)
    session.flush()
    tell(session, lesson, actor=actor, now=now)


def _possible(session: Session, cohort: Cohort, ids: Collection[int]) -> set[int]:
    query = (
        sa.select(Cohort.id)
        .join(Course, Course.id == Cohort.course_id)
        .where(
            Cohort.id.in_(ids),
            Course.owner_id == cohort.course.owner_id,
            Cohort.state.in_(GOING),
        )
    )
    return set(session.scalars(query))
