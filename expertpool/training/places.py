"""Places of a cohort: rows, as many as its capacity, so that none can be given twice.

Whoever touches places or the waiting list of a cohort holds `lock` on it until the transaction ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.errors import N_, Invalid
from expertpool.training import attending
from expertpool.training.models import Cohort, Enrolment, EnrolmentState, Lesson, LessonState, Place


def lock(session: Session, cohort: Cohort) -> None:
    """Have those who touch one cohort wait for each other, and read it as the one before left it."""
    session.refresh(cohort, with_for_update=True)


def lock_all(session: Session, ids: Iterable[int]) -> dict[int, Cohort]:
    """Lock those of these cohorts that there are, in the order of their ids."""
    query = sa.select(Cohort).where(Cohort.id.in_(set(ids))).order_by(Cohort.id)
    found = {each.id: each for each in session.scalars(query)}
    for each in found.values():
        lock(session, each)
    return found


def add(session: Session, cohort: Cohort, count: int) -> None:
    """Add `count` places to a cohort."""
    last = session.scalar(sa.select(sa.func.max(Place.number)).where(Place.cohort_id == cohort.id)) or 0
    rows = [{"cohort_id": cohort.id, "number": last + each} for each in range(1, count + 1)]
    session.execute(sa.insert(Place), rows)


def remove(session: Session, cohort: Cohort, count: int) -> None:
    """Remove `count` free places; raises `Invalid` when so many are taken or offered."""
    going = free(session, cohort)[-count:]
    if len(going) < count:
        raise Invalid(
            N_("%(taken)s places are taken or offered: the capacity can't be less."),
            field="capacity",
            taken=cohort.capacity - len(going),
        )
    session.execute(sa.delete(Place).where(Place.id.in_([place.id for place in going])))


def free(session: Session, cohort: Cohort, *, at_most: int | None = None) -> Sequence[Place]:
    """Return the places that nobody has or is offered, by number."""
    taken = sa.exists().where(Enrolment.place_id == Place.id)
    query = sa.select(Place).where(Place.cohort_id == cohort.id, ~taken)
    return session.scalars(query.order_by(Place.number).limit(at_most)).all()


def waiting(session: Session, cohort: Cohort) -> sa.Select[Enrolment]:
    """Return the statement of the waiting list, in order."""
    return (
        sa.select(Enrolment)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.state == EnrolmentState.WAITING)
        .order_by(Enrolment.queued_at, Enrolment.id)
    )


def begins(session: Session, cohort: Cohort) -> datetime | None:
    """Return when the first lesson of a cohort starts; None while none is planned."""
    return session.scalar(
        sa.select(sa.func.min(Lesson.starts, type_=Lesson.starts.type)).where(
            attending.by_cohorts([cohort.id]), Lesson.state == LessonState.PLANNED
        )
    )
