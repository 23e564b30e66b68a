"""What mails about an invitation say, as it is when they are written."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from expertpool.calendars import mail
from expertpool.calendars.models import EntrySource
from expertpool.calendars.seats import place_of
from expertpool.invitations.models import Invitation
from expertpool.notifications.training import lesson_facts
from expertpool.panels.models import Panel, SeatRole
from expertpool.training.models import Lesson, LessonState, Teaching

ENGLISH = "en"


def facts_of(session: Session, invitation: Invitation, locale: str) -> dict[str, Any]:
    """Return what is asked of whom, when and where, and whom to ask about it."""
    campaign = invitation.campaign
    common = {
        "name": invitation.person.name,
        "text": campaign.text_en if locale == ENGLISH else campaign.text_zh,
        "fee": campaign.fee or "",
        "contact": campaign.contact,
        "expires_at": invitation.expires_at.isoformat(),
    }
    if invitation.teaching is not None:
        return common | _of_teaching(session, invitation.teaching, invitation, locale)
    assert campaign.panel is not None
    assert invitation.seat is not None
    is_chair = invitation.seat.role is SeatRole.CHAIR
    return common | of_panel(campaign.panel) | {"is_chair": is_chair, "lessons": []}


def of_panel(panel: Panel) -> dict[str, Any]:
    """Return what a panel is about, when and where it meets, and who convenes it."""
    return {
        "title": panel.title,
        "number": panel.number,
        "office": panel.owner.name,
        "starts": panel.starts.isoformat() if panel.starts else "",
        "ends": panel.ends.isoformat() if panel.ends else "",
        "place": place_of(panel.room, panel.place),
    }


def calendar_of(session: Session, invitation: Invitation) -> dict[str, Any] | None:
    """Return the invited person's calendar entries, as mails take them along."""
    if invitation.seat_id is not None:
        return mail.snapshot(session, EntrySource.SEAT, [invitation.seat_id], invitation.person_id)
    assert invitation.teaching is not None
    lessons = sa.select(Lesson.id).where(Lesson.cohort_id == invitation.teaching.cohort_id)
    ids = session.scalars(lessons.order_by(Lesson.id)).all()
    return mail.snapshot(session, EntrySource.TEACHING, ids, invitation.person_id)


def _of_teaching(session: Session, teaching: Teaching, invitation: Invitation, locale: str) -> dict[str, Any]:
    cohort = invitation.campaign.cohort
    assert cohort is not None
    course = cohort.course
    planned = session.scalars(
        sa.select(Lesson)
        .where(Lesson.cohort_id == cohort.id, Lesson.state == LessonState.PLANNED)
        .options(joinedload(Lesson.room))
        .order_by(Lesson.starts, Lesson.id)
    ).all()
    own = [lesson for lesson in planned if lesson.teaching_id == teaching.id]
    return {
        "title": course.title_en if locale == ENGLISH and course.title_en else course.title_zh,
        "number": cohort.number,
        "office": course.owner.name,
        "starts": "",
        "ends": "",
        "place": "",
        "is_chair": False,
        "lessons": [lesson_facts(lesson) for lesson in own or planned],
    }
