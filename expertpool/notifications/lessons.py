"""Tell teachers and trainees when lessons of a published cohort change, or all of it is called off.

Lessons that change with a timetable are told together: see `timetables`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from expertpool.calendars import mail
from expertpool.calendars.models import EntrySource
from expertpool.events import Actor, subscribe
from expertpool.notifications.people import readers
from expertpool.notifications.training import cohort_facts, lesson_facts
from expertpool.outbox.service import enqueue
from expertpool.training import attending
from expertpool.training import events as happened
from expertpool.training.models import BOOKED, Cohort, Enrolment, Lesson, Teaching

TOLD = {"starts", "ends", "room_id", "online_url"}
"""Changes of a lesson that its people must know."""


def connect() -> None:
    """Subscribe; safe to call twice. After the calendars, whose entries the mails take along."""
    subscribe(happened.LessonPlanned, tell_planned)
    subscribe(happened.LessonChanged, tell_changed)
    subscribe(happened.LessonShared, tell_shared)
    subscribe(happened.LessonCancelled, tell_called_off)
    subscribe(happened.CohortCancelled, tell_cohort_cancelled)


def tell_planned(session: Session, event: happened.LessonPlanned, _actor: Actor, now: datetime) -> None:
    """Tell those who learn in a published cohort, and the teacher, that a lesson was added."""
    if event.timetable_id is not None:
        return
    _tell_all(session, _lesson(session, event.subject_id), "planned", {}, now)


def tell_changed(session: Session, event: happened.LessonChanged, _actor: Actor, now: datetime) -> None:
    """Tell everybody the new time or place, and teachers who come or go that they do."""
    if event.timetable_id is not None:
        return
    lesson = _lesson(session, event.subject_id)
    before, after = event.changes.get("teaching_id", (lesson.teaching_id, lesson.teaching_id))
    if TOLD & event.changes.keys():
        starts = event.changes.get("starts", (lesson.starts, None))[0]
        facts = {"before": starts.isoformat()}
        _tell_trainees(session, lesson, "moved", facts, now, but=event.came_ids)
        if after == before:
            _tell_teachers(session, lesson, [after], "moved", now, facts)
    if after != before:
        _tell_teachers(session, lesson, [after], "planned", now)
        _tell_teachers(session, lesson, [before], "released", now)


def tell_shared(session: Session, event: happened.LessonShared, _actor: Actor, now: datetime) -> None:
    """Tell those who come to a lesson, with another cohort or as guests, and those who no longer do.

    Nobody is told of one that is over: it is only noted who was there.
    """
    lesson = _lesson(session, event.subject_id)
    if lesson.ends <= now:
        return
    trainees = attending.people_of(session, [lesson.id])[lesson.id]
    for what, ids in (("planned", event.came_ids), ("left", event.gone_ids)):
        people = {id_: trainees.get(id_, lesson.cohort_id) for id_ in ids}
        if people:
            _tell(session, lesson, people, EntrySource.STUDY, {"what": what}, now)


def tell_called_off(session: Session, event: happened.LessonCancelled, _actor: Actor, now: datetime) -> None:
    """Tell everybody that a lesson does not take place."""
    if event.timetable_id is not None:
        return
    _tell_all(session, _lesson(session, event.subject_id), "cancelled", {"reason": event.reason}, now)


def tell_cohort_cancelled(
    session: Session, event: happened.CohortCancelled, _actor: Actor, now: datetime
) -> None:
    """Tell trainees, also those who waited, and those who shared its lessons that these do not take place.

    Teachers hear of it by their invitation, which is withdrawn.
    """
    cohort = session.get_one(Cohort, event.subject_id, options=[joinedload(Cohort.course)])
    people = session.scalars(sa.select(Enrolment.person_id).where(Enrolment.id.in_(event.enrolment_ids)))
    facts = {**cohort_facts(session, cohort), "reason": event.reason}
    for reader in readers(session, people):
        calendar = mail.snapshot(session, EntrySource.STUDY, event.lesson_ids, reader.person_id)
        enqueue(
            session,
            kind="training/cohort-cancelled",
            to=reader.address,
            locale=reader.locale,
            snapshot={**facts, "name": reader.name, "calendar": calendar},
            dedupe_key=f"training/cohort-cancelled:{cohort.id}:{reader.person_id}",
            now=now,
            thread=mail.thread(reader.person_id),
        )
    shared = sa.select(Lesson).where(Lesson.id.in_(event.lesson_ids), Lesson.shares.any(), Lesson.ends > now)
    for lesson in session.scalars(shared.options(joinedload(Lesson.room)).order_by(Lesson.id)):
        _tell_trainees(session, lesson, "cancelled", {"reason": event.reason}, now)


def _tell_all(session: Session, lesson: Lesson, what: str, values: dict[str, Any], now: datetime) -> None:
    """Tell the trainees of a lesson and its teacher."""
    _tell_trainees(session, lesson, what, values, now)
    _tell_teachers(session, lesson, [lesson.teaching_id], what, now, values)


def _tell_trainees(
    session: Session,
    lesson: Lesson,
    what: str,
    values: dict[str, Any],
    now: datetime,
    *,
    but: Collection[int] = (),
) -> None:
    """Tell everybody who is enrolled in a cohort of a lesson, and its guests, `but` these."""
    trainees = attending.people_of(session, [lesson.id])[lesson.id]
    people = {person: cohort for person, cohort in trainees.items() if person not in but}
    _tell(session, lesson, people, EntrySource.STUDY, {"what": what, **values}, now)


def _tell_teachers(
    session: Session,
    lesson: Lesson,
    teaching_ids: Iterable[int | None],
    what: str,
    now: datetime,
    values: dict[str, Any] | None = None,
) -> None:
    """Tell those of these teachers who were invited or accepted."""
    query = sa.select(Teaching.person_id).where(Teaching.id.in_(teaching_ids), Teaching.state.in_(BOOKED))
    people = dict.fromkeys(session.scalars(query), lesson.cohort_id)
    _tell(session, lesson, people, EntrySource.TEACHING, {"what": what, **(values or {})}, now)


def _tell(
    session: Session,
    lesson: Lesson,
    people: Mapping[int, int],
    source: EntrySource,
    values: dict[str, Any],
    now: datetime,
) -> None:
    """Put the mail `training/lesson` to each of these people into the outbox, once for each change.

    `people`: each with the cohort of which the mail speaks.
    """
    query = sa.select(Cohort).where(Cohort.id.in_(set(people.values()))).options(joinedload(Cohort.course))
    cohorts = {each.id: cohort_facts(session, each) for each in session.scalars(query)}
    facts = {"before": None, "reason": None, "lesson": lesson_facts(lesson), **values}
    for reader in readers(session, people):
        calendar = mail.snapshot(session, source, [lesson.id], reader.person_id)
        enqueue(
            session,
            kind="training/lesson",
            to=reader.address,
            locale=reader.locale,
            snapshot={
                **cohorts[people[reader.person_id]],
                **facts,
                "name": reader.name,
                "calendar": calendar,
            },
            dedupe_key=f"training/lesson:{lesson.id}:{lesson.version}:{values['what']}:{reader.person_id}",
            now=now,
            thread=mail.thread(reader.person_id),
        )


def _lesson(session: Session, lesson_id: int) -> Lesson:
    return session.get_one(Lesson, lesson_id, options=[joinedload(Lesson.room)])
