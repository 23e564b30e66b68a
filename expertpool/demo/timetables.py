"""The demo's timetable: new cohorts and a published one, a clash, a lesson without a place, a day off."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.availability.models import Room
from expertpool.demo.accounts import OFFICE, organisation
from expertpool.demo.panels import ZONE, person
from expertpool.demo.pool import DATA
from expertpool.demo.training import day as day_of
from expertpool.demo.training import of
from expertpool.events import Actor
from expertpool.planning import drafts, outlines, publishing, runs, timetables
from expertpool.planning.composition import compose
from expertpool.planning.days import moment
from expertpool.planning.drafts import Spot
from expertpool.planning.keys import lesson_key, number_of
from expertpool.planning.models import CohortLesson, Delivery, LessonKind, Timetable
from expertpool.planning.outlines import Row
from expertpool.planning.periods import minutes_of
from expertpool.planning.runs import Answer
from expertpool.settings import holidays
from expertpool.settings.models import DayKind
from expertpool.training import cohorts, teachings
from expertpool.training.cohorts import CohortFacts
from expertpool.training.models import Cohort, Course, Lesson, Teaching

WEEKS = 3
JOINS = "冬季班"
"""A cohort with published lessons that takes part as well."""


@dataclass(frozen=True)
class Scene:
    """What the demo's timetable is made of."""

    timetable: Timetable
    monday: date
    rooms: list[Room]
    rows: list[list[CohortLesson]]
    """By cohort and lesson, as the file lists them."""
    teaching: list[Teaching]

    def spot(self, cohort: int, told: dict[str, Any]) -> Spot:
        """Return the spot that a line of the file names."""
        starts = moment(self.monday + timedelta(days=told["day"]), minutes_of(told["start"]))
        room = self.rooms[told["room"]].id if "room" in told else None
        return Spot(starts, room, self.teaching[cohort].id)


def create(session: Session, organiser: Actor, *, now: datetime) -> None:
    """Make the demo's timetable, as an organiser would; its plan is read from the file, not worked out."""
    told = tomllib.loads((DATA / "timetable.toml").read_text(encoding="utf-8"))
    acting: dict[str, Any] = {"actor": organiser, "now": now}
    scene = _begun(session, told, organiser, now)
    _take_day_off(session, scene, told["day_off"], **acting)
    _publish_first(session, scene, told["cohorts"], **acting)
    _plan(session, scene, told["cohorts"], **acting)
    for cohort, each in enumerate(told["cohorts"]):
        for row, line in zip(scene.rows[cohort], each["lessons"], strict=True):
            if line.get("pinned"):
                drafts.pin(session, scene.timetable, row, True, **acting)
    for move in told["moves"]:
        row = scene.rows[move["cohort"]][move["lesson"]]
        drafts.place(session, scene.timetable, row, scene.spot(move["cohort"], move), **acting)


def _begun(session: Session, told: dict[str, Any], organiser: Actor, now: datetime) -> Scene:
    owner = organisation(session, OFFICE)
    joins = session.scalars(sa.select(Cohort).where(Cohort.title == JOINS)).one()
    outlines.adopt(session, joins, now=now)
    courses = session.scalars(sa.select(Course).where(Course.owner_id == owner.id).order_by(Course.id)).all()
    made = [_cohort(session, courses[each["course"]], each, organiser, now) for each in told["cohorts"]]
    monday = _monday(now)
    facts = timetables.TimetableFacts(
        title=told["title"],
        first=monday,
        last=monday + timedelta(days=7 * WEEKS - 1),
        cohort_ids=(*(cohort.id for cohort, _teaching in made), joins.id),
        cohort_minutes=360,
    )
    timetable = timetables.create(session, facts, owner=owner, actor=organiser, now=now)
    for (cohort, _teaching), each in zip(made, told["cohorts"], strict=True):
        joint = [made[line["joint"]][0].id if "joint" in line else None for line in each["lessons"]]
        _share(session, cohort, joint, actor=organiser, now=now)
    rows = [list(outlines.lessons_of(session, [cohort.id])) for cohort, _teaching in made]
    rooms = list(session.scalars(sa.select(Room).where(Room.owner_id == owner.id).order_by(Room.id)))
    return Scene(timetable, monday, rooms, rows, [teaching for _cohort, teaching in made])


def _share(session: Session, cohort: Cohort, joint: list[int | None], *, actor: Actor, now: datetime) -> None:
    """Have lessons of a cohort be joint ones with another; None stands for its own alone."""
    lessons = outlines.lessons_of(session, [cohort.id])
    rows = [
        Row(
            **{name: getattr(each, name) for name in ("title", "minutes", "kind", "delivery", "id")},
            equipment=tuple(each.equipment),
            joint_ids=(other,) if other is not None else (),
        )
        for each, other in zip(lessons, joint, strict=True)
    ]
    if any(joint):
        outlines.set_lessons(session, cohort, rows, actor=actor, now=now)


