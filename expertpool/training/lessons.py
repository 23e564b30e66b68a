"""Verbs on lessons: plan, change and cancel them, with the room, the teacher and the trainees booked.

Room and teacher must be free, or the verb fails and names the clash. Trainees who are booked elsewhere
stop nothing: they are listed in the result, for the organiser to decide.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from expertpool.audit.service import record
from expertpool.availability import rooms
from expertpool.availability import service as availability
from expertpool.errors import N_, Invalid, Stale
from expertpool.events import Actor
from expertpool.people.models import Person
from expertpool.training import attending, checks, cohorts, diary, offering, places, sharing, teachings
from expertpool.training.diary import LESSON
from expertpool.training.events import LessonCancelled, LessonChanged, LessonPlanned
from expertpool.training.models import BOOKED, Cohort, Enrolment, Lesson, LessonState, Presence, Teaching

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
    joint_ids: tuple[int, ...] = ()
    """Other cohorts that have it, too."""
    guest_ids: tuple[int, ...] = ()
    """Single trainees who are at it besides."""


FIELDS = tuple(field.name for field in dataclasses.fields(LessonFacts))
BOOKING = {"starts", "ends", "room_id", "teaching_id", *sharing.FIELDS}
"""Fields that decide what is booked."""


@dataclass(frozen=True)
class Planned:
    """A lesson, and the enrolled trainees who are booked elsewhere at its time."""

    lesson: Lesson
    unbooked: Sequence[Person]


def plan(session: Session, cohort: Cohort, facts: LessonFacts, *, actor: Actor, now: datetime) -> Planned:
    """Add a lesson to `cohort`; raises `Invalid`, `RoomTaken` or `DoubleBooked` naming field and clash."""
    locked = places.lock_all(session, [cohort.id, *facts.joint_ids])
    cohorts.require_going(cohort)
    checked = tidied(session, cohort, facts, None)
    _refuse_overlap(session, locked, checked, None)
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
    if lesson.shares:
        sharing.tell(session, lesson, actor=actor, now=now)
    _follow(session, locked, actor, now)
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
    locked = _locked(session, lesson, facts.joint_ids)
    cohort = locked[lesson.cohort_id]
    if version is not None and version != lesson.version:
        raise Stale(N_("Somebody else has changed this lesson since you opened it."))
    before, after = facts_of(lesson), tidied(session, cohort, facts, lesson)
    _refuse_noted(session, lesson, set(before.joint_ids) - set(after.joint_ids))
    there = {each: locked[each] for each in (cohort.id, *after.joint_ids)}
    _refuse_overlap(session, there, after, lesson)
    changes = differences(before, after)
    if not changes:
        return Planned(lesson, [])
    people_before = set(trainees_of(session, lesson))
    if {"starts", "ends"} & changes.keys():
        require_ahead(before, now)
        require_ahead(after, now)
    put(session, lesson, after)
    session.expire(lesson, ["room", "teaching"])
    unbooked: Sequence[Person] = []
    if BOOKING & changes.keys():
        release(session, lesson)
        unbooked = book(session, lesson, actor)
    people = set(trainees_of(session, lesson))
    came, gone = people - people_before, people_before - people
    if own := {field: each for field, each in changes.items() if field not in sharing.FIELDS}:
        event = LessonChanged(lesson.id, cohort_id=cohort.id, changes=own, came_ids=tuple(sorted(came)))
        record(session, event, actor=actor, now=now)
    if sharing.FIELDS & changes.keys():
        sharing.tell(session, lesson, came=came, gone=gone, actor=actor, now=now)
    _follow(session, locked, actor, now)
    return Planned(lesson, unbooked)


def cancel(session: Session, lesson: Lesson, reason: str, *, actor: Actor, now: datetime) -> None:
    """Call a lesson off; everybody and the room are free. Raises `Invalid` when somebody was there."""
    locked = _locked(session, lesson)
    if session.scalar(sa.select(Presence.id).where(Presence.lesson_id == lesson.id).limit(1)):
        raise Invalid(N_("Trainees were noted as present at this lesson: it has taken place."))
    why = checks.reason(reason)
    release(session, lesson)
    lesson.state = LessonState.CANCELLED
    session.flush()
    event = LessonCancelled(lesson.id, cohort_id=lesson.cohort_id, reason=why)
    record(session, event, actor=actor, now=now)
    _follow(session, locked, actor, now)


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


def put(session: Session, lesson: Lesson, facts: LessonFacts) -> None:
    """Give a lesson its new facts; it gets a new version also when only who shares it changed."""
    if lesson.joint_ids != facts.joint_ids or lesson.guest_ids != facts.guest_ids:
        flag_modified(lesson, "title")
    for field in FIELDS:
        setattr(lesson, field, getattr(facts, field))
    session.flush()


def _locked(session: Session, lesson: Lesson, joint_ids: Sequence[int] = ()) -> dict[int, Cohort]:
    """Lock the cohorts of a lesson and these others, and read the lesson as the one before left it.

    Raises `Stale` when it is shared with others meanwhile, who are not locked.
    """
    locked = places.lock_all(session, [lesson.cohort_id, *lesson.joint_ids, *joint_ids])
    session.refresh(lesson)
    if set(lesson.joint_ids) - locked.keys():
        raise Stale(N_("Somebody else has changed this lesson since you opened it."))
    cohorts.require_going(locked[lesson.cohort_id])
    if lesson.state is not LessonState.PLANNED:
        raise Invalid(N_("This lesson was cancelled."))
    return locked


def _follow(session: Session, locked: Mapping[int, Cohort], actor: Actor, now: datetime) -> None:
    """Have the offers of all cohorts of a lesson end when their first lesson begins."""
    session.flush()
    for each in locked.values():
        offering.follow_lessons(session, each, actor=actor, now=now)


def tidied(session: Session, cohort: Cohort, facts: LessonFacts, lesson: Lesson | None) -> LessonFacts:
    """Return the facts of a form as a lesson of `cohort` keeps them; raises `Invalid` naming the field."""
    title = checks.needed(facts.title, "title", 200)
    if facts.ends <= facts.starts:
        raise Invalid(N_("The end must lie after the beginning."), field="ends")
    if facts.ends - facts.starts > LONGEST:
        raise Invalid(N_("A lesson lasts 24 hours at most."), field="ends")
    if facts.teaching_id is not None and (lesson is None or facts.teaching_id != lesson.teaching_id):
        _require_teacher(session, cohort, facts.teaching_id)
    joint, guests = sharing.tidied(facts.joint_ids), sharing.tidied(facts.guest_ids)
    known = (lesson.joint_ids, lesson.guest_ids) if lesson is not None else ((), ())
    sharing.require(session, cohort, joint, guests, known=known)
    return dataclasses.replace(
        facts, title=title, online_url=_link(facts.online_url), joint_ids=joint, guest_ids=guests
    )


def require_ahead(facts: LessonFacts, now: datetime) -> None:
    """Raise `Invalid` for a time that is over."""
    if facts.ends <= now:
        raise Invalid(N_("This time is over already."), field="ends")


def _refuse_overlap(session: Session, of: Collection[int], facts: LessonFacts, lesson: Lesson | None) -> None:
    """Refuse a time at which one of the cohorts has another lesson."""
    same_time = sa.select(Lesson.title).where(
        attending.by_cohorts(of),
        Lesson.state == LessonState.PLANNED,
        Lesson.starts < facts.ends,
        Lesson.ends > facts.starts,
    )
    if lesson is not None:
        same_time = same_time.where(Lesson.id != lesson.id)
    title = session.scalar(same_time.order_by(Lesson.starts).limit(1))
    if title is not None:
        told = (
            N_("The lesson “%(lesson)s” of these cohorts is at the same time.")
            if len(of) > 1
            else N_("The lesson “%(lesson)s” of this cohort is at the same time.")
        )
        raise Invalid(told, field="starts", lesson=title)


def _refuse_noted(session: Session, lesson: Lesson, cohort_ids: Collection[int]) -> None:
    """Refuse to take away cohorts whose trainees were at the lesson: it counts for them."""
    noted = (
        sa.select(Cohort.number)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .join(Presence, Presence.enrolment_id == Enrolment.id)
        .where(Presence.lesson_id == lesson.id, Cohort.id.in_(cohort_ids))
    )
    number = session.scalar(noted.order_by(Cohort.id).limit(1))
    if number is not None:
        told = N_("Trainees of %(cohort)s were noted as present at this lesson.")
        raise Invalid(told, field="shared", cohort=number)


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
    return book_who_can_come(session, lesson, learners_of(session, lesson))


def book_room_and_teacher(session: Session, lesson: Lesson, actor: Actor) -> None:
    """Book the room and the teacher, if that one was asked; raises `RoomTaken` or `DoubleBooked`."""
    if lesson.room_id is not None:
        room = rooms.get(session, lesson.room_id)
        availability.book_room(session, room, lesson.id, lesson.starts, lesson.ends, source_kind=LESSON)
    if lesson.teaching is not None and lesson.teaching.state in BOOKED:
        diary.book(session, lesson.teaching.person, [lesson], actor=actor)


def trainees_of(session: Session, lesson: Lesson) -> Sequence[int]:
    """Return the people who are enrolled in a cohort of a lesson, and its guests."""
    return list(attending.people_of(session, [lesson.id])[lesson.id])


def learners_of(session: Session, lesson: Lesson) -> Sequence[int]:
    """Return the trainees of a lesson but its teacher, who may learn in another cohort that has it."""
    teacher = lesson.teaching.person_id if lesson.teaching and lesson.teaching.state in BOOKED else None
    return [each for each in trainees_of(session, lesson) if each != teacher]


def book_who_can_come(session: Session, lesson: Lesson, person_ids: Sequence[int]) -> Sequence[Person]:
    """Book those trainees who are free at a lesson; return the others."""
    left = diary.book_many(session, person_ids, lesson)
    return session.scalars(sa.select(Person).where(Person.id.in_(left)).order_by(Person.id)).all()


def release(session: Session, lesson: Lesson) -> None:
    """Free everybody and the room from a lesson."""
    availability.release(session, LESSON, [lesson.id])
    availability.release_room(session, LESSON, [lesson.id])
