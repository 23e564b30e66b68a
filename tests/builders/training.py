"""Make courses, cohorts, lessons and trainees for tests, by the verbs themselves."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from expertpool.availability import rooms
from expertpool.availability.models import Room
from expertpool.events import Actor
from expertpool.organisations.models import Organisation
from expertpool.people.models import Grade, Person
from expertpool.training import cohorts, courses, enrolling, lessons, teachings
from expertpool.training.models import Cohort, Course, Enrolment, Lesson, Teaching
from tests.builders.organisations import make_organisation
from tests.builders.people import make_person
from tests.conftest import NOW

ACTOR = Actor(user_id=None, label="测试者", via="cli")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_numbers = itertools.count(1)


def make_room(session: Session, office: Organisation, name: str = "", capacity: int = 30) -> Room:
    """Make a room of an office."""
    facts = rooms.RoomFacts(name or f"{next(_numbers)} 号教室", capacity)
    return rooms.create(session, facts, owner=office, actor=ACTOR, now=NOW)


def make_course(session: Session, office: Organisation | None = None, **facts: Any) -> Course:
    """Make a published course of 12 class hours."""
    office = office or make_organisation(session, f"标准处{next(_numbers)}")
    values = {"title_zh": "标准编写基础", "title_en": "Writing standards", "minutes": 540}
    course = courses.create(
        session, courses.CourseFacts(**(values | facts)), owner=office, actor=ACTOR, now=NOW
    )
    courses.publish(session, course, actor=ACTOR, now=NOW)
    return course


def make_cohort(
    session: Session, course: Course | None = None, *, draft: bool = False, **facts: Any
) -> Cohort:
    """Make a cohort that is open for a week from a day ago."""
    values = {"capacity": 2, "opens_at": NOW - DAY, "closes_at": NOW + 7 * DAY}
    cohort = cohorts.create(
        session,
        course or make_course(session),
        cohorts.CohortFacts(**(values | facts)),
        actor=ACTOR,
        now=NOW,
    )
    if not draft:
        cohorts.publish(session, cohort, actor=ACTOR, now=NOW)
    return cohort


def make_lesson(
    session: Session, cohort: Cohort, *, day: int = 10, hours: int = 3, now: datetime = NOW, **facts: Any
) -> Lesson:
    """Make a lesson `day` days from now, of `hours` hours."""
    starts = NOW + day * DAY
    values = {"title": f"第 {day} 天", "starts": starts, "ends": starts + hours * HOUR}
    planned = lessons.plan(session, cohort, lessons.LessonFacts(**(values | facts)), actor=ACTOR, now=now)
    return planned.lesson


def make_trainee(session: Session, name: str = "何霁", **overrides: Any) -> Person:
    """Make a person of grade talent with an address."""
    address = f"trainee{next(_numbers)}@example.org"
    return make_person(session, name, addresses=(address,), grade=Grade.TALENT, **overrides)


def enrol(session: Session, cohort: Cohort, person: Person | None = None, **options: Any) -> Enrolment:
    """Enrol somebody by themselves."""
    values = {"source": enrolling.SELF, "actor": ACTOR, "now": NOW}
    return enrolling.enrol(session, cohort, person or make_trainee(session), **(values | options))


def propose_teacher(session: Session, cohort: Cohort, person: Person | None = None) -> Teaching:
    """Make a teacher who was not asked yet."""
    somebody = person or make_person(session, "唐以宁")
    return teachings.propose(session, cohort, somebody, actor=ACTOR, now=NOW)


def make_teacher(session: Session, cohort: Cohort, person: Person | None = None) -> Teaching:
    """Make a teacher who accepted."""
    teaching = propose_teacher(session, cohort, person)
    teachings.mark_invited(session, teaching, now=NOW)
    teachings.accept(session, teaching, actor=ACTOR, now=NOW)
    return teaching
