"""The demo's courses, cohorts in every state, lessons in rooms, a waiting list and certificates."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from expertpool.accounts.models import User
from expertpool.availability import rooms
from expertpool.availability.models import Room
from expertpool.availability.rooms import RoomFacts
from expertpool.demo.accounts import OFFICE, organisation
from expertpool.demo.panels import ZONE, person, skill
from expertpool.demo.pool import DATA
from expertpool.events import Actor
from expertpool.people import contacts
from expertpool.people import service as people
from expertpool.people.facts import PersonFacts
from expertpool.people.models import Grade, Person
from expertpool.training import cohorts, completing, courses, enrolling, joining, lessons, presence, teachings
from expertpool.training.cohorts import CohortFacts
from expertpool.training.courses import CourseFacts
from expertpool.training.lessons import LessonFacts
from expertpool.training.models import Cohort, Course, Enrolment, Lesson, Level


@dataclass(frozen=True)
class Run:
    """A cohort of the demo. Days count from today; lessons last from 14:00 to 17:15."""

    course: int
    title: str
    capacity: int
    opens: int
    closes: int
    days: tuple[int, ...]
    room: int | None
    teacher: str
    until: str
    """How far it has come: draft, open, cancelled or finished."""
    trainees: int = 0
    """How many enrol, in the order of the list."""
    with_trainee: bool = False
    """Whether the demo's trainee enrols, after them."""
    leaves: bool = False
    """Whether one trainee has given the place back, which is offered to the next."""
    titles: tuple[str, ...] = field(default=("开班与导论", "方法与案例", "分组练习", "考核"))


RUNS = (
    Run(0, "第 1 期", 12, -60, -40, (-36, -33, -29, -26), 0, "E0003", "finished", 8, True),
    Run(0, "第 2 期", 20, 5, 25, (34, 37, 41, 44), 0, "E0003", "open"),
    Run(1, "冬季班", 5, -10, 12, (23, 26, 30), 1, "E0008", "open", 7, True, leaves=True),
    Run(2, "线上班", 60, -5, 18, (19,), None, "E0005", "open", 7, True),
    Run(2, "上门送课", 15, -20, -2, (6,), 1, "E0005", "cancelled", 3),
    Run(3, "首期", 10, 20, 50, (62, 65), 0, "E0014", "draft"),
)


def create(session: Session, organiser: Actor, trainee: User, *, now: datetime) -> None:
    """Make the demo's rooms, courses and cohorts, as the organiser and the trainees would."""
    begun = now - timedelta(days=70)
    told = tomllib.loads((DATA / "training.toml").read_text(encoding="utf-8"))
    booked = [make_room(session, each, actor=organiser, now=begun) for each in told["rooms"]]
    made: list[Course] = []
    for each in told["courses"]:
        made.append(make_course(session, each, made[:1], actor=organiser, now=begun))
    learners = [enter(session, **each, actor=organiser, now=begun) for each in told["trainees"]]
    own = joining.register(
        session,
        trainee.name,
        trainee.email,
        trainee,
        actor=Actor(trainee.id, trainee.name, via="cli"),
        now=begun,
    )
    for run in RUNS:
        carry_out(session, run, made[run.course], booked, [*learners, own], actor=organiser, now=now)


def make_room(session: Session, told: dict[str, Any], *, actor: Actor, now: datetime) -> Room:
    """Enter a room of the office."""
    facts = RoomFacts(**{**told, "equipment": tuple(told["equipment"])})
    return rooms.create(session, facts, owner=organisation(session, OFFICE), actor=actor, now=now)


def make_course(
    session: Session, told: dict[str, Any], before: list[Course], *, actor: Actor, now: datetime
) -> Course:
    """Enter a course and publish it; one of intermediate level builds on those made `before`."""
    level = Level(told.pop("level"))
    ids = tuple(skill(session, code) for code in told.pop("skills"))
    required = tuple(each.id for each in before) if level is Level.INTERMEDIATE else ()
    facts = CourseFacts(**told, level=level, skill_ids=ids, prerequisite_ids=required)
    owner = organisation(session, OFFICE)
    made = courses.create(session, facts, owner=owner, actor=actor, now=now)
    courses.publish(session, made, actor=actor, now=now)
    return made


