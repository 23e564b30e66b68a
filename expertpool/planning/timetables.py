"""Verbs on timetables: begin one, change its days, periods and cohorts, take over what is published."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid, Stale
from expertpool.events import Actor
from expertpool.organisations.models import Organisation
from expertpool.planning import outlines, weights
from expertpool.planning.events import PublishedTakenOver, TimetableChanged, TimetableCreated
from expertpool.planning.models import (
    NOT_CANCELLED,
    CohortLesson,
    DraftStep,
    Placement,
    Timetable,
    TimetableCohort,
)
from expertpool.planning.run_models import TimetableRun, TimetableRunState
from expertpool.training import checks
from expertpool.training.models import GOING, Cohort, CohortState, Course, Lesson, LessonState

PERIODS = (("08:30", "10:00"), ("10:20", "11:50"), ("14:00", "15:30"), ("15:50", "17:20"))
"""Two lessons of 90 minutes before and after noon, as most offices have them."""
MOST_DAYS, MOST_PERIODS, MOST_COHORTS = 200, 16, 60
WAITING = (TimetableRunState.QUEUED, TimetableRunState.RUNNING)


@dataclass(frozen=True)
class TimetableFacts:
    """The editable facts of a timetable; `periods` are pairs of times such as ("08:30", "10:00")."""

    title: str
    first: date
    last: date
    cohort_ids: tuple[int, ...]
    periods: tuple[tuple[str, str], ...] = PERIODS
    in_order: bool = True
    cohort_minutes: int | None = None
    teacher_minutes: int | None = None
    teacher_week_minutes: int | None = None
    travel_minutes: int = 30


PLAIN = (
    *("title", "first", "last", "in_order", "cohort_minutes", "teacher_minutes"),
    *("teacher_week_minutes", "travel_minutes"),
)


def create(
    session: Session, facts: TimetableFacts, *, owner: Organisation, actor: Actor, now: datetime
) -> Timetable:
    """Begin a timetable of an office, with the office's weights; raises `Invalid` naming the field."""
    checked = _tidied(session, facts, owner.id)
    made = Timetable(
        owner_id=owner.id,
        weights=weights.of_office(session, owner.id),
        created_by_id=actor.user_id,
        created_at=now,
    )
    _fill(made, checked, now)
    session.add(made)
    session.flush()
    session.add_all(TimetableCohort(timetable_id=made.id, cohort_id=each) for each in checked.cohort_ids)
    session.flush()
    event = TimetableCreated(
        made.id,
        owner_id=owner.id,
        first=made.first,
        last=made.last,
        cohort_ids=list(checked.cohort_ids),
    )
    record(session, event, actor=actor, now=now)
    take_over(session, made, actor=actor, now=now)
    return made


