"""Verbs on lessons: plan, change and cancel them, with the room, the teacher and the trainees booked.

Room and teacher must be free, or the verb fails and names the clash. Trainees who are booked elsewhere
stop nothing: they are listed in the result, for the organiser to decide.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.availability import rooms
from expertpool.availability import service as availability
from expertpool.errors import N_, Invalid, Stale
from expertpool.events import Actor
from expertpool.people.models import Person
from expertpool.training import checks, cohorts, diary, offering, places, teachings
from expertpool.training.diary import LESSON
from expertpool.training.events import LessonCancelled, LessonChanged, LessonPlanned
from expertpool.training.models import (
    Cohort,
    Enrolment,
    EnrolmentState,
    Lesson,
    LessonState,
    Presence,
    Teaching,
)

LONGEST = timedelta(hours=24)


@dataclass(frozen=True)
class LessonFacts:
    """The editable facts of a lesson in `[starts, ends)`; on site, online or both."""

    title: str
    starts: datetime
    ends: datetime
    room_id: int | None = None
    online_url: str | None = None
    teaching_id: int | None = None


FIELDS = tuple(field.name for field in dataclasses.fields(LessonFacts))
BOOKING = {"starts", "ends", "room_id", "teaching_id"}
"""Fields that decide what is booked."""


@dataclass(frozen=True)
class Planned:
    """A lesson, and the enrolled trainees who are booked elsewhere at its time."""

    lesson: Lesson
    unbooked: Sequence[Person]


def plan(session: Session, cohort: Cohort, facts: LessonFacts, *, actor: Actor, now: datetime) -> Planned:
    """Add a lesson to `cohort`; raises `Invalid`, `RoomTaken` or `DoubleBooked` naming field and clash."""
    places.lock(session, cohort)
    cohorts.require_going(cohort)
    checked = tidied(session, cohort, facts, None)
    _refuse_overlap(session, cohort, checked, None)
    require_ahead(checked, now)
    lesson = Lesson(cohort_id=cohort.id, state=LessonState.PLANNED, **values(checked))
    session.add(lesson)
    session.flush()
    session.expire(cohort, ["lessons"])
    unbooked = book(session, lesson, actor)
    event = LessonPlanned(
        lesson.id,
        cohort_id=cohort.id,
        starts=lesson.starts,
        ends=lesson.ends,
        room_id=lesson.room_id,
        teaching_id=lesson.teaching_id,
    )
    record(session, event, actor=actor, now=now)
    session.flush()
    offering.follow_lessons(session, cohort, actor=actor, now=now)
    return Planned(lesson, unbooked)


def change(
    session: Session,
    lesson: Lesson,
    facts: LessonFacts,
    *,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> Planned:
    """Give `lesson` the facts of a form, booked anew where needed. Raises like `plan`, and `Stale`."""
    cohort = _locked(session, lesson)
    if version is not None and version != lesson.version:
        raise Stale(N_("Somebody else has changed this lesson since you opened it."))
    before, after = facts_of(lesson), tidied(session, cohort, facts, lesson)
    _refuse_overlap(session, cohort, after, lesson)
    changes = differences(before, after)
    if not changes:
        return Planned(lesson, [])
    if {"starts", "ends"} & changes.keys():
        require_ahead(before, now)
        require_ahead(after, now)
    for field in FIELDS:
        setattr(lesson, field, getattr(after, field))
    session.flush()
    session.expire(lesson, ["room", "teaching"])
    unbooked: Sequence[Person] = []
    if BOOKING & changes.keys():
        release(session, lesson)
        unbooked = book(session, lesson, actor)
    event = LessonChanged(lesson.id, cohort_id=cohort.id, changes=changes)
    record(session, event, actor=actor, now=now)
    session.flush()
    offering.follow_lessons(session, cohort, actor=actor, now=now)
    return Planned(lesson, unbooked)


def cancel(session: Session, lesson: Lesson, reason: str, *, actor: Actor, now: datetime) -> None:
    """Call a lesson off; everybody and the room are free. Raises `Invalid` when somebody was there."""
    cohort = _locked(session, lesson)
    if session.scalar(sa.select(Presence.id).where(Presence.lesson_id == lesson.id).limit(1)):
        raise Invalid(N_("Trainees were noted as present at this lesson: it has taken place."))
    why = checks.reason(reason)
    release(session, lesson)
    lesson.state = LessonState.CANCELLED
    session.flush()
    event = LessonCancelled(lesson.id, cohort_id=cohort.id, reason=why)
    record(session, event, actor=actor, now=now)
    session.flush()
    offering.follow_lessons(session, cohort, actor=actor, now=now)


def facts_of(lesson: Lesson) -> LessonFacts:
    """Return the present facts of `lesson`."""
    return LessonFacts(**values(lesson))


def differences(before: LessonFacts, after: LessonFacts) -> dict[str, list[Any]]:
    """Return field -> [before, after] of what differs."""
    old, new = dataclasses.asdict(before), dataclasses.asdict(after)
    return {field: [old[field], new[field]] for field in new if old[field] != new[field]}


def values(source: Lesson | LessonFacts) -> dict[str, Any]:
    """Return the editable facts by field."""
    return {field: getattr(source, field) for field in FIELDS}


def _locked(session: Session, lesson: Lesson) -> Cohort:
    cohort = session.get_one(Cohort, lesson.cohort_id)
    places.lock(session, cohort)
    session.refresh(lesson)
    cohorts.require_going(cohort)
    if lesson.state is not LessonState.PLANNED:
        raise Invalid(N_("This lesson was cancelled."))
    return cohort


def tidied(session: Session, cohort: Cohort, facts: LessonFacts, lesson: Lesson | None) -> LessonFacts:
    """Return the facts of a form as a lesson of `cohort` keeps them; raises `Invalid` naming the field."""
    title = checks.needed(facts.title, "title", 200)
    if facts.ends <= facts.starts:
        raise Invalid(N_("The end must lie after the beginning."), field="ends")
    if facts.ends - facts.starts > LONGEST:
        raise Invalid(N_("A lesson lasts 24 hours at most."), field="ends")
    if facts.teaching_id is not None and (lesson is None or facts.teaching_id != lesson.teaching_id):
        _require_teacher(session, cohort, facts.teaching_id)
    return dataclasses.replace(facts, title=title, online_url=_link(facts.online_url))


def require_ahead(facts: LessonFacts, now: datetime) -> None:
    """Raise `Invalid` for a time that is over."""
    if facts.ends <= now:
        raise Invalid(N_("This time is over already."), field="ends")


def _refuse_overlap(session: Session, cohort: Cohort, facts: LessonFacts, lesson: Lesson | None) -> None:
    same_time = sa.select(Lesson.title).where(
        Lesson.cohort_id == cohort.id,
        Lesson.state == LessonState.PLANNED,
        Lesson.starts < facts.ends,
        Lesson.ends > facts.starts,
    )
    if lesson is not None:
        same_time = same_time.where(Lesson.id != lesson.id)
    title = session.scalar(same_time.order_by(Lesson.starts).limit(1))
    if title is not None:
        raise Invalid(
            N_("The lesson “%(lesson)s” of this cohort is at the same time."), field="starts", lesson=title
        )


def _require_teacher(session: Session, cohort: Cohort, teaching_id: int) -> None:
    teaching = session.get(Teaching, teaching_id)
    if teaching is None or teaching.cohort_id != cohort.id or teaching.state not in teachings.LIVE:
        raise Invalid(N_("Choose a teacher of this cohort."), field="teaching_id")


def _link(text: str | None) -> str | None:
    link = checks.line(text, "online_url", 500)
    parts = urlsplit(link)
    if link and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise Invalid(
            N_("Give a whole address, such as https://meeting.example.org/123."), field="online_url"
        )
    return link or None


def book(session: Session, lesson: Lesson, actor: Actor) -> Sequence[Person]:
    """Book room, teacher and trainees of a lesson; return the trainees who are booked elsewhere."""
    book_room_and_teacher(session, lesson, actor)
    return book_who_can_come(session, lesson, trainees_of(session, lesson))


def book_room_and_teacher(session: Session, lesson: Lesson, actor: Actor) -> None:
    """Book the room and the teacher, if that one was asked; raises `RoomTaken` or `DoubleBooked`."""
    if lesson.room_id is not None:
        room = rooms.get(session, lesson.room_id)
        availability.book_room(session, room, lesson.id, lesson.starts, lesson.ends, source_kind=LESSON)
    if lesson.teaching is not None and lesson.teaching.state in teachings.BOOKED:
        diary.book(session, lesson.teaching.person, [lesson], actor=actor)


def trainees_of(session: Session, lesson: Lesson) -> Sequence[int]:
    """Return the people who are enrolled in the cohort of a lesson."""
    enrolled = sa.select(Enrolment.person_id).where(
        Enrolment.cohort_id == lesson.cohort_id, Enrolment.state == EnrolmentState.ENROLLED
    )
    return session.scalars(enrolled).all()


def book_who_can_come(session: Session, lesson: Lesson, person_ids: Sequence[int]) -> Sequence[Person]:
    """Book those trainees who are free at a lesson; return the others."""
    left = diary.book_many(session, person_ids, lesson)
    return session.scalars(sa.select(Person).where(Person.id.in_(left)).order_by(Person.id)).all()


def release(session: Session, lesson: Lesson) -> None:
    """Free everybody and the room from a lesson."""
    availability.release(session, LESSON, [lesson.id])
    availability.release_room(session, LESSON, [lesson.id])