def enter(session: Session, name: str, address: str, *, actor: Actor, now: datetime) -> Person:
    """Enter somebody who learns."""
    made = people.create(session, PersonFacts(name=name), grade=Grade.TALENT, actor=actor, now=now)
    contacts.set_addresses(session, made, [address], actor=actor, now=now)
    return made


def carry_out(
    session: Session,
    run: Run,
    course: Course,
    booked: list[Room],
    learners: list[Person],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Plan a cohort and bring it as far as its run says."""
    planned = now + timedelta(days=min(run.opens - 1, -1))
    cohort = cohorts.create(
        session,
        course,
        CohortFacts(run.capacity, day(now, run.opens), day(now, run.closes, 18), run.title, offer_hours=72),
        actor=actor,
        now=planned,
    )
    room = booked[run.room] if run.room is not None else None
    held = plan_lessons(session, run, cohort, room, actor=actor, planned=planned, now=now)
    if run.until == "draft":
        return
    cohorts.publish(session, cohort, actor=actor, now=planned)
    enrolled = enrol_all(session, run, cohort, learners, now=now)
    if run.leaves:
        someone = enrolled[1]
        enrolling.cancel(session, someone, actor=of(someone.person), now=now - timedelta(hours=2))
    if run.until == "cancelled":
        cohorts.cancel(
            session, cohort, "报名人数不足，并入线上班。", actor=actor, now=now - timedelta(days=1)
        )
    if run.until == "finished":
        finish(session, cohort, held, enrolled, actor=actor)


def plan_lessons(
    session: Session,
    run: Run,
    cohort: Cohort,
    room: Room | None,
    *,
    actor: Actor,
    planned: datetime,
    now: datetime,
) -> list[Lesson]:
    """Have a teacher accept, and plan their lessons."""
    teaching = teachings.propose(session, cohort, person(session, run.teacher), actor=actor, now=planned)
    teachings.accept(session, teaching, actor=of(teaching.person), now=planned)
    return [
        lessons.plan(
            session,
            cohort,
            LessonFacts(
                title,
                day(now, days, 14),
                day(now, days, 17) + timedelta(minutes=15),
                room_id=room.id if room else None,
                online_url=None if room else "https://meeting.example.org/880-1234",
                teaching_id=teaching.id,
            ),
            actor=actor,
            now=planned,
        ).lesson
        for title, days in zip(run.titles, run.days, strict=False)
    ]


def enrol_all(
    session: Session, run: Run, cohort: Cohort, learners: list[Person], *, now: datetime
) -> list[Enrolment]:
    """Have trainees enrol one after another since the opening, the demo's trainee last."""
    coming = learners[: run.trainees] + (learners[-1:] if run.with_trainee else [])
    begun = day(now, run.opens) + timedelta(hours=1)
    return [
        enrolling.enrol(
            session,
            cohort,
            each,
            source=enrolling.SELF,
            actor=of(each),
            now=begun + timedelta(hours=3 * number),
        )
        for number, each in enumerate(coming)
    ]


def finish(
    session: Session, cohort: Cohort, held: list[Lesson], enrolled: list[Enrolment], *, actor: Actor
) -> None:
    """Note who was present, one of them too seldom, and certify those who were there enough."""
    for lesson in held:
        there = enrolled if lesson is held[0] else [each for each in enrolled if each is not enrolled[7]]
        presence.note(session, lesson, [each.id for each in there], actor=actor, now=lesson.ends)
    decided = {each.enrolment.id: each.meets for each in completing.standings(session, cohort)}
    completing.finish(session, cohort, decided, actor=actor, now=held[-1].ends + timedelta(days=1))


def of(someone: Person) -> Actor:
    """Return the person as one who acts for themselves."""
    return Actor(someone.user_id, someone.name, via="mail")


def day(now: datetime, days: int, hour: int = 9) -> datetime:
    """Return a full hour some days from now; a Saturday or Sunday becomes the Monday after."""
    found = now.astimezone(ZONE).date() + timedelta(days=days)
    found += timedelta(days=7 - found.weekday() if found.weekday() > 4 else 0)
    return datetime.combine(found, time(hour), ZONE)
