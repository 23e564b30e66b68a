"""Keep entries by what happens to panels, invitations, lessons and enrolments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.availability.events import RoomChanged
from expertpool.calendars.lessons import follow_cohort
from expertpool.calendars.models import CalendarEntry
from expertpool.calendars.seats import follow_panels
from expertpool.events import Actor, Event, Listener, subscribe
from expertpool.invitations import events as invitations
from expertpool.invitations.models import Invitation
from expertpool.panels import events as panels
from expertpool.panels.models import Panel, Seat
from expertpool.training import events as training
from expertpool.training.models import Lesson, Teaching


def connect() -> None:
    """Subscribe to what calendars tell; safe to call twice. Before the mails, which take entries along."""
    for listener, happened in _following():
        for event in happened:
            subscribe(event, listener)


def follow_invitation(session: Session, event: Any, _actor: Actor, now: datetime) -> None:
    """An invitation was sent, answered, expired or withdrawn."""
    invitation = session.get_one(Invitation, event.subject_id)
    if invitation.seat_id is not None:
        seat = session.get_one(Seat, invitation.seat_id)
        follow_panels(session, [seat.panel_id], now=now)
    elif invitation.teaching_id is not None:
        teaching = session.get_one(Teaching, invitation.teaching_id)
        follow_cohort(session, teaching.cohort_id, person_id=teaching.person_id, now=now)


def follow_panel(session: Session, event: Event, _actor: Actor, now: datetime) -> None:
    """A panel was moved, renamed or cancelled."""
    follow_panels(session, [event.subject_id], now=now)


def follow_lesson(session: Session, event: Any, _actor: Actor, now: datetime) -> None:
    """A lesson was planned, changed, shared or cancelled."""
    follow_cohort(session, event.cohort_id, lesson_id=event.subject_id, now=now)


def follow_person(session: Session, event: Any, _actor: Actor, now: datetime) -> None:
    """A trainee or a teacher came or left."""
    follow_cohort(session, event.cohort_id, person_id=event.person_id, now=now)


def follow_changed_cohort(session: Session, event: Event, _actor: Actor, now: datetime) -> None:
    """A cohort was published, changed or cancelled."""
    follow_cohort(session, event.subject_id, now=now)


def follow_course(session: Session, event: training.CourseChanged, _actor: Actor, now: datetime) -> None:
    """A course is called otherwise, as its lessons' titles say: their stamps move."""
    if event.changes.keys() & {"title_zh", "title_en"}:
        entries = sa.update(CalendarEntry).where(CalendarEntry.course_id == event.subject_id)
        session.execute(entries.values(changed_at=now))


def follow_room(session: Session, event: RoomChanged, _actor: Actor, now: datetime) -> None:
    """A room is called otherwise, or found elsewhere: what lies ahead in it says so."""
    if not event.changes.keys() & {"name", "address"}:
        return
    room_id = event.subject_id
    meeting = sa.select(Panel.id).where(Panel.room_id == room_id, Panel.ends > now).order_by(Panel.id)
    follow_panels(session, list(session.scalars(meeting)), now=now)
    taught = sa.select(Lesson.id, Lesson.cohort_id).where(Lesson.room_id == room_id, Lesson.ends > now)
    for lesson_id, cohort_id in session.execute(taught.order_by(Lesson.id)).all():
        follow_cohort(session, cohort_id, lesson_id=lesson_id, now=now)


def _following() -> list[tuple[Listener, list[type[Event]]]]:
    """Return what each listener follows."""
    return [
        (
            follow_invitation,
            [
                invitations.InvitationSent,
                invitations.InvitationAccepted,
                invitations.InvitationDeclined,
                invitations.InvitationExpired,
                invitations.InvitationWithdrawn,
            ],
        ),
        (follow_panel, [panels.PanelMoved, panels.PanelCancelled, panels.PanelRequestChanged]),
        (
            follow_lesson,
            [
                training.LessonPlanned,
                training.LessonChanged,
                training.LessonShared,
                training.LessonCancelled,
            ],
        ),
        (
            follow_person,
            [
                training.TraineeEnrolled,
                training.EnrolmentCancelled,
                training.TeachingAccepted,
                training.TeachingEnded,
            ],
        ),
        (
            follow_changed_cohort,
            [training.CohortPublished, training.CohortChanged, training.CohortCancelled],
        ),
        (follow_course, [training.CourseChanged]),
        (follow_room, [RoomChanged]),
    ]
