"""Verbs on what is to be taught: the outline of a course, and the lessons that a cohort is to have.

A list is saved as a whole. What a cohort has already as published lessons is changed on their own pages.
"""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.planning import fitting
from expertpool.planning.events import CohortLessonsChanged, OutlineChanged
from expertpool.planning.models import (
    CohortLesson,
    CohortLessonShare,
    Delivery,
    LessonKind,
    OutlineLesson,
    Placement,
)
from expertpool.planning.rows import is_published, minutes_of
from expertpool.text.languages import normal
from expertpool.training import checks, cohorts, places, sharing, teachings
from expertpool.training.models import Cohort, CohortState, Course, Lesson, LessonState, Teaching

MOST_LESSONS = 200
LONGEST_EQUIPMENT = 200
MOST_SPACING = 200
"""Days."""


@dataclass(frozen=True)
class Row:
    """One line of a list. `id` None is a new one; of a course's outline `teaching_id` is None."""

    title: str
    minutes: int
    kind: LessonKind = LessonKind.LECTURE
    delivery: Delivery = Delivery.ON_SITE
    equipment: tuple[str, ...] = ()
    language: str | None = None
    least_days: int | None = None
    most_days: int | None = None
    """From the lesson before it."""
    teaching_id: int | None = None
    person_id: int | None = None
    """An expert of the pool instead of a teacher of the cohort."""
    joint_ids: tuple[int, ...] = ()
    guest_ids: tuple[int, ...] = ()
    """Other cohorts that have it jointly, and single trainees."""
    together: bool = False
    """Of a course's outline: whether cohorts that one timetable places have it jointly."""
    id: int | None = None


FIELDS = ("title", "minutes", "kind", "delivery", "equipment", "language", "least_days", "most_days")
OWN = ("teaching_id", "person_id", "joint_ids", "guest_ids")
"""What a cohort's list has besides."""


def outline_of(session: Session, course: Course) -> Sequence[OutlineLesson]:
    """Return the lessons that a course consists of, in order."""
    return session.scalars(
        sa.select(OutlineLesson)
        .where(OutlineLesson.course_id == course.id)
        .order_by(OutlineLesson.position, OutlineLesson.id)
    ).all()


def lessons_of(session: Session, cohort_ids: Sequence[int]) -> Sequence[CohortLesson]:
    """Return what cohorts are to be taught, with what of it is published, by cohort and in order."""
    return session.scalars(
        sa.select(CohortLesson)
        .where(CohortLesson.cohort_id.in_(cohort_ids))
        .options(
            joinedload(CohortLesson.lesson).options(
                joinedload(Lesson.room),
                joinedload(Lesson.teaching).joinedload(Teaching.person),
                selectinload(Lesson.shares),
            ),
            joinedload(CohortLesson.teaching),
            selectinload(CohortLesson.shares),
        )
        .order_by(CohortLesson.cohort_id, CohortLesson.position, CohortLesson.id)
    ).all()


def joined_by(cohort: Cohort) -> sa.Select[CohortLesson]:
    """Return the statement of the lessons on lists of others, not cancelled, that `cohort` has jointly."""
    joint = sa.select(CohortLessonShare.cohort_lesson_id).where(CohortLessonShare.cohort_id == cohort.id)
    cancelled = sa.select(Cohort.id).where(Cohort.state == CohortState.CANCELLED)
    query = sa.select(CohortLesson).where(
        CohortLesson.id.in_(joint), CohortLesson.cohort_id.not_in(cancelled)
    )
    query = query.options(joinedload(CohortLesson.lesson))
    return query.order_by(CohortLesson.cohort_id, CohortLesson.position, CohortLesson.id)


def lacking(session: Session, cohort: Cohort) -> list[OutlineLesson]:
    """Return what a cohort without a list is to have of its course's outline.

    What the outline wants together is left out as often as the cohort has it jointly already.
    """
    had = Counter(session.scalars(joined_by(cohort).with_only_columns(CohortLesson.title)))
    found = []
    for each in outline_of(session, cohort.course):
        if each.together and had[each.title]:
            had[each.title] -= 1
        else:
            found.append(each)
    return found


