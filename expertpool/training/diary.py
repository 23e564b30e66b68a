"""Book teachers and trainees for the lessons of a cohort, and name what stands in the way.

A trainee's commitment to a lesson is the sign that they can come: a trainee without one was booked
elsewhere when the lesson was planned or moved (see `rosters.unbooked`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.availability import naming
from expertpool.availability import queries as diary
from expertpool.availability import service as availability
from expertpool.availability.models import Commitment
from expertpool.availability.service import DoubleBooked
from expertpool.errors import N_
from expertpool.events import Actor
from expertpool.people.models import Person
from expertpool.training import attending
from expertpool.training.models import Cohort, Lesson, LessonState

LESSON = "lesson"
"""What books people and rooms for a lesson."""


def ahead(session: Session, cohort: Cohort, now: datetime) -> Sequence[Lesson]:
    """Return the lessons of a cohort that are not over, joint ones included, in order of time."""
    return session.scalars(
        sa.select(Lesson)
        .where(attending.by_cohorts([cohort.id]), Lesson.state == LessonState.PLANNED, Lesson.ends > now)
        .order_by(Lesson.starts, Lesson.id)
    ).all()


def refuse_clash(session: Session, person: Person, lessons: Sequence[Lesson], *, actor: Actor) -> None:
    """Raise `DoubleBooked`, naming both, when a person is booked for something at the time of a lesson.

    What a person is booked for is told to themselves alone as far as it may be secret.
    """
    bookings = diary.bookings_of(session, person.id, [(each.starts, each.ends) for each in lessons])
    if not bookings:
        return
    first = bookings[0]
    lesson = next(each for each in lessons if each.starts < first.ends and first.starts < each.ends)
    themselves = person.user_id is not None and person.user_id == actor.user_id
    raise DoubleBooked(
        N_("%(person)s is booked for %(what)s at the time of the lesson “%(lesson)s”."),
        person_ids=[person.id],
        person=person.name,
        what=naming.names_of(session, [first], to_themselves=themselves)[0],
        lesson=lesson.title,
    )


def book(session: Session, person: Person, lessons: Sequence[Lesson], *, actor: Actor) -> None:
    """Book a person for lessons, those for which they are booked already left as they are.

    Raises `DoubleBooked` naming the clash.
    """
    booked = set(
        session.scalars(
            sa.select(Commitment.source_id).where(
                Commitment.person_id == person.id,
                Commitment.source_kind == LESSON,
                Commitment.source_id.in_([each.id for each in lessons]),
            )
        )
    )
    wanted = [each for each in lessons if each.id not in booked]
    refuse_clash(session, person, wanted, actor=actor)
    if wanted:
        slots = {each.id: (each.starts, each.ends) for each in wanted}
        availability.book_times(session, person.id, slots, source_kind=LESSON)


def book_many(session: Session, person_ids: Sequence[int], lesson: Lesson) -> list[int]:
    """Book those of many people for a lesson who are free then; return the ids of the others."""
    left: set[int] = set()
    while wanted := set(person_ids) - left:
        taken = diary.committed(session, wanted, lesson.starts, lesson.ends)
        left |= taken
        try:
            free = dict.fromkeys(wanted - taken, lesson.id)
            availability.book(session, free, lesson.starts, lesson.ends, source_kind=LESSON)
            break
        except DoubleBooked as error:
            left |= error.person_ids
    return sorted(left)


def book_all(session: Session, person_ids: Sequence[int], lesson: Lesson, *, actor: Actor) -> None:
    """Book many people for a lesson, all or nothing; raises `DoubleBooked`, naming who is booked elsewhere.

    Of one person it also names what for.
    """
    taken = diary.committed(session, person_ids, lesson.starts, lesson.ends)
    if len(taken) == 1:
        refuse_clash(session, session.get_one(Person, *taken), [lesson], actor=actor)
    people = dict.fromkeys(person_ids, lesson.id)
    availability.book(session, people, lesson.starts, lesson.ends, source_kind=LESSON)


def release(session: Session, person_id: int, lessons: Sequence[Lesson]) -> None:
    """Free a person from lessons."""
    availability.release(session, LESSON, [each.id for each in lessons], person_id=person_id)
