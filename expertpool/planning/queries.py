"""Reads of timetables and their runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from expertpool.errors import N_, NotFound
from expertpool.organisations.models import Organisation
from expertpool.planning.models import NOT_CANCELLED, CohortLesson, Placement, Timetable, TimetableCohort
from expertpool.planning.run_models import TimetableRun, TimetableRunState
from expertpool.training.models import GOING, Cohort, Course


def get(session: Session, timetable_id: int) -> Timetable:
    """Return a timetable with its office, or raise `NotFound`."""
    timetable = session.get(Timetable, timetable_id, options=[joinedload(Timetable.owner)])
    if timetable is None:
        raise NotFound(N_("There is no such timetable."))
    return timetable


def listed(scope: frozenset[int] | None) -> sa.Select[Timetable]:
    """Return the statement of the timetables of these offices (None: all), those that end last first."""
    query = sa.select(Timetable).options(joinedload(Timetable.owner))
    if scope is not None:
        query = query.where(Timetable.owner_id.in_(scope))
    return query.order_by(Timetable.last.desc(), Timetable.id.desc())


def counts(session: Session, timetable_ids: Iterable[int]) -> dict[int, tuple[int, int, int]]:
    """Return how many cohorts, lessons and placed lessons timetables have."""
    ids = list(timetable_ids)
    of_cohorts = (
        sa.select(
            TimetableCohort.timetable_id,
            sa.func.count(sa.distinct(TimetableCohort.cohort_id)),
            sa.func.count(CohortLesson.id),
        )
        .join(Cohort, Cohort.id == TimetableCohort.cohort_id)
        .outerjoin(CohortLesson, CohortLesson.cohort_id == TimetableCohort.cohort_id)
        .where(TimetableCohort.timetable_id.in_(ids), NOT_CANCELLED)
        .group_by(TimetableCohort.timetable_id)
    )
    placed = (
        sa.select(Placement.timetable_id, sa.func.count())
        .join(CohortLesson)
        .join(Cohort)
        .where(Placement.timetable_id.in_(ids), NOT_CANCELLED)
        .group_by(Placement.timetable_id)
    )
    known = dict(session.execute(placed).all())
    found = {id_: numbers for id_, *numbers in session.execute(of_cohorts)}
    return {id_: (*found.get(id_, (0, 0)), known.get(id_, 0)) for id_ in ids}


def newest_runs(session: Session, timetable_ids: Iterable[int]) -> dict[int, TimetableRun]:
    """Return the newest run of each timetable that has one."""
    newest = (
        sa.select(sa.func.max(TimetableRun.id))
        .where(TimetableRun.timetable_id.in_(list(timetable_ids)))
        .group_by(TimetableRun.timetable_id)
    )
    found = session.scalars(sa.select(TimetableRun).where(TimetableRun.id.in_(newest)))
    return {each.timetable_id: each for each in found}


def last_answer(session: Session, timetable: Timetable) -> TimetableRun | None:
    """Return the last run of a timetable that came to its end."""
    return session.scalar(
        sa.select(TimetableRun)
        .where(TimetableRun.timetable_id == timetable.id, TimetableRun.state == TimetableRunState.DONE)
        .order_by(TimetableRun.number.desc())
        .limit(1)
    )


def offices(session: Session, scope: frozenset[int] | None) -> list[tuple[int, str]]:
    """Return those of these offices (None: all) that have cohorts which are not over: id and name."""
    query = (
        sa.select(Organisation.id, Organisation.name, Organisation.name_pinyin)
        .join(Course, Course.owner_id == Organisation.id)
        .join(Cohort, Cohort.course_id == Course.id)
        .where(Cohort.state.in_(GOING))
        .distinct()
        .order_by(Organisation.name_pinyin, Organisation.id)
    )
    if scope is not None:
        query = query.where(Organisation.id.in_(scope))
    return [(id_, name) for id_, name, _ in session.execute(query)]


def plannable(session: Session, owner_id: int) -> Sequence[Cohort]:
    """Return the cohorts of an office that are not over, newest first."""
    return session.scalars(
        sa.select(Cohort)
        .join(Cohort.course)
        .where(Course.owner_id == owner_id, Cohort.state.in_(GOING))
        .options(joinedload(Cohort.course))
        .order_by(Cohort.id.desc())
    ).all()
