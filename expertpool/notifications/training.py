"""Tell trainees about their place, offers and certificates; see `lessons` for changes of the timetable."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from expertpool.calendars import mail
from expertpool.calendars.models import EntrySource
from expertpool.events import Actor, subscribe
from expertpool.notifications.people import readers
from expertpool.outbox.service import enqueue
from expertpool.settings.choices import value_of
from expertpool.training import attending, enrolling, links
from expertpool.training import events as happened
from expertpool.training.models import Certificate, Cohort, Enrolment, EnrolmentState, Lesson, LessonState

PAGE = "/offer/"
"""Beginning of the path of a trainee's mailed link; the token follows."""
WITH_CALENDAR = ("training/enrolled", "training/cancelled", "training/cohort-cancelled", "training/lesson")
"""Kinds of mail that carry calendar entries."""


def connect() -> None:
    """Subscribe; safe to call twice. After the calendars, whose entries the mails take along."""
    subscribe(happened.TraineeEnrolled, tell_enrolled)
    subscribe(happened.TraineeQueued, tell_queued)
    subscribe(happened.PlaceOffered, tell_offered)
    subscribe(happened.OfferLapsed, tell_lapsed)
    subscribe(happened.EnrolmentCancelled, tell_cancelled)
    subscribe(happened.CertificateIssued, tell_certified)
    subscribe(happened.CertificateMarked, tell_marked)


def tell_enrolled(session: Session, event: happened.TraineeEnrolled, _actor: Actor, now: datetime) -> None:
    """Tell a trainee that they have a place, and when the lessons are."""
    enrolment = _enrolment(session, event.subject_id)
    lessons = session.scalars(
        sa.select(Lesson)
        .where(
            attending.by_cohorts([event.cohort_id]), Lesson.state == LessonState.PLANNED, Lesson.ends > now
        )
        .options(joinedload(Lesson.room))
        .order_by(Lesson.starts)
    ).all()
    values = {"path": _link(session, enrolment, now), "lessons": [lesson_facts(each) for each in lessons]}
    _tell(session, "enrolled", enrolment, values, now=now, calendar=True)


def tell_queued(session: Session, event: happened.TraineeQueued, _actor: Actor, now: datetime) -> None:
    """Tell a trainee their position in the waiting list."""
    enrolment = _enrolment(session, event.subject_id)
    position = enrolling.position(session, enrolment)
    _tell(
        session,
        "queued",
        enrolment,
        {"position": position, "path": _link(session, enrolment, now)},
        now=now,
    )


def tell_offered(session: Session, event: happened.PlaceOffered, _actor: Actor, now: datetime) -> None:
    """Offer a place: the link leads to a page with buttons. A shortened offer is told anew."""
    enrolment = _enrolment(session, event.subject_id)
    expires = event.expires_at.isoformat()
    values = {"expires_at": expires, "path": _link(session, enrolment, now)}
    _tell(session, "offered", enrolment, values, now=now, key=expires)


def tell_lapsed(session: Session, event: happened.OfferLapsed, _actor: Actor, now: datetime) -> None:
    """Tell a trainee that their offer is over, unless they declined it."""
    if not event.declined:
        _tell(session, "lapsed", _enrolment(session, event.subject_id), {}, now=now)


def tell_cancelled(session: Session, event: happened.EnrolmentCancelled, actor: Actor, now: datetime) -> None:
    """Confirm to a trainee that they left, or tell them that the office took them off."""
    enrolment = _enrolment(session, event.subject_id)
    by_themselves = actor.via == "mail" or (
        actor.user_id is not None and actor.user_id == enrolment.person.user_id
    )
    values = {
        "by_themselves": by_themselves,
        "waited": event.before == EnrolmentState.WAITING.value,
        "reason": event.reason,
    }
    _tell(session, "cancelled", enrolment, values, now=now, calendar=True)


def tell_certified(session: Session, event: happened.CertificateIssued, _actor: Actor, now: datetime) -> None:
    """Send a trainee the number and the page of their certificate."""
    _tell(session, "certificate", *_certified(session, event.subject_id), now=now)


def tell_marked(session: Session, event: happened.CertificateMarked, _actor: Actor, now: datetime) -> None:
    """Tell the holder that their certificate was suspended, withdrawn or reinstated, and why."""
    enrolment, values = _certified(session, event.subject_id)
    values |= {"state": event.state, "reason": event.reason}
    key = str(session.get_one(Certificate, event.subject_id).version)
    _tell(session, "certificate-marked", enrolment, values, now=now, key=key)


def cohort_facts(session: Session, cohort: Cohort) -> dict[str, Any]:
    """Return what every mail about a cohort says."""
    return {
        "title_zh": cohort.course.title_zh,
        "title_en": cohort.course.title_en or cohort.course.title_zh,
        "course_number": cohort.course.number,
        "number": cohort.number,
        "cohort": cohort.title,
        "contact": value_of(session, "office.contact"),
    }


def lesson_facts(lesson: Lesson) -> dict[str, Any]:
    """Return when and where a lesson is."""
    room = lesson.room
    place = f"{room.name}, {room.address}" if room and room.address else room.name if room else ""
    return {
        "title": lesson.title,
        "starts": lesson.starts.isoformat(),
        "ends": lesson.ends.isoformat(),
        "place": place,
        "online": lesson.online_url or "",
    }


def _tell(
    session: Session,
    what: str,
    enrolment: Enrolment,
    values: dict[str, Any],
    *,
    now: datetime,
    key: str = "",
    calendar: bool = False,
) -> None:
    """Put the mail `training/<what>` to a trainee into the outbox; once for each enrolment and `key`."""
    for reader in readers(session, [enrolment.person_id]):
        facts = {"name": reader.name, **cohort_facts(session, enrolment.cohort), **values}
        if calendar:
            theirs = attending.by_cohorts([enrolment.cohort_id])
            ids = session.scalars(sa.select(Lesson.id).where(theirs)).all()
            facts["calendar"] = mail.snapshot(session, EntrySource.STUDY, ids, enrolment.person_id)
        enqueue(
            session,
            kind=f"training/{what}",
            to=reader.address,
            locale=reader.locale,
            snapshot=facts,
            dedupe_key=f"training/{what}:{enrolment.id}:{key}",
            now=now,
            thread=mail.thread(enrolment.person_id),
        )


def _certified(session: Session, certificate_id: int) -> tuple[Enrolment, dict[str, Any]]:
    certificate = session.get_one(Certificate, certificate_id)
    values = {"certificate": certificate.number, "path": f"/certificates/{certificate.code}"}
    return _enrolment(session, certificate.enrolment_id), values


def _enrolment(session: Session, enrolment_id: int) -> Enrolment:
    options = [joinedload(Enrolment.person), joinedload(Enrolment.cohort).joinedload(Cohort.course)]
    return session.get_one(Enrolment, enrolment_id, options=options)


def _link(session: Session, enrolment: Enrolment, now: datetime) -> str:
    return PAGE + links.mint(session, enrolment, now=now)
