"""Verbs on cohorts: plan, change, publish and cancel a run of a course."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.availability import service as availability
from expertpool.errors import N_, Invalid, Stale
from expertpool.events import Actor
from expertpool.training import attending, checks, diary, hours, leaving, offering, places, sharing
from expertpool.training.diary import LESSON
from expertpool.training.events import CohortCancelled, CohortChanged, CohortCreated, CohortPublished
from expertpool.training.models import (
    GOING,
    Cohort,
    CohortState,
    Course,
    CourseState,
    Enrolment,
    EnrolmentState,
    Lesson,
    LessonState,
    TeachingState,
)
from expertpool.training.numbering import next_number
from expertpool.training.teachings import LIVE

MOST_PLACES = 10_000
LONGEST_OFFER = 720


@dataclass(frozen=True)
class CohortFacts:
    """The editable facts of a cohort: enrolment is open in `[opens_at, closes_at)`."""

    capacity: int
    opens_at: datetime
    closes_at: datetime
    title: str = ""
    offer_hours: int = 24


FIELDS = tuple(field.name for field in dataclasses.fields(CohortFacts))


def create(session: Session, course: Course, facts: CohortFacts, *, actor: Actor, now: datetime) -> Cohort:
    """Plan a run of `course` with its places, as a draft; raises `Invalid` naming the field."""
    if course.state is CourseState.RETIRED:
        raise Invalid(N_("This course is retired."))
    checked = _tidied(facts)
    cohort = Cohort(
        course_id=course.id,
        number=next_number(session, Cohort.number, f"{course.number}-", width=1),
        state=CohortState.DRAFT,
        created_by_id=actor.user_id,
        created_at=now,
    )
    _fill(cohort, checked, now)
    session.add(cohort)
    session.flush()
    places.add(session, cohort, checked.capacity)
    event = CohortCreated(cohort.id, course_id=course.id, number=cohort.number, capacity=cohort.capacity)
    record(session, event, actor=actor, now=now)
    session.flush()
    return cohort


def change(
    session: Session,
    cohort: Cohort,
    facts: CohortFacts,
    *,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> bool:
    """Give `cohort` the facts of a form; return whether that changed anything. Raises `Invalid`, `Stale`.

    More capacity adds places, which are offered to the waiting list; less takes free ones away only.
    """
    places.lock(session, cohort)
    if version is not None and version != cohort.version:
        raise Stale(N_("Somebody else has changed this cohort since you opened it."))
    require_going(cohort)
    after = _tidied(facts)
    old, new = dataclasses.asdict(facts_of(cohort)), dataclasses.asdict(after)
    changes = {field: [old[field], new[field]] for field in new if old[field] != new[field]}
    if not changes:
        return False
    more = after.capacity - cohort.capacity
    if more > 0:
        places.add(session, cohort, more)
    elif more < 0:
        places.remove(session, cohort, -more)
    _fill(cohort, after, now)
    session.flush()
    record(session, CohortChanged(cohort.id, changes=changes), actor=actor, now=now)
    session.flush()
    offering.offer_free(session, cohort, actor=actor, now=now)
    return True


def publish(session: Session, cohort: Cohort, *, actor: Actor, now: datetime) -> None:
    """Let a drafted cohort be seen and, in its time, enrolled in."""
    places.lock(session, cohort)
    if cohort.state is not CohortState.DRAFT:
        raise Invalid(N_("Only a draft can be published."))
    if cohort.course.state is not CourseState.PUBLISHED:
        raise Invalid(N_("Publish the course first."))
    cohort.state, cohort.updated_at = CohortState.OPEN, now
    session.flush()
    record(session, CohortPublished(cohort.id), actor=actor, now=now)
    session.flush()


def cancel(session: Session, cohort: Cohort, reason: str, *, actor: Actor, now: datetime) -> None:
    """Call a cohort off: enrolments, teachings and lessons end, people and rooms are free.

    Its lessons end for all who share them, but for joint ones that are over: they count for the others,
    and for their teachers.
    Lessons of other cohorts that it shared take place without it. Raises `Stale` when it comes to share
    lessons meanwhile with cohorts that are not locked.
    """
    locked = places.lock_all(session, attending.partners(session, cohort.id))
    if attending.partners(session, cohort.id) - locked.keys():
        raise Stale(N_("Somebody else has changed this cohort since you opened it."))
    require_going(cohort)
    why = checks.reason(reason)
    shared = [each for each in diary.ahead(session, cohort, now) if each.cohort_id != cohort.id]
    _credit_joint(session, cohort, now)
    enrolment_ids = _end_enrolments(session, cohort, now)
    event = CohortCancelled(
        cohort.id,
        reason=why,
        enrolment_ids=enrolment_ids,
        teaching_ids=_end_teachings(cohort),
        lesson_ids=_end_lessons(session, cohort, now),
    )
    cohort.state, cohort.cancel_reason, cohort.updated_at = CohortState.CANCELLED, why, now
    session.flush()
    for lesson in shared:
        sharing.leave(session, lesson, cohort, actor=actor, now=now)
    for enrolment_id in enrolment_ids:
        leaving.free(session, session.get_one(Enrolment, enrolment_id).person_id, shared)
    record(session, event, actor=actor, now=now)
    session.flush()
    for other in locked.values():
        offering.follow_lessons(session, other, actor=actor, now=now)


def facts_of(cohort: Cohort) -> CohortFacts:
    """Return the present facts of `cohort`."""
    values: dict[str, Any] = {name: getattr(cohort, name) for name in FIELDS}
    return CohortFacts(**values)


def require_going(cohort: Cohort) -> None:
    """Raise `Invalid` for a cohort that is finished or cancelled: it stays as it is."""
    if cohort.state not in GOING:
        raise Invalid(N_("This cohort is finished or cancelled."))


def _end_enrolments(session: Session, cohort: Cohort, now: datetime) -> list[int]:
    live = (EnrolmentState.WAITING, EnrolmentState.OFFERED, EnrolmentState.ENROLLED)
    query = sa.select(Enrolment).where(Enrolment.cohort_id == cohort.id, Enrolment.state.in_(live))
    ending = session.scalars(query.order_by(Enrolment.id)).all()
    for enrolment in ending:
        enrolment.state, enrolment.place_id = EnrolmentState.CANCELLED, None
        enrolment.offer_expires_at, enrolment.updated_at = None, now
    return [each.id for each in ending]


def _end_teachings(cohort: Cohort) -> list[int]:
    ending = [each for each in cohort.teachings if each.state in LIVE]
    for teaching in ending:
        teaching.state = TeachingState.WITHDRAWN
    return [each.id for each in ending]


def _joint_and_over(cohort: Cohort, now: datetime) -> list[Lesson]:
    """Return the lessons that have taken place for other cohorts, too."""
    planned = (each for each in cohort.lessons if each.state is LessonState.PLANNED)
    return [each for each in planned if each.ends <= now and each.joint_ids]


def _credit_joint(session: Session, cohort: Cohort, now: datetime) -> None:
    """Credit to their teachers the lessons that count though the cohort is cancelled."""
    given = _joint_and_over(cohort, now)
    accepted = {each.id for each in cohort.teachings if each.state is TeachingState.ACCEPTED}
    hours.credit_teaching(session, [each for each in given if each.teaching_id in accepted], now=now)


def _end_lessons(session: Session, cohort: Cohort, now: datetime) -> list[int]:
    kept = _joint_and_over(cohort, now)
    ending = [each for each in cohort.lessons if each.state is LessonState.PLANNED and each not in kept]
    for lesson in ending:
        lesson.state = LessonState.CANCELLED
    ids = [each.id for each in ending]
    availability.release(session, LESSON, ids)
    availability.release_room(session, LESSON, ids)
    return ids


def _tidied(facts: CohortFacts) -> CohortFacts:
    checks.within(facts.capacity, "capacity", 1, MOST_PLACES)
    checks.within(facts.offer_hours, "offer_hours", 1, LONGEST_OFFER)
    if facts.closes_at <= facts.opens_at:
        raise Invalid(N_("The end must lie after the beginning."), field="closes_at")
    return dataclasses.replace(facts, title=checks.line(facts.title, "title", 200))


def _fill(cohort: Cohort, facts: CohortFacts, now: datetime) -> None:
    for name in FIELDS:
        setattr(cohort, name, getattr(facts, name))
    cohort.updated_at = now
