"""Who was at a lesson: noted by an organiser's list, or by trainees who scan the code on the wall."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.people.models import Person
from expertpool.settings.crypto import keyring
from expertpool.training import attending, places
from expertpool.training.events import PresenceNoted, PresenceRemoved
from expertpool.training.models import (
    Cohort,
    CohortState,
    Enrolment,
    EnrolmentState,
    Lesson,
    LessonState,
    Presence,
)

LIST, QR = "list", "qr"
WINDOW = timedelta(minutes=2)
"""How long one code is shown; it is taken for one window more."""
EARLY = timedelta(hours=1)
"""How long before its start a lesson may be checked into."""
FIGURES = 20
"""Hexadecimal digits of a code: 80 bits."""


def is_noted(session: Session, lesson: Lesson, person: Person) -> bool:
    """Tell whether somebody is noted as present already."""
    query = sa.select(Presence.id).join(Enrolment, Enrolment.id == Presence.enrolment_id)
    of_person = query.where(Presence.lesson_id == lesson.id, Enrolment.person_id == person.id)
    return session.scalar(of_person.limit(1)) is not None


def note(
    session: Session,
    lesson: Lesson,
    enrolment_ids: Iterable[int],
    via: str = LIST,
    *,
    actor: Actor,
    now: datetime,
) -> list[int]:
    """Note enrolled trainees as present; return the enrolments that were not noted before."""
    _require_time(session, lesson, now)
    wanted = _enrolled(session, lesson, set(enrolment_ids))
    known = session.scalars(sa.select(Presence.enrolment_id).where(Presence.lesson_id == lesson.id))
    new = {number: person for number, person in sorted(wanted.items()) if number not in set(known)}
    if not new:
        return []
    session.add_all(
        Presence(lesson_id=lesson.id, enrolment_id=number, via=via, noted_at=now) for number in new
    )
    session.flush()
    event = PresenceNoted(lesson.id, cohort_id=lesson.cohort_id, person_ids=list(new.values()), via=via)
    record(session, event, actor=actor, now=now)
    session.flush()
    return list(new)


def remove(
    session: Session, lesson: Lesson, enrolment_ids: Iterable[int], *, actor: Actor, now: datetime
) -> list[int]:
    """Note that trainees were not there after all; return the enrolments that had been noted."""
    _require_time(session, lesson, now)
    people = _enrolled(session, lesson, set(enrolment_ids))
    gone = session.scalars(
        sa.delete(Presence)
        .where(Presence.lesson_id == lesson.id, Presence.enrolment_id.in_(list(people)))
        .returning(Presence.enrolment_id)
    ).all()
    if gone:
        event = PresenceRemoved(
            lesson.id, cohort_id=lesson.cohort_id, person_ids=[people[each] for each in sorted(gone)]
        )
        record(session, event, actor=actor, now=now)
        session.flush()
    return sorted(gone)


def check_in_code(lesson: Lesson, now: datetime) -> str:
    """Return the code that is shown in the room at this moment; it works for minutes only."""
    return _code(lesson, int(now.timestamp() // WINDOW.total_seconds()))


def check_in(
    session: Session, lesson: Lesson, person: Person, code: str, *, actor: Actor, now: datetime
) -> bool:
    """Note an enrolled person as present by the code in the room; return whether that is new.

    Raises `Invalid` for an old or wrong code, outside the lesson's time, or for who is not enrolled.
    """
    if now >= lesson.ends:
        raise Invalid(N_("This lesson is over. Ask the organiser to note you on the list."))
    window = int(now.timestamp() // WINDOW.total_seconds())
    if not any(hmac.compare_digest(_code(lesson, each), code) for each in (window, window - 1)):
        raise Invalid(N_("This code is no longer valid. Scan the one that is shown now."))
    enrolments = session.scalars(
        sa.select(Enrolment.id).where(
            Enrolment.cohort_id.in_(attending.cohort_ids(lesson)),
            Enrolment.person_id == person.id,
            Enrolment.state == EnrolmentState.ENROLLED,
        )
    ).all()
    if enrolments:
        return bool(note(session, lesson, enrolments, QR, actor=actor, now=now))
    if person.id in lesson.guest_ids:
        raise Invalid(N_("%(person)s is a guest here: nobody notes who of them came."), person=person.name)
    raise Invalid(N_("%(person)s is not enrolled in this cohort."), person=person.name)


def is_open(session: Session, lesson: Lesson) -> bool:
    """Whether a cohort that is at a lesson is not over, so that presence may be noted."""
    open_ = sa.select(Cohort.id).where(
        Cohort.id.in_(attending.cohort_ids(lesson)), Cohort.state == CohortState.OPEN
    )
    return session.scalar(open_.limit(1)) is not None


def _code(lesson: Lesson, window: int) -> str:
    signature = keyring().sign(f"check-in {lesson.id} {window}".encode())
    return signature.partition(":")[2][:FIGURES]


def _require_time(session: Session, lesson: Lesson, now: datetime) -> None:
    places.lock_all(session, attending.cohort_ids(lesson))
    if not is_open(session, lesson) or lesson.state is not LessonState.PLANNED:
        raise Invalid(N_("This lesson does not take place, or its cohort is over."))
    if now < lesson.starts - EARLY:
        raise Invalid(N_("Presence is noted from an hour before the lesson."))


def _enrolled(session: Session, lesson: Lesson, ids: set[int]) -> dict[int, int]:
    """Return enrolment -> person; raises `Invalid` when one of them is not enrolled in a cohort of it."""
    rows = session.execute(
        sa.select(Enrolment.id, Enrolment.person_id).where(
            Enrolment.cohort_id.in_(attending.cohort_ids(lesson)),
            Enrolment.state == EnrolmentState.ENROLLED,
            Enrolment.id.in_(ids),
        )
    )
    found = {row.id: row.person_id for row in rows}
    if ids - found.keys():
        raise Invalid(N_("Only enrolled trainees can be noted. Somebody has left meanwhile."))
    return found