def _cohort(
    session: Session, course: Course, told: dict[str, Any], organiser: Actor, now: datetime
) -> tuple[Cohort, Teaching]:
    """Outline a course, and begin a cohort of it with a teacher who accepted."""
    rows = [
        Row(
            each["title"],
            each["minutes"],
            LessonKind(each.get("kind", "lecture")),
            Delivery(each.get("delivery", "on-site")),
            tuple(each.get("equipment", ())),
        )
        for each in told["lessons"]
    ]
    outlines.set_outline(session, course, rows, actor=organiser, now=now)
    facts = CohortFacts(told["capacity"], day_of(now, -2), day_of(now, 6, 18), told["title"])
    cohort = cohorts.create(session, course, facts, actor=organiser, now=now)
    cohorts.publish(session, cohort, actor=organiser, now=now)
    teaching = teachings.propose(
        session, cohort, person(session, told["teachers"][0]), actor=organiser, now=now
    )
    teachings.accept(session, teaching, actor=of(teaching.person), now=now)
    return cohort, teaching


def _take_day_off(
    session: Session, scene: Scene, told: dict[str, str], *, actor: Actor, now: datetime
) -> None:
    """Close the office on a day of the third week without lessons; its Saturday is worked instead."""
    taught = {
        each.astimezone(ZONE).date()
        for each in session.scalars(sa.select(Lesson.starts).where(Lesson.ends > now))
    }
    days = [scene.monday + timedelta(days=number) for number in (17, 18, 19)]
    closed = next(each for each in days if each not in taught)
    saturday = scene.monday + timedelta(days=19)
    holidays.set_day(session, closed, DayKind.HOLIDAY, told["name"], told["name_en"], actor=actor, now=now)
    holidays.set_day(
        session, saturday, DayKind.WORKDAY, told["worked"], told["worked_en"], actor=actor, now=now
    )


def _publish_first(
    session: Session, scene: Scene, told: list[dict[str, Any]], *, actor: Actor, now: datetime
) -> None:
    for cohort, each in enumerate(told):
        for row, line in zip(scene.rows[cohort], each["lessons"], strict=True):
            if line.get("published"):
                spot = scene.spot(cohort, line)
                drafts.place(session, scene.timetable, row, spot, actor=actor, now=now)
    publishing.publish(session, scene.timetable, actor=actor, now=now)


def _plan(session: Session, scene: Scene, told: list[dict[str, Any]], *, actor: Actor, now: datetime) -> None:
    """Have a run answered with the plan of the file."""
    runs.request(session, scene.timetable, seconds=30, actor=actor, now=now)
    held = runs.claim(session, now=now)
    assert held is not None
    composed = compose(session, scene.timetable, now=now)
    spots = {number_of(each.lesson): drafts.spot_of(composed, each) for each in composed.plan}
    missing: list[CohortLesson] = []
    for cohort, each in enumerate(told):
        for row, line in zip(scene.rows[cohort], each["lessons"], strict=True):
            if "day" in line:
                spots[row.id] = scene.spot(cohort, line)
            else:
                missing.append(row)
    asked = [number_of(each.id) for each in composed.problem.lessons]
    runs.record_answer(session, held, Answer(spots, asked, _best(scene, missing, len(spots))), now=now)


def _best(scene: Scene, missing: list[CohortLesson], placed: int) -> dict[str, Any]:
    """Return what the run says: no room has computers, and the first would do without."""
    room = scene.rooms[0]
    unplaced = [
        {
            "lesson": lesson_key(row.id),
            "reasons": [
                {
                    "rule": "equipment",
                    "places": len(scene.rooms),
                    "params": {"equipment": row.equipment[0]},
                }
            ],
            "easings": [
                {
                    "rule": "equipment",
                    "subject": f"r{room.id}",
                    "was": "",
                    "to": row.equipment[0],
                    "placement": {
                        "lesson": lesson_key(row.id),
                        "day": (scene.monday + timedelta(days=9)).isoformat(),
                        "start": 840,
                        "room": f"r{room.id}",
                        "teacher": f"p{scene.teaching[0].person_id}",
                    },
                }
            ],
        }
        for row in missing
    ]
    return {
        "placements": [{}] * placed,
        "unplaced_count": len(unplaced),
        "cost": 100_000 * len(unplaced),
        "spent": 1.0,
        "costs": {"unplaced": 100_000 * len(unplaced)},
        "unplaced": unplaced,
        "seconds": 30.0,
        "steps": 0,
        "stopped": False,
    }


def _monday(now: datetime) -> date:
    """Return the first Monday that is at least a week ahead."""
    week = now.astimezone(ZONE).date() + timedelta(days=7)
    return week + timedelta(days=-week.weekday() % 7)
