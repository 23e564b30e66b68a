"""Plan, move and cancel many lessons at once, of several cohorts, so that lessons may change places.

All that moves is freed before anything is booked anew; then each lesson books its room, teacher and
trainees, or nothing is done and the lesson is named with what stands in its way. A trainee who could not
come to a lesson before stands in the way only if its time changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from expertpool.audit.service import record
from expertpool.availability.models import Commitment
from expertpool.errors import N_, Invalid
from expertpool.events import Actor, Event
from expertpool.people.models import Person
from expertpool.training import attending, cohorts, diary, lessons, offering, places, sharing, teachings
from expertpool.training.events import LessonCancelled, LessonChanged, LessonPlanned
from expertpool.training.lessons import LessonFacts, Planned
from expertpool.training.models import (
    Cohort,
    Lesson,
    LessonShare,
    LessonState,
    Presence,
    Teaching,
    TeachingState,
)


@dataclass(frozen=True)
class Change:
    """What becomes of one lesson: `lesson_id` None is a new one, `facts` None cancels it."""

    cohort_id: int
    lesson_id: int | None
    facts: LessonFacts | None
    version: int | None = None
    """That of the lesson which the planner saw."""


def reschedule(
    session: Session,
    changes: Sequence[Change],
    *,
    reason: str,
    timetable_id: int,
    actor: Actor,
    now: datetime,
) -> list[Planned]:
    """Carry out `changes` together; return their lessons, in the same order.

    `reason` is told of cancelled lessons. Raises `Invalid` naming the lesson and what stands in its way.
    """
    found = _locked(session, changes)
    events: list[Event] = []
    kept: list[Lesson] = []
    moving = [found.lessons[each.lesson_id] for each in changes if each.lesson_id is not None]
    missing = _missing(session, changes, found)
    for lesson in moving:
        lessons.release(session, lesson)
    for change in changes:
        cohort = found.cohorts[change.cohort_id]
        lesson, event = _written(session, change, cohort, found, reason, timetable_id, now)
        kept.append(lesson)
        events += [event] if event else []
    for cohort in found.cohorts.values():
        session.expire(cohort, ["lessons"])
        _refuse_overlap(session, cohort)
    planned = [Planned(each, _booked(session, each, found, missing, actor)) for each in kept]
    for event in events:
        record(session, event, actor=actor, now=now)
    for change, lesson in zip(changes, kept, strict=True):
        if change.lesson_id is None and lesson.shares:
            sharing.tell(session, lesson, actor=actor, now=now)
    session.flush()
    for cohort in found.cohorts.values():
        offering.follow_lessons(session, cohort, actor=actor, now=now)
    return planned


@dataclass(frozen=True)
class _Found:
    cohorts: dict[int, Cohort]
    lessons: dict[int, Lesson]


def _locked(session: Session, changes: Sequence[Change]) -> _Found:
    """Lock the cohorts of all these lessons by id, and read the lessons as they are now."""
    ids = [each.lesson_id for each in changes if each.lesson_id is not None]
    sharing_them = sa.select(LessonShare.cohort_id).where(
        LessonShare.lesson_id.in_(ids), LessonShare.cohort_id.is_not(None)
    )
    joint = {id_ for each in changes if each.facts is not None for id_ in each.facts.joint_ids}
    own = {each.cohort_id for each in changes}
    of = places.lock_all(session, own | joint | set(session.scalars(sharing_them)))
    for cohort_id in sorted(own):
        cohorts.require_going(of[cohort_id])
    query = (
        sa.select(Lesson)
        .where(Lesson.id.in_(ids))
        .options(selectinload(Lesson.shares))
        .execution_options(populate_existing=True)
    )
    known = {each.id: each for each in session.scalars(query)}
    for change in changes:
        if change.lesson_id is None:
            continue
        lesson = known.get(change.lesson_id)
        if lesson is None or lesson.state is not LessonState.PLANNED or lesson.version != change.version:
            title = lesson.title if lesson else (change.facts.title if change.facts else "")
            raise Invalid(
                N_("“%(lesson)s” of %(cohort)s was changed elsewhere meanwhile."),
                lesson=title,
                cohort=of[change.cohort_id].number,
            )
    return _Found(of, known)


def _written(
    session: Session,
    change: Change,
    cohort: Cohort,
    found: _Found,
    reason: str,
    timetable_id: int,
    now: datetime,
) -> tuple[Lesson, Event | None]:
    """Give one lesson its new facts; return it with what happened to it, None for nothing."""
    lesson = found.lessons[change.lesson_id] if change.lesson_id is not None else None
    if change.facts is None:
        assert lesson is not None
        _refuse_attended(session, lesson)
        lesson.state = LessonState.CANCELLED
        session.flush()
        called_off = LessonCancelled(lesson.id, cohort_id=cohort.id, reason=reason, timetable_id=timetable_id)
        return lesson, called_off
    facts = _checked(session, cohort, change.facts, lesson, now)
    if lesson is None:
        lesson = Lesson(cohort_id=cohort.id, state=LessonState.PLANNED, **lessons.values(facts))
        session.add(lesson)
        session.flush()
        planned = LessonPlanned(
            lesson.id,
            cohort_id=cohort.id,
            starts=lesson.starts,
            ends=lesson.ends,
            room_id=lesson.room_id,
            teaching_id=lesson.teaching_id,
            timetable_id=timetable_id,
        )
        return lesson, planned
    differences = lessons.differences(lessons.facts_of(lesson), facts)
    lessons.put(session, lesson, facts)
    session.expire(lesson, ["room", "teaching"])
    event = LessonChanged(lesson.id, cohort_id=cohort.id, changes=differences, timetable_id=timetable_id)
    return lesson, event if differences else None


def _checked(
    session: Session, cohort: Cohort, facts: LessonFacts, lesson: Lesson | None, now: datetime
) -> LessonFacts:
    try:
        lessons.require_ahead(facts, now)
        if lesson is not None:
            lessons.require_ahead(lessons.facts_of(lesson), now)
        return lessons.tidied(session, cohort, facts, lesson)
    except Invalid as error:
        raise _named(error, facts.title, cohort) from error


def _refuse_attended(session: Session, lesson: Lesson) -> None:
    if session.scalar(sa.select(Presence.id).where(Presence.lesson_id == lesson.id).limit(1)):
        raise Invalid(
            N_("Trainees were noted as present at “%(lesson)s”: it has taken place."), lesson=lesson.title
        )


def _refuse_overlap(session: Session, cohort: Cohort) -> None:
    query = sa.select(Lesson.title, Lesson.starts, Lesson.ends).where(
        attending.by_cohorts([cohort.id]), Lesson.state == LessonState.PLANNED
    )
    rows = session.execute(query.order_by(Lesson.starts, Lesson.id)).all()
    for before, after in pairwise(rows):
        if after.starts < before.ends:
            raise Invalid(
                N_("“%(lesson)s” and “%(other)s” of %(cohort)s are at the same time."),
                lesson=before.title,
                other=after.title,
                cohort=cohort.number,
            )


def _missing(session: Session, changes: Sequence[Change], found: _Found) -> dict[int, set[int]]:
    """Return lesson -> trainees who are booked elsewhere then already, of lessons that keep their time."""
    staying = {
        change.lesson_id
        for change in changes
        if change.lesson_id is not None
        and change.facts is not None
        and (lesson := found.lessons[change.lesson_id]).starts == change.facts.starts
        and lesson.ends == change.facts.ends
    }
    booked: dict[int, set[int]] = defaultdict(set)
    query = sa.select(Commitment.source_id, Commitment.person_id).where(
        Commitment.source_kind == diary.LESSON, Commitment.source_id.in_(staying)
    )
    for lesson_id, person_id in session.execute(query):
        booked[lesson_id].add(person_id)
    expected = attending.people_of(session, staying)
    return {lesson_id: set(people) - booked[lesson_id] for lesson_id, people in expected.items()}


def _booked(
    session: Session, lesson: Lesson, found: _Found, missing: Mapping[int, set[int]], actor: Actor
) -> Sequence[Person]:
    """Book a lesson; return the trainees who could not come before and still can't."""
    if lesson.state is LessonState.CANCELLED:
        return []
    away = missing.get(lesson.id, set())
    try:
        _refuse_teacher_elsewhere(session, lesson, actor)
        lessons.book_room_and_teacher(session, lesson, actor)
        trainees = lessons.learners_of(session, lesson)
        diary.book_all(session, [each for each in trainees if each not in away], lesson, actor=actor)
        return lessons.book_who_can_come(session, lesson, sorted(away))
    except Invalid as error:
        raise _named(error, lesson.title, found.cohorts[lesson.cohort_id]) from error