def languages_of(session: Session, owner_id: int) -> set[str]:
    """Return the languages in which lessons of an office's courses are to be taught."""
    outlined = sa.select(OutlineLesson.language).join(Course, Course.id == OutlineLesson.course_id)
    listed = sa.select(CohortLesson.language).join(Cohort, Cohort.id == CohortLesson.cohort_id)
    listed = listed.join(Course, Course.id == Cohort.course_id)
    asked = (each.where(Course.owner_id == owner_id) for each in (outlined, listed))
    return {each for each in session.scalars(sa.union(*asked)) if each}


def set_outline(
    session: Session, course: Course, rows: Sequence[Row], *, actor: Actor, now: datetime
) -> None:
    """List the lessons of a course anew, in this order. Raises `Invalid` at `rows-<number>-<field>`."""
    checked = _checked(rows)
    session.execute(sa.delete(OutlineLesson).where(OutlineLesson.course_id == course.id))
    for position, row in enumerate(checked, 1):
        values = _values(row) | {"together": row.together}
        session.add(OutlineLesson(course_id=course.id, position=position, **values))
    session.flush()
    event = OutlineChanged(course.id, lessons=len(checked), minutes=sum(each.minutes for each in checked))
    record(session, event, actor=actor, now=now)
    session.flush()


def set_lessons(
    session: Session, cohort: Cohort, rows: Sequence[Row], *, actor: Actor, now: datetime
) -> None:
    """List anew what a cohort is to be taught and does not have yet. Raises `Invalid` as `set_outline`.

    Published lessons stay where they are in the order; the others follow in the order given.
    """
    places.lock(session, cohort)
    cohorts.require_going(cohort)
    checked = _checked(rows)
    known = {each.id: each for each in lessons_of(session, [cohort.id])}
    waiting = {id_: each for id_, each in known.items() if not is_published(each)}
    _require_teachers(session, cohort, checked, now)
    _require_shares(session, cohort, checked, waiting)
    added = changed = 0
    kept = {each.id for each in checked if each.id in waiting}
    position = max((each.position for each in known.values() if is_published(each)), default=0)
    for row in checked:
        position += 1
        present = waiting.get(row.id) if row.id is not None else None
        if present is None:
            added += 1
            session.add(CohortLesson(cohort_id=cohort.id, position=position, **_own(row), **_values(row)))
            continue
        wanted = {**_values(row), **_own(row), "position": position}
        if present.minutes != row.minutes:
            _lengthen(session, present, row.minutes)
        changed += any(getattr(present, name) != value for name, value in wanted.items())
        for name, value in wanted.items():
            setattr(present, name, value)
    removed = [each for id_, each in waiting.items() if id_ not in kept]
    for each in removed:
        session.delete(each)
    session.flush()
    if added or changed or removed:
        event = CohortLessonsChanged(cohort.id, added=added, changed=changed, removed=len(removed))
        record(session, event, actor=actor, now=now)
        session.flush()


def adopt(session: Session, cohort: Cohort, *, first: Cohort | None = None, now: datetime) -> None:
    """Have a cohort's list hold the lessons that it has ahead, and the course's outline if it has no list.

    What the outline wants together joins the lessons of the `first` cohort of the course instead, while those
    have room for another cohort. A lesson that was planned by hand takes the place of the first listed one of
    its title.
    """
    listed = list(lessons_of(session, [cohort.id]))
    if not listed:
        listed = _copied(session, cohort, first)
    known = {each.lesson_id for each in listed}
    waiting = [each for each in listed if not is_published(each)]
    ahead = sa.select(Lesson).where(
        Lesson.cohort_id == cohort.id, Lesson.state == LessonState.PLANNED, Lesson.ends > now
    )
    for lesson in session.scalars(ahead.order_by(Lesson.starts, Lesson.id)).all():
        if lesson.id in known:
            continue
        row = next((each for each in waiting if each.title == lesson.title), None)
        if row is None:
            row = _row_of(cohort, lesson, len(listed) + 1)
            session.add(row)
            listed.append(row)
        else:
            waiting.remove(row)
        row.lesson_id = lesson.id
    session.flush()
    for each in listed:
        session.expire(each, ["lesson"])


def delivery_of(lesson: Lesson) -> Delivery:
    """Return where a lesson that was planned by hand is taught."""
    if lesson.room_id is None and lesson.online_url:
        return Delivery.ONLINE
    return Delivery.BOTH if lesson.online_url else Delivery.ON_SITE


