"""Lessons of a timetable as the engine sees them: what they need, their order, where they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from expertpool.planning import periods
from expertpool.planning.days import minutes_into
from expertpool.planning.ground import Ground
from expertpool.planning.keys import cohort_key, lesson_key, person_key, room_key
from expertpool.planning.models import CohortLesson, Delivery
from expertpool.planning.rows import is_published, length_of, sharing_of
from expertpool.timetabling.plans.problem import Kind, Lesson, Mode, Order, Placement

MODES = {Delivery.ON_SITE: Mode.ON_SITE, Delivery.ONLINE: Mode.ONLINE, Delivery.BOTH: Mode.BOTH}
FOLLOWING = 3
"""Of so many lessons that follow it in the list, each lesson is told to be before."""


def lesson(ground: Ground, row: CohortLesson) -> Lesson:
    """Return what a lesson asks for."""
    minutes = length_of(row)
    teachers = _possible_teachers(ground, row)
    earliest, latest = _window(ground, row)
    return Lesson(
        id=lesson_key(row.id),
        minutes=minutes,
        course=cohort_key(row.cohort_id),
        kind=Kind(row.kind.value),
        mode=MODES[row.delivery],
        cohorts=tuple(map(cohort_key, [row.cohort_id, *_joining(ground, row)])),
        trainees=tuple(map(person_key, sharing_of(row).guest_ids)),
        taught=bool(teachers),
        teachers=teachers,
        language=row.language,
        equipment=frozenset(row.equipment),
        earliest=earliest,
        latest=latest,
        available=periods.windows(ground.timetable.periods, minutes),
    )


def orders(ground: Ground) -> Iterable[Order]:
    """Return which lesson follows which; two that are published the other way round stay so.

    Each is before several that follow, so that one without a place does not cut the order in two. Where
    lessons need not follow each other, those do that are so many days from the lesson before. What a cohort
    shares with another of its course stands in its own order, too.
    """
    of: dict[int, list[CohortLesson]] = defaultdict(list)
    for row in sorted(ground.asked.values(), key=lambda each: (each.position, each.id)):
        of[row.cohort_id].append(row)
        for cohort_id in sharing_of(row).joint_ids:
            if _is_of_course(ground, cohort_id, row):
                of[cohort_id].append(row)
    return dict.fromkeys(order for rows in of.values() for order in _orders(ground, rows))


def _orders(ground: Ground, rows: list[CohortLesson]) -> Iterator[Order]:
    """Yield the orders among lessons of one cohort; of equal ones each is yielded."""
    for number, before in enumerate(rows, 1):
        for after in rows[number : number + FOLLOWING]:
            spaced = ground.before.get(after.id) is before and _is_spaced(after)
            if (ground.timetable.in_order or spaced) and not _are_reversed(before, after):
                least, most = (after.least_days or 0, after.most_days) if spaced else (0, None)
                yield Order(lesson_key(before.id), lesson_key(after.id), least, most)


def placed(ground: Ground, row: CohortLesson) -> Placement:
    """Return where a lesson stands in the draft."""
    placement = ground.placements[row.id]
    teaching = ground.teachings.get(placement.teaching_id or 0)
    person_id = teaching.person_id if teaching else placement.person_id
    return _placement(ground, row.id, placement.starts, placement.room_id, person_id)


def as_published(ground: Ground, row: CohortLesson) -> Placement:
    """Return where a published lesson stands now."""
    assert row.lesson is not None
    teaching = ground.teachings.get(row.lesson.teaching_id or 0)
    person_id = teaching.person_id if teaching else None
    return _placement(ground, row.id, row.lesson.starts, row.lesson.room_id, person_id)


def _window(ground: Ground, row: CohortLesson) -> tuple[date | None, date | None]:
    """Return the days between which a lesson is to be, after one that is published and stays where it is."""
    before = ground.before.get(row.id)
    if before is None or before.lesson is None or before.id in ground.asked or not _is_spaced(row):
        return None, None
    day = before.lesson.starts.astimezone(ground.zone).date()
    latest = None if row.most_days is None else day + timedelta(row.most_days)
    return day + timedelta(row.least_days or 0), latest


def _is_spaced(row: CohortLesson) -> bool:
    return row.least_days is not None or row.most_days is not None


def _joining(ground: Ground, row: CohortLesson) -> list[int]:
    return [each for each in sharing_of(row).joint_ids if each in ground.groups]


def _is_of_course(ground: Ground, cohort_id: int, row: CohortLesson) -> bool:
    other = ground.cohorts.get(cohort_id)
    return other is not None and other.course_id == ground.cohorts[row.cohort_id].course_id


def _possible_teachers(ground: Ground, row: CohortLesson) -> tuple[str, ...]:
    if row.person_id is not None:
        return (person_key(row.person_id),)
    if row.teaching_id is not None and row.teaching_id in ground.teachings:
        return (person_key(ground.teachings[row.teaching_id].person_id),)
    own = [each.person_id for each in ground.teachings.values() if each.cohort_id == row.cohort_id]
    return tuple(map(person_key, own or (each.person_id for each in ground.fits.get(row.cohort_id, ()))))


def _are_reversed(before: CohortLesson, after: CohortLesson) -> bool:
    if not (is_published(before) and is_published(after)):
        return False
    assert before.lesson is not None
    assert after.lesson is not None
    return after.lesson.starts < before.lesson.ends


def _placement(
    ground: Ground, row_id: int, starts: datetime, room_id: int | None, person_id: int | None
) -> Placement:
    local = starts.astimezone(ground.zone)
    return Placement(
        lesson_key(row_id),
        local.date(),
        minutes_into(local),
        room_key(room_id) if room_id is not None and room_id in ground.rooms else None,
        person_key(person_id) if person_id is not None else None,
    )