def _refuse_teacher_elsewhere(session: Session, lesson: Lesson, actor: Actor) -> None:
    """Refuse a teacher who is elsewhere, though not asked yet: nothing books them before they are."""
    if lesson.teaching is None:
        return
    person = lesson.teaching.person
    if lesson.teaching.state is TeachingState.PROPOSED:
        diary.refuse_clash(session, person, [lesson], actor=actor)
    other = session.scalar(
        sa.select(Lesson.title)
        .join(Teaching, Teaching.id == Lesson.teaching_id)
        .where(
            Teaching.person_id == person.id,
            Teaching.state.in_(teachings.LIVE),
            Lesson.id != lesson.id,
            Lesson.state == LessonState.PLANNED,
            Lesson.starts < lesson.ends,
            Lesson.ends > lesson.starts,
        )
        .order_by(Lesson.starts, Lesson.id)
        .limit(1)
    )
    if other is not None:
        raise Invalid(
            N_("%(person)s teaches “%(lesson)s” at the same time."), person=person.name, lesson=other
        )


def _named(error: Invalid, title: str, cohort: Cohort) -> Invalid:
    """Return an error that names the lesson, too."""
    return Invalid(
        N_("“%(lesson)s” of %(cohort)s: %(problem)s"),
        lesson=title,
        cohort=cohort.number,
        problem=error.sentence,
    )