def change(
    session: Session,
    timetable: Timetable,
    facts: TimetableFacts,
    *,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> bool:
    """Give `timetable` the facts of a form; return whether that changed anything. Raises `Invalid`, `Stale`.

    Placements of cohorts that leave, and of days that do, leave the draft.
    """
    lock(session, timetable)
    if version is not None and version != timetable.version:
        raise Stale(N_("Somebody else has changed this timetable since you opened it."))
    before, after = facts_of(session, timetable), _tidied(session, facts, timetable.owner_id)
    old, new = dataclasses.asdict(before), dataclasses.asdict(after)
    changes = {field: [old[field], new[field]] for field in new if old[field] != new[field]}
    if not changes:
        return False
    _fill(timetable, after, now)
    _forget_steps(session, timetable)
    _set_cohorts(session, timetable, before.cohort_ids, after.cohort_ids)
    session.flush()
    record(session, TimetableChanged(timetable.id, changes=_told(changes)), actor=actor, now=now)
    take_over(session, timetable, actor=actor, now=now)
    return True


def set_weights(
    session: Session, timetable: Timetable, wanted: dict[str, int], *, actor: Actor, now: datetime
) -> bool:
    """Say how much each rule counts in this timetable; return whether that changed anything."""
    lock(session, timetable)
    changes = weights.changes_of(timetable.weights, wanted)
    if not changes:
        return False
    timetable.weights, timetable.updated_at = dict(wanted), now
    session.flush()
    record(session, TimetableChanged(timetable.id, changes=changes), actor=actor, now=now)
    session.flush()
    return True


def take_over(session: Session, timetable: Timetable, *, actor: Actor, now: datetime) -> int:
    """Bring the draft in line with lessons published or moved since they were placed; return how many."""
    query = sa.select(Cohort).where(Cohort.id.in_(cohort_ids(session, timetable))).order_by(Cohort.id)
    cohorts, firsts = session.scalars(query).all(), dict[int, Cohort]()
    for cohort in cohorts:
        outlines.adopt(session, cohort, first=firsts.get(cohort.course_id), now=now)
        if cohort.state in GOING:
            firsts.setdefault(cohort.course_id, cohort)
    placed = {each.cohort_lesson_id: each for each in placements(session, timetable)}
    taken = 0
    for row, lesson in _published(session, [each.id for each in cohorts], now):
        placement = placed.get(row.id)
        if placement is not None and placement.lesson_version == lesson.version:
            continue
        if placement is None:
            placement = Placement(timetable_id=timetable.id, cohort_lesson_id=row.id)
            session.add(placement)
        placement.starts, placement.ends = lesson.starts, lesson.ends
        placement.room_id, placement.teaching_id = lesson.room_id, lesson.teaching_id
        placement.person_id = None
        placement.lesson_version = lesson.version
        taken += 1
    session.flush()
    if taken:
        _forget_steps(session, timetable)
        record(session, PublishedTakenOver(timetable.id, lessons=taken), actor=actor, now=now)
        session.flush()
    return taken


def lock(session: Session, timetable: Timetable) -> None:
    """Have those who change one draft wait for each other; raises `Invalid` while a run works at it."""
    session.refresh(timetable, with_for_update=True)
    working = sa.select(TimetableRun.id).where(
        TimetableRun.timetable_id == timetable.id, TimetableRun.state.in_(WAITING)
    )
    if session.scalar(working.limit(1)):
        raise Invalid(N_("A plan is being worked out. Wait for it, stop it, or call it off first."))


def facts_of(session: Session, timetable: Timetable) -> TimetableFacts:
    """Return the present facts of `timetable`."""
    plain: dict[str, Any] = {name: getattr(timetable, name) for name in PLAIN}
    return TimetableFacts(
        **plain,
        cohort_ids=tuple(cohort_ids(session, timetable)),
        periods=tuple((each[0], each[1]) for each in timetable.periods),
    )


def cohort_ids(session: Session, timetable: Timetable) -> list[int]:
    """Return the cohorts of a timetable that were not cancelled, by id."""
    query = sa.select(TimetableCohort.cohort_id).join(Cohort).where(NOT_CANCELLED)
    query = query.where(TimetableCohort.timetable_id == timetable.id)
    return list(session.scalars(query.order_by(TimetableCohort.cohort_id)))


def placements(session: Session, timetable: Timetable) -> Sequence[Placement]:
    """Return the placements of a draft, in order of time; not those of cancelled cohorts."""
    return session.scalars(
        sa.select(Placement)
        .join(CohortLesson)
        .join(Cohort)
        .where(Placement.timetable_id == timetable.id, NOT_CANCELLED)
        .order_by(Placement.starts, Placement.id)
    ).all()


def _forget_steps(session: Session, timetable: Timetable) -> None:
    session.execute(sa.delete(DraftStep).where(DraftStep.timetable_id == timetable.id))


def _fill(timetable: Timetable, facts: TimetableFacts, now: datetime) -> None:
    for name in PLAIN:
        setattr(timetable, name, getattr(facts, name))
    timetable.periods, timetable.updated_at = [list(each) for each in facts.periods], now


def _published(
    session: Session, ids: Collection[int], now: datetime
) -> Sequence[sa.Row[CohortLesson, Lesson]]:
    """Return the lessons of these cohorts that are ahead, with their rows in the list."""
    return session.execute(
        sa.select(CohortLesson, Lesson)
        .join(Lesson, Lesson.id == CohortLesson.lesson_id)
        .where(CohortLesson.cohort_id.in_(ids), Lesson.state == LessonState.PLANNED, Lesson.ends > now)
        .where(~CohortLesson.leaving)
        .order_by(CohortLesson.id)
    ).all()


def _set_cohorts(session: Session, timetable: Timetable, old: Sequence[int], new: Sequence[int]) -> None:
    gone = set(old) - set(new)
    of_timetable = TimetableCohort.timetable_id == timetable.id
    session.execute(sa.delete(TimetableCohort).where(of_timetable, TimetableCohort.cohort_id.in_(gone)))
    theirs = sa.select(CohortLesson.id).where(CohortLesson.cohort_id.in_(gone))
    session.execute(
        sa.delete(Placement).where(
            Placement.timetable_id == timetable.id, Placement.cohort_lesson_id.in_(theirs)
        )
    )
    coming = sorted(set(new) - set(old))
    session.add_all(TimetableCohort(timetable_id=timetable.id, cohort_id=each) for each in coming)


def _told(changes: dict[str, list[object]]) -> dict[str, list[object]]:
    """Return changes as the trail tells them: periods as 08:30-10:00."""
    if "periods" in changes:
        written = [["-".join(pair) for pair in side] for side in changes["periods"]]  # type: ignore[attr-defined]
        return changes | {"periods": list(written)}
    return changes


def _tidied(session: Session, facts: TimetableFacts, owner_id: int) -> TimetableFacts:
    title = checks.needed(facts.title, "title", 200)
    if facts.last < facts.first:
        raise Invalid(N_("The last day lies before the first."), field="last")
    if (facts.last - facts.first).days >= MOST_DAYS:
        raise Invalid(N_("A timetable spans at most %(most)s days."), field="last", most=MOST_DAYS)
    ids = tuple(sorted(set(facts.cohort_ids)))
    if not ids:
        raise Invalid(N_("Choose at least one cohort."), field="cohort_ids")
    if len(ids) > MOST_COHORTS:
        raise Invalid(
            N_("A timetable holds at most %(most)s cohorts."), field="cohort_ids", most=MOST_COHORTS
        )
    if set(ids) - _possible(session, owner_id, ids):
        raise Invalid(N_("One of these cohorts is over, or not of this office."), field="cohort_ids")
    limits = {"cohort_minutes": 1440, "teacher_minutes": 1440, "teacher_week_minutes": 7 * 1440}
    for name, longest in limits.items():
        if (most := getattr(facts, name)) is not None:
            checks.within(most, name, 10, longest)
    checks.within(facts.travel_minutes, "travel_minutes", 0, 600)
    return dataclasses.replace(facts, title=title, cohort_ids=ids, periods=_ordered(facts.periods))


def _possible(session: Session, owner_id: int, ids: Sequence[int]) -> set[int]:
    query = (
        sa.select(Cohort.id)
        .join(Course, Course.id == Cohort.course_id)
        .where(
            Cohort.id.in_(ids),
            Course.owner_id == owner_id,
            Cohort.state.in_((CohortState.DRAFT, CohortState.OPEN)),
        )
    )
    return set(session.scalars(query))


def _ordered(periods: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return periods as HH:MM; raises `Invalid` for a time that is none, or that overlaps the one before."""
    if not 1 <= len(periods) <= MOST_PERIODS:
        raise Invalid(N_("Give 1 to %(most)s periods."), field="periods", most=MOST_PERIODS)
    times = []
    for text in (each for period in periods for each in period):
        try:
            times.append(time.fromisoformat(text.strip()).replace(second=0, microsecond=0, tzinfo=None))
        except ValueError:
            raise Invalid(N_("“%(text)s” is no time of day."), field="periods", text=text) from None
    for number, (before, after) in enumerate(pairwise(times)):
        if after < before or (after == before and number % 2 == 0):
            raise Invalid(
                N_("%(time)s comes too early: periods follow each other."),
                field="periods",
                time=f"{after:%H:%M}",
            )
    written = [f"{each:%H:%M}" for each in times]
    return tuple(zip(written[::2], written[1::2], strict=True))
