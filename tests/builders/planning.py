"""Make outlines, timetables and placements for tests, by the verbs themselves."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from expertpool.organisations.models import Organisation
from expertpool.planning import drafts, outlines, timetables
from expertpool.planning.days import moment
from expertpool.planning.drafts import Spot
from expertpool.planning.models import CohortLesson, Placement, Timetable
from expertpool.planning.outlines import Row
from expertpool.training.models import Cohort
from tests.builders.training import ACTOR
from tests.conftest import NOW

MONDAY = date(2026, 11, 30)


def at(day: int, clock: str) -> datetime:
    """Return a time of the office's day, so many days after the first Monday."""
    hours, minutes = clock.split(":")
    return moment(MONDAY + timedelta(days=day), int(hours) * 60 + int(minutes))


def list_lessons(session: Session, cohort: Cohort, *rows: Row | str) -> list[CohortLesson]:
    """Have a cohort be taught these lessons; a title alone is one of 90 minutes. Return them in order."""
    listed = [Row(each, 90) if isinstance(each, str) else each for each in rows]
    outlines.set_lessons(session, cohort, listed, actor=ACTOR, now=NOW)
    return list(outlines.lessons_of(session, [cohort.id]))


def make_timetable(session: Session, office: Organisation, *cohorts: Cohort, **facts: Any) -> Timetable:
    """Make a timetable of the two weeks from the first Monday."""
    values = {
        "title": "冬季课表",
        "first": MONDAY,
        "last": MONDAY + timedelta(days=13),
        "cohort_ids": tuple(each.id for each in cohorts),
    }
    asked = timetables.TimetableFacts(**(values | facts))
    return timetables.create(session, asked, owner=office, actor=ACTOR, now=NOW)


def put(
    session: Session, timetable: Timetable, row: CohortLesson, starts: datetime, **spot: Any
) -> Placement:
    """Place a lesson in a draft."""
    values = {"room_id": None, "teaching_id": None}
    return drafts.place(session, timetable, row, Spot(starts, **(values | spot)), actor=ACTOR, now=NOW)
