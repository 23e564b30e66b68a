"""Make what calendars tell of: panels with seats, cohorts with lessons; plain rows, without their verbs."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.availability.models import Room
from expertpool.calendars.models import CalendarEntry
from expertpool.invitations.models import Campaign, Invitation
from expertpool.organisations.models import Organisation
from expertpool.panels import presets_service
from expertpool.panels.models import Panel, PanelState, Seat, SeatRole, SeatState
from expertpool.people.models import Person
from expertpool.training.models import (
    Cohort,
    CohortState,
    Course,
    CourseState,
    Enrolment,
    EnrolmentState,
    Lesson,
    Place,
    Teaching,
    TeachingState,
)
from tests.builders.organisations import make_organisation
from tests.conftest import NOW

START = datetime.fromisoformat("2026-12-03T09:00+08:00")
_numbers = itertools.count(1)


def make_room(session: Session, owner: Organisation | None = None, **values: Any) -> Room:
    """Make a room with an address."""
    owner = owner or make_organisation(session, f"标准处{next(_numbers)}")
    made = {"name": f"第{next(_numbers)}会议室", "address": "花园路 8 号", "capacity": 20, "equipment": []}
    room = Room(owner_id=owner.id, **(made | values))
    session.add(room)
    session.flush()
    return room


def make_panel(session: Session, **values: Any) -> Panel:
    """Make a confirmed panel that meets for three hours on 3 December 2026."""
    presets_service.ensure_shipped(session, now=NOW)
    owner = make_organisation(session, f"标准处{next(_numbers)}")
    made = {
        "number": f"PS-{next(_numbers):05}",
        "title": "角接触球轴承企业标准审查",
        "owner_id": owner.id,
        "preset_id": presets_service.current(session, "general-review").id,
        "state": PanelState.CONFIRMED,
        "seat_count": 5,
        "place": "郑州",
        "starts": START,
        "ends": START + timedelta(hours=3),
        "created_at": NOW,
        "updated_at": NOW,
    }
    panel = Panel(**(made | values))
    session.add(panel)
    session.flush()
    return panel


def make_seat(session: Session, panel: Panel, person: Person, state: SeatState = SeatState.INVITED) -> Seat:
    """Seat a person."""
    position = 1 + (
        session.scalar(sa.select(sa.func.max(Seat.position)).where(Seat.panel_id == panel.id)) or 0
    )
    seat = Seat(
        panel_id=panel.id,
        person_id=person.id,
        role=SeatRole.MEMBER,
        state=state,
        position=position,
        created_at=NOW,
    )
    session.add(seat)
    session.flush()
    return seat


def make_invitation(
    session: Session, *, seat: Seat | None = None, teaching: Teaching | None = None
) -> Invitation:
    """Invite to a seat or a teaching."""
    purpose = {"panel_id": seat.panel_id} if seat else {"cohort_id": teaching.cohort_id}
    campaign = session.scalar(sa.select(Campaign).filter_by(**purpose)) or Campaign(
        **purpose, text_zh="请您", text_en="Please", contact="周岚", created_at=NOW
    )
    invitation = Invitation(
        campaign=campaign,
        seat=seat,
        teaching=teaching,
        person_id=(seat or teaching).person_id,
        sent_at=NOW,
        expires_at=NOW + timedelta(days=3),
    )
    session.add(invitation)
    session.flush()
    return invitation


def make_cohort(session: Session, *, lessons: int = 2, **values: Any) -> Cohort:
    """Make an open cohort of a published course, with weekly lessons online."""
    owner = make_organisation(session, f"培训中心{next(_numbers)}")
    course = Course(
        number=f"KC-{next(_numbers):04}",
        owner_id=owner.id,
        title_zh="标准编写",
        title_en="Writing standards",
        minutes=360,
        state=CourseState.PUBLISHED,
        created_at=NOW,
        updated_at=NOW,
    )
    made = {
        "number": f"BJ-{next(_numbers):04}",
        "state": CohortState.OPEN,
        "capacity": 20,
        "opens_at": NOW,
        "closes_at": NOW + timedelta(days=10),
        "created_at": NOW,
        "updated_at": NOW,
    }
    cohort = Cohort(course=course, **(made | values))
    session.add(cohort)
    session.flush()
    for number in range(lessons):
        make_lesson(session, cohort, number)
    return cohort


def make_lesson(session: Session, cohort: Cohort, number: int = 0, **values: Any) -> Lesson:
    """Add a lesson of three hours, `number` weeks after the first."""
    starts = START + timedelta(weeks=number)
    made = {
        "title": f"第 {number + 1} 讲",
        "starts": starts,
        "ends": starts + timedelta(hours=3),
        "online_url": "https://meet.example.org/secret",
    }
    lesson = Lesson(cohort_id=cohort.id, **(made | values))
    session.add(lesson)
    session.flush()
    session.refresh(cohort)
    return lesson


def make_teaching(
    session: Session, cohort: Cohort, person: Person, state: TeachingState = TeachingState.INVITED
) -> Teaching:
    """Have a person teach all lessons of a cohort."""
    teaching = Teaching(cohort_id=cohort.id, person_id=person.id, state=state, created_at=NOW)
    session.add(teaching)
    session.flush()
    for lesson in cohort.lessons:
        lesson.teaching_id = teaching.id
    session.flush()
    return teaching


def make_enrolment(session: Session, cohort: Cohort, person: Person) -> Enrolment:
    """Give a person a place in a cohort."""
    place = Place(cohort_id=cohort.id, number=next(_numbers))
    session.add(place)
    session.flush()
    enrolment = Enrolment(
        cohort_id=cohort.id,
        person_id=person.id,
        state=EnrolmentState.ENROLLED,
        place_id=place.id,
        queued_at=NOW,
        source="self",
        created_at=NOW,
        updated_at=NOW,
    )
    session.add(enrolment)
    session.flush()
    return enrolment


def entries_of(session: Session, person: Person | None) -> list[CalendarEntry]:
    """Return the entries of a person, or the public ones, in the order of their time."""
    session.flush()
    mine = CalendarEntry.person_id == person.id if person else CalendarEntry.person_id.is_(None)
    return list(session.scalars(sa.select(CalendarEntry).where(mine).order_by(CalendarEntry.starts)))