def _lengthen(session: Session, row: CohortLesson, minutes: int) -> None:
    """Have a lesson last so long wherever it is placed."""
    for placement in session.scalars(sa.select(Placement).where(Placement.cohort_lesson_id == row.id)):
        placement.ends = placement.starts + timedelta(minutes=minutes)


def _copied(session: Session, cohort: Cohort, first: Cohort | None) -> list[CohortLesson]:
    joinable: dict[str, list[CohortLesson]] = defaultdict(list)
    for row in lessons_of(session, [first.id]) if first is not None else []:
        shares = row.joint_ids
        if not is_published(row) and cohort.id not in shares and len(shares) < sharing.MOST_JOINT:
            joinable[row.title].append(row)
    rows = []
    for each in lacking(session, cohort):
        if each.together and joinable[each.title]:
            row = joinable[each.title].pop(0)
            row.joint_ids = (*row.joint_ids, cohort.id)
        else:
            rows.append(CohortLesson(cohort_id=cohort.id, position=each.position, **_values(each)))
    session.add_all(rows)
    session.flush()
    return rows


def _row_of(cohort: Cohort, lesson: Lesson, position: int) -> CohortLesson:
    return CohortLesson(
        cohort_id=cohort.id,
        position=position,
        title=lesson.title,
        minutes=minutes_of(lesson),
        kind=LessonKind.LECTURE,
        delivery=delivery_of(lesson),
        equipment=[],
        joint_ids=lesson.joint_ids,
        guest_ids=lesson.guest_ids,
    )


def _values(row: Row | OutlineLesson) -> dict[str, object]:
    return {name: getattr(row, name) for name in FIELDS} | {"equipment": list(row.equipment)}


def _own(row: Row) -> dict[str, object]:
    return {name: getattr(row, name) for name in OWN}


def _checked(rows: Sequence[Row]) -> list[Row]:
    if len(rows) > MOST_LESSONS:
        raise Invalid(N_("A list holds at most %(most)s lessons."), most=MOST_LESSONS)
    return [_tidied(number, row) for number, row in enumerate(rows)]


def _tidied(number: int, row: Row) -> Row:
    title = checks.needed(row.title, f"rows-{number}-title", 200)
    checks.within(row.minutes, f"rows-{number}-minutes", 10, 720)
    equipment = tuple(dict.fromkeys(text for each in row.equipment if (text := " ".join(each.split()))))
    checks.line("、".join(equipment), f"rows-{number}-equipment", LONGEST_EQUIPMENT)
    language = normal(checks.line(row.language, f"rows-{number}-language", 40))
    for name in ("least_days", "most_days"):
        if (days := getattr(row, name)) is not None:
            checks.within(days, f"rows-{number}-{name}", 0, MOST_SPACING)
    if row.least_days is not None and row.most_days is not None and row.most_days < row.least_days:
        raise Invalid(N_("The most days can't be fewer than the least."), field=f"rows-{number}-most_days")
    return dataclasses.replace(
        row,
        title=title,
        equipment=equipment,
        language=language or None,
        joint_ids=sharing.tidied(row.joint_ids),
        guest_ids=sharing.tidied(row.guest_ids),
    )


def _require_shares(
    session: Session, cohort: Cohort, rows: Sequence[Row], present: Mapping[int, CohortLesson]
) -> None:
    for number, row in enumerate(rows):
        old = present.get(row.id or 0)
        known = (old.joint_ids, old.guest_ids) if old is not None else ((), ())
        field = f"rows-{number}-shared"
        sharing.require(session, cohort, row.joint_ids, row.guest_ids, known=known, field=field)


def _require_teachers(session: Session, cohort: Cohort, rows: Sequence[Row], now: datetime) -> None:
    live = {each.id for each in cohort.teachings if each.state in teachings.LIVE}
    fit = {each.person_id for each in fitting.for_cohort(session, cohort, now=now)}
    present = {each.id: each.person_id for each in lessons_of(session, [cohort.id])}
    for number, row in enumerate(rows):
        if row.teaching_id is not None and row.teaching_id not in live:
            raise Invalid(N_("Choose a teacher of this cohort."), field=f"rows-{number}-teacher")
        kept = row.person_id == present.get(row.id or 0)
        if row.person_id is not None and not kept and row.person_id not in fit:
            raise Invalid(N_("Choose somebody who fits this course."), field=f"rows-{number}-teacher")
