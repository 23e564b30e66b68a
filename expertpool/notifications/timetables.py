"""Tell each person once what a published timetable changes for them, as a teacher and as a trainee."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from expertpool.calendars import mail
from expertpool.events import Actor, subscribe
from expertpool.notifications.people import readers
from expertpool.notifications.training import cohort_facts, lesson_facts
from expertpool.outbox.service import enqueue
from expertpool.planning.events import TimetablePublished
from expertpool.planning.models import Timetable
from expertpool.settings.choices import value_of
from expertpool.training import attending
from expertpool.training.models import BOOKED, Cohort, Lesson, Teaching

WITH_CALENDAR = ("training/timetable",)
"""Kinds of mail that carry calendar entries."""
RELEASED = "released"
"""What happened to a lesson for the teacher who no longer gives it."""

Line = dict[str, Any]
"""One lesson as a mail tells it: `what`, `before`, `lesson`, and the facts of its cohort."""


def connect() -> None:
    """Subscribe; safe to call twice. After the calendars, whose entries the mails take along."""
    subscribe(TimetablePublished, tell)


def tell(session: Session, event: TimetablePublished, _actor: Actor, now: datetime) -> None:
    """Write one mail to everybody whom a change concerns, with all of their lessons in the order of time."""
    told = _lines(session, event)
    version = session.get_one(Timetable, event.subject_id).version
    contact = value_of(session, "office.contact")
    for reader in readers(session, told):
        lines = told[reader.person_id]
        ids = [line["lesson_id"] for line in lines]
        snapshot = {
            "name": reader.name,
            "lines": sorted(lines, key=lambda line: line["lesson"]["starts"]),
            "reason": event.reason,
            "contact": contact,
            mail.KEY: mail.lessons_snapshot(session, ids, reader.person_id),
        }
        enqueue(
            session,
            kind="training/timetable",
            to=reader.address,
            locale=reader.locale,
            snapshot=snapshot,
            dedupe_key=f"training/timetable:{event.subject_id}:{version}:{reader.person_id}",
            now=now,
            thread=mail.thread(reader.person_id),
        )


def _lines(session: Session, event: TimetablePublished) -> dict[int, list[Line]]:
    """Return what each person is to be told: person -> lines."""
    ids = [each["lesson_id"] for each in event.lessons]
    query = sa.select(Lesson).where(Lesson.id.in_(ids)).options(joinedload(Lesson.room))
    lessons = {each.id: each for each in session.scalars(query)}
    trainees = attending.people_of(session, ids)
    own = {each.cohort_id for each in lessons.values()}
    cohorts = _cohorts(session, own.union(*(each.values() for each in trainees.values())))
    facts = {id_: cohort_facts(session, each) for id_, each in cohorts.items()}
    teachers = _teachers(session, own)
    found: dict[int, list[Line]] = defaultdict(list)
    for change in event.lessons:
        lesson = lessons[change["lesson_id"]]
        line = {
            **facts[lesson.cohort_id],
            "lesson_id": lesson.id,
            "what": change["what"],
            "lesson": lesson_facts(lesson),
            "before": change["before"]["starts"] if change["before"] else None,
        }
        now_teaching = lesson.teaching_id
        was_teaching = change["before"]["teaching_id"] if change["before"] else None
        if _concerns_trainees(change, lesson):
            for person_id, cohort_id in trainees[lesson.id].items():
                found[person_id].append(line | facts[cohort_id])
        if now_teaching in teachers:
            fresh = change["what"] == "moved" and was_teaching != now_teaching
            found[teachers[now_teaching]].append(line | ({"what": "planned"} if fresh else {}))
        if was_teaching != now_teaching and was_teaching in teachers:
            found[teachers[was_teaching]].append(line | {"what": RELEASED})
    return dict(found)


def _concerns_trainees(change: dict[str, Any], lesson: Lesson) -> bool:
    """Whether more than the teacher changed."""
    before = change["before"]
    if change["what"] != "moved" or before is None:
        return True
    return (before["starts"], before["room_id"]) != (lesson.starts.isoformat(), lesson.room_id)


def _cohorts(session: Session, ids: set[int]) -> dict[int, Cohort]:
    query = sa.select(Cohort).where(Cohort.id.in_(ids)).options(joinedload(Cohort.course))
    return {each.id: each for each in session.scalars(query)}


def _teachers(session: Session, cohort_ids: set[int]) -> dict[int | None, int]:
    """Return teaching -> person, of those who were invited or accepted."""
    query = sa.select(Teaching.id, Teaching.person_id).where(
        Teaching.cohort_id.in_(cohort_ids), Teaching.state.in_(BOOKED)
    )
    return dict(session.execute(query).all())
