"""Who is in a cohort: its enrolments in the order of a roster, narrowed and a page at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from expertpool.availability.models import Commitment
from expertpool.people.models import EmailAddress, Person
from expertpool.training import attending
from expertpool.training.diary import LESSON
from expertpool.training.models import (
    Certificate,
    Cohort,
    Enrolment,
    EnrolmentState,
    Lesson,
    LessonShare,
    LessonState,
)
from expertpool.training.queries import WITH_PLACE, certificates_of, positions_of


@dataclass(frozen=True)
class RosterRow:
    """One enrolment for the organiser. `position` is that in the waiting list, 0 for others."""

    enrolment: Enrolment
    person: Person
    email: str | None
    position: int
    certificate: Certificate | None
    unbooked: Sequence[Lesson]
    """Lessons ahead at whose time an enrolled trainee is booked elsewhere."""


def statement(
    *cohort_ids: int, states: Collection[EnrolmentState] = (), name: str = ""
) -> sa.Select[Enrolment, str]:
    """Return the statement of the enrolments of one or more cohorts, each with the person's first address.

    Those with a place come by name, then the waiting list in its order, then the others.
    """
    group = sa.case(
        (Enrolment.state.in_(WITH_PLACE), 0), (Enrolment.state == EnrolmentState.WAITING, 1), else_=2
    )
    in_line = sa.case((Enrolment.state == EnrolmentState.WAITING, Enrolment.queued_at))
    query = (
        sa.select(Enrolment, EmailAddress.address)
        .join(Enrolment.person)
        .outerjoin(EmailAddress, sa.and_(EmailAddress.person_id == Person.id, EmailAddress.position == 0))
        .where(Enrolment.cohort_id.in_(cohort_ids))
        .options(contains_eager(Enrolment.person))
        .order_by(group, in_line, Person.name_pinyin, Enrolment.id)
    )
    if states:
        query = query.where(Enrolment.state.in_(states))
    for word in name.split():
        columns = (Person.name, Person.name_pinyin, EmailAddress.address)
        query = query.where(sa.or_(*(each.icontains(word, autoescape=True) for each in columns)))
    return query


def rows(
    session: Session, cohort: Cohort, found: Iterable[sa.Row[Enrolment, str]], *, now: datetime
) -> list[RosterRow]:
    """Return rows of `statement` with all that a roster tells; three reads, however many rows."""
    found = list(found)
    positions = positions_of(session, [cohort.id])
    held = certificates_of(session, [row.Enrolment.id for row in found])
    missing = unbooked(session, cohort, now=now)
    return [
        RosterRow(
            row.Enrolment,
            row.Enrolment.person,
            row.address,
            positions.get(row.Enrolment.id, 0),
            held.get(row.Enrolment.id),
            missing.get(row.Enrolment.person_id, ()),
        )
        for row in found
    ]


def counts(session: Session, cohort: Cohort) -> dict[EnrolmentState, int]:
    """Return how many enrolments of a cohort are in each state."""
    counted = sa.select(Enrolment.state, sa.func.count()).where(Enrolment.cohort_id == cohort.id)
    return dict(session.execute(counted.group_by(Enrolment.state)).all())


def unbooked_guests(session: Session, lessons: Iterable[Lesson], *, now: datetime) -> dict[int, set[int]]:
    """Return lesson -> guests who are booked elsewhere at its time, of lessons ahead."""
    ids = [each.id for each in lessons if each.state is LessonState.PLANNED and each.ends > now]
    booked = sa.exists().where(
        Commitment.source_kind == LESSON,
        Commitment.source_id == LessonShare.lesson_id,
        Commitment.person_id == LessonShare.person_id,
    )
    query = sa.select(LessonShare.lesson_id, LessonShare.person_id).where(
        LessonShare.lesson_id.in_(ids), ~booked
    )
    found: dict[int, set[int]] = defaultdict(set)
    for lesson_id, person_id in session.execute(query):
        if person_id is not None:
            found[lesson_id].add(person_id)
    return dict(found)


def unbooked(session: Session, cohort: Cohort, *, now: datetime) -> dict[int, list[Lesson]]:
    """Return person -> lessons ahead, for the enrolled trainees who are booked elsewhere at their time."""
    at = attending.pairs()
    booked = sa.exists().where(
        Commitment.source_kind == LESSON,
        Commitment.source_id == Lesson.id,
        Commitment.person_id == Enrolment.person_id,
    )
    query = (
        sa.select(Enrolment.person_id, Lesson)
        .join(at, at.c.cohort_id == Enrolment.cohort_id)
        .join(Lesson, Lesson.id == at.c.lesson_id)
        .where(
            Enrolment.cohort_id == cohort.id,
            Enrolment.state == EnrolmentState.ENROLLED,
            Lesson.state == LessonState.PLANNED,
            Lesson.ends > now,
            ~booked,
        )
        .order_by(Lesson.starts, Lesson.id)
    )
    found: dict[int, list[Lesson]] = defaultdict(list)
    for row in session.execute(query):
        found[row.person_id].append(row.Lesson)
    return dict(found)
