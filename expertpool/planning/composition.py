"""Rows of the database as a problem of the engine: a fixed number of reads, however many lessons.

Ids of the problem are a letter and the id of a row: `l` lessons to place, `c` cohorts, `p` people (teachers
and trainees), `r` rooms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import config
from expertpool.availability import naming
from expertpool.availability.models import BusyTime, Commitment, Room, RoomCommitment
from expertpool.database import batches
from expertpool.errors import Sentence
from expertpool.people.models import Person
from expertpool.planning import outlines, periods, timetables
from expertpool.planning.fitting import Fit, fitting
from expertpool.planning.models import CohortLesson, Delivery, Placement, Timetable
from expertpool.settings import holidays
from expertpool.settings.models import DayKind as OfficeDay
from expertpool.settings.models import Holiday
from expertpool.timetabling.plans import problem as plans
from expertpool.timetabling.plans.problem import Busy, Day, DayKind, Kind, Mode, Order, Problem, Weights
from expertpool.training.diary import LESSON
from expertpool.training.models import Cohort, Enrolment, EnrolmentState, Lesson, LessonState, Teaching
from expertpool.training.teachings import LIVE

MODES = {Delivery.ON_SITE: Mode.ON_SITE, Delivery.ONLINE: Mode.ONLINE, Delivery.BOTH: Mode.BOTH}
WEIGHTS = {each.name: each.default for each in fields(Weights)}
"""What each soft rule costs unless a timetable says otherwise."""
SATURDAY = 5
FOLLOWING = 3
"""Of so many lessons that follow it in the list, each lesson is told to be before."""
HERE = "here"
"""The place of rooms without an address."""


@dataclass(frozen=True)
class Composed:
    """A timetable as the engine sees it, and the rows behind its ids."""

    timetable: Timetable
    problem: Problem
    plan: tuple[plans.Placement, ...]
    """The draft, as far as its lessons are in the problem."""
    rows: Mapping[int, CohortLesson]
    cohorts: Mapping[int, Cohort]
    rooms: Mapping[int, Room]
    teachings: Mapping[int, Teaching]
    """Live ones of these cohorts."""
    fits: Mapping[int, Sequence[Fit]]
    """Experts of the pool who could teach a cohort that has no teacher, by its id."""
    names: Mapping[int, str]
    """Of the people in the problem."""
    placements: Mapping[int, Placement]
    """Placements of the draft by lesson to place; also of lessons outside of the problem."""
    bookings: Mapping[str, str | Sentence]
    """What busy times are for, by their key in the problem."""


def lesson_key(row_id: int) -> str:
    """Return the id of a lesson to place in the problem."""
    return f"l{row_id}"


def person_key(person_id: int) -> str:
    """Return the id of a teacher or trainee in the problem."""
    return f"p{person_id}"


def number_of(key: str) -> int:
    """Return the id of the row that a key of the problem stands for."""
    return int(key[1:])


def compose(session: Session, timetable: Timetable, *, now: datetime) -> Composed:
    """Return what is asked of the engine for a timetable as it is now."""
    return _Composing(session, timetable, now).composed()


class _Composing:
    """What is read on the way from a timetable to its problem."""

    def __init__(self, session: Session, timetable: Timetable, now: datetime) -> None:
        self.session, self.timetable, self.now = session, timetable, now
        self.zone = config.zone_of()
        self.first = datetime.combine(timetable.first, time(), self.zone)
        self.end = datetime.combine(timetable.last + timedelta(days=1), time(), self.zone)
        self.not_before = max(timetable.first, now.astimezone(self.zone).date() + timedelta(days=1))
        self.cohorts = self._cohorts()
        self.placements = {each.cohort_lesson_id: each for each in timetables.placements(session, timetable)}
        self.rows = {each.id: each for each in outlines.lessons_of(session, list(self.cohorts))}
        self.rooms = self._rooms()
        self.teachings = self._teachings()
        self.trainees = self._trainees()
        self.fits = self._fits()
        self.asked = {id_: row for id_, row in self.rows.items() if self._is_asked(row)}
        self.bookings: dict[str, str | Sentence] = {}

    def composed(self) -> Composed:
        asked = {id_ for id_, row in self.rows.items() if row.leaving} | self.asked.keys()
        own = {lesson_id for id_ in asked if (lesson_id := self.rows[id_].lesson_id) is not None}
        people = self._people_teaching() | self.trainees.keys()
        busy = self._busy_people(people, own)
        rooms = self._busy_rooms(own)
        groups = self._busy_cohorts(own)
        problem = Problem(
            days=days(self.session, self.timetable),
            lessons=tuple(self._lesson(row) for row in self.asked.values()),
            cohorts=tuple(self._cohort(each, groups[each.id]) for each in self.cohorts.values()),
            trainees=tuple(self._needing_diary(busy)),
            teachers=tuple(self._teachers(busy)),
            rooms=tuple(self._room(each, rooms[each.id]) for each in self.rooms.values()),
            travel=tuple(self._travel()),
            orders=tuple(self._orders()) if self.timetable.in_order else (),
            pins=tuple(self._placed(row) for row in self.asked.values() if self._is_pinned(row)),
            published=tuple(
                self._as_published(row) for row in self.asked.values() if outlines.is_published(row)
            ),
            not_before=self.not_before,
            grid=periods.grid(self.timetable.periods),
            weights=Weights(**{**WEIGHTS, **self.timetable.weights}),
        )
        return Composed(
            timetable=self.timetable,
            problem=problem,
            plan=tuple(self._placed(row) for row in self.asked.values() if row.id in self.placements),
            rows=self.rows,
            cohorts=self.cohorts,
            rooms=self.rooms,
            teachings=self.teachings,
            fits=self.fits,
            names=self._names(people),
            placements=self.placements,
            bookings=self.bookings,
        )

    # What is read.

    def _cohorts(self) -> dict[int, Cohort]:
        ids = timetables.cohort_ids(self.session, self.timetable)
        query = sa.select(Cohort).where(Cohort.id.in_(ids)).options(joinedload(Cohort.course))
        return {each.id: each for each in self.session.scalars(query.order_by(Cohort.id))}

    def _rooms(self) -> dict[int, Room]:
        """Return the rooms of the office, and others in which its lessons are already."""
        used = {each.room_id for each in self.placements.values()}
        used |= {row.lesson.room_id for row in self.rows.values() if row.lesson is not None}
        query = sa.select(Room).where(
            sa.or_(Room.owner_id == self.timetable.owner_id, Room.id.in_(used - {None})),
            Room.retired_at.is_(None),
        )
        return {each.id: each for each in self.session.scalars(query.order_by(Room.name, Room.id))}

    def _teachings(self) -> dict[int, Teaching]:
        query = sa.select(Teaching).where(Teaching.cohort_id.in_(self.cohorts), Teaching.state.in_(LIVE))
        return {each.id: each for each in self.session.scalars(query.order_by(Teaching.id))}

    def _trainees(self) -> dict[int, list[int]]:
        """Return the cohorts of each enrolled trainee."""
        query = sa.select(Enrolment.person_id, Enrolment.cohort_id).where(
            Enrolment.cohort_id.in_(self.cohorts), Enrolment.state == EnrolmentState.ENROLLED
        )
        found: dict[int, list[int]] = defaultdict(list)
        for person_id, cohort_id in self.session.execute(query.order_by(Enrolment.id)):
            found[person_id].append(cohort_id)
        return found

    def _fits(self) -> dict[int, list[Fit]]:
        """Return who of the pool could teach the cohorts that have no teacher, trainees left out."""
        taught = {each.cohort_id for each in self.teachings.values()}
        without = [each for id_, each in self.cohorts.items() if id_ not in taught]
        found = fitting(self.session, {each.course_id for each in without}, now=self.now)
        return {
            cohort.id: [
                each
                for each in found.get(cohort.course_id, ())
                if cohort.id not in self.trainees.get(each.person_id, ())
            ]
            for cohort in without
        }

    def _people_teaching(self) -> set[int]:
        """Return the teachers of these cohorts, and whoever could become one."""
        chosen = {each.person_id for each in self.placements.values() if each.person_id is not None}
        could = {each.person_id for fits in self.fits.values() for each in fits}
        return {each.person_id for each in self.teachings.values()} | could | chosen

    def _names(self, people: set[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        for some in batches(people):
            query = sa.select(Person.id, Person.name).where(Person.id.in_(some))
            found.update(self.session.execute(query).all())
        return found

    def _busy_people(self, people: set[int], own: set[int]) -> dict[int, list[Busy]]:
        booked: list[Commitment] = []
        away: list[BusyTime] = []
        for some in batches(people):
            for kind, found in ((Commitment, booked), (BusyTime, away)):
                query = sa.select(kind).where(
                    kind.person_id.in_(some), kind.starts < self.end, kind.ends > self.first
                )
                found.extend(self.session.scalars(query.order_by(kind.starts, kind.id)))
        elsewhere = [each for each in booked if each.source_kind != LESSON or each.source_id not in own]
        busy: dict[int, list[Busy]] = defaultdict(list)
        for each, name in zip(elsewhere, naming.names_of(self.session, elsewhere), strict=True):
            key = f"{each.source_kind}-{each.source_id}"
            self.bookings[key] = name
            busy[each.person_id] += self._by_day(each.starts, each.ends, key)
        for absence in away:
            busy[absence.person_id] += self._by_day(absence.starts, absence.ends, "")
        return busy

    def _busy_rooms(self, own: set[int]) -> dict[int, list[Busy]]:
        query = sa.select(RoomCommitment).where(
            RoomCommitment.room_id.in_(self.rooms),
            RoomCommitment.starts < self.end,
            RoomCommitment.ends > self.first,
        )
        booked = [
            each
            for each in self.session.scalars(query.order_by(RoomCommitment.starts, RoomCommitment.id))
            if each.source_kind != LESSON or each.source_id not in own
        ]
        busy: dict[int, list[Busy]] = defaultdict(list)
        for each, name in zip(booked, naming.names_of(self.session, booked), strict=True):
            key = f"{each.source_kind}-{each.source_id}"
            self.bookings[key] = name
            busy[each.room_id] += self._by_day(each.starts, each.ends, key)
        return busy

    def _busy_cohorts(self, own: set[int]) -> dict[int, list[Busy]]:
        """Return lessons of these cohorts that the engine may not move: today's, and unlisted ones."""
        query = sa.select(Lesson).where(
            Lesson.cohort_id.in_(self.cohorts),
            Lesson.state == LessonState.PLANNED,
            Lesson.starts < self.end,
            Lesson.ends > self.first,
            Lesson.id.not_in(own),
        )
        busy: dict[int, list[Busy]] = defaultdict(list)
        for lesson in self.session.scalars(query.order_by(Lesson.starts, Lesson.id)):
            key = f"{LESSON}-{lesson.id}"
            self.bookings[key] = f"{self.cohorts[lesson.cohort_id].number} {lesson.title}"
            busy[lesson.cohort_id] += self._by_day(lesson.starts, lesson.ends, key)
        return busy

    def _by_day(self, starts: datetime, ends: datetime, what: str) -> Iterator[Busy]:
        """Yield a time that may last over several days as one a day, within this timetable."""
        start, end = max(starts, self.first).astimezone(self.zone), min(ends, self.end).astimezone(self.zone)
        day = start.date()
        while day <= end.date():
            begins = _minutes(start) if day == start.date() else 0
            ends_at = _minutes(end) if day == end.date() else 24 * 60
            if ends_at > begins:
                yield Busy(day, begins, ends_at, what=what)
            day += timedelta(days=1)

    # What becomes of it.

    def _is_asked(self, row: CohortLesson) -> bool:
        """Whether a lesson is the engine's to place: not one that is published outside of these days."""
        if row.lesson is None or not outlines.is_published(row):
            return True
        if row.leaving:
            return False
        return moment(self.not_before, 0) <= row.lesson.starts < self.end

    def _is_pinned(self, row: CohortLesson) -> bool:
        placement = self.placements.get(row.id)
        return placement is not None and placement.pinned

    def _lesson(self, row: CohortLesson) -> plans.Lesson:
        minutes = length_of(row)
        teachers = self._possible_teachers(row)
        return plans.Lesson(
            id=lesson_key(row.id),
            minutes=minutes,
            course=f"c{row.cohort_id}",
            kind=Kind(row.kind.value),
            mode=MODES[row.delivery],
            cohorts=(f"c{row.cohort_id}",),
            taught=bool(teachers),
            teachers=teachers,
            equipment=frozenset(row.equipment),
            available=periods.windows(self.timetable.periods, minutes),
        )

    def _possible_teachers(self, row: CohortLesson) -> tuple[str, ...]:
        if row.teaching_id is not None and row.teaching_id in self.teachings:
            return (person_key(self.teachings[row.teaching_id].person_id),)
        own = [each.person_id for each in self.teachings.values() if each.cohort_id == row.cohort_id]
        return tuple(map(person_key, own or (each.person_id for each in self.fits.get(row.cohort_id, ()))))

    def _cohort(self, cohort: Cohort, busy: Sequence[Busy]) -> plans.Cohort:
        most = self.timetable.cohort_minutes
        return plans.Cohort(f"c{cohort.id}", cohort.capacity, most_a_day=most, busy=tuple(busy))

    def _needing_diary(self, busy: Mapping[int, list[Busy]]) -> Iterator[plans.Trainee]:
        """Yield the trainees whom their cohort does not stand for."""
        for person_id, ids in self.trainees.items():
            if len(ids) > 1 or busy.get(person_id):
                yield plans.Trainee(
                    f"p{person_id}", tuple(f"c{each}" for each in ids), busy=tuple(busy.get(person_id, ()))
                )

    def _teachers(self, busy: Mapping[int, list[Busy]]) -> Iterator[plans.Teacher]:
        for person_id in sorted(self._people_teaching()):
            yield plans.Teacher(
                person_key(person_id),
                most_a_day=self.timetable.teacher_minutes,
                busy=tuple(busy.get(person_id, ())),
            )

    def _room(self, room: Room, busy: Sequence[Busy]) -> plans.Room:
        return plans.Room(
            f"r{room.id}", room.capacity, room.address or HERE, frozenset(room.equipment), busy=tuple(busy)
        )

    def _travel(self) -> Iterator[plans.Travel]:
        places = sorted({each.address or HERE for each in self.rooms.values()})
        for number, one in enumerate(places):
            for other in places[number + 1 :]:
                yield plans.Travel(one, other, self.timetable.travel_minutes)

    def _orders(self) -> Iterator[Order]:
        """Yield which lesson follows which; two that are published the other way round stay so.

        Each is before several that follow, so that one without a place does not cut the order in two.
        """
        of: dict[int, list[CohortLesson]] = defaultdict(list)
        for row in self.asked.values():
            of[row.cohort_id].append(row)
        for rows in of.values():
            for number, before in enumerate(rows, 1):
                for after in rows[number : number + FOLLOWING]:
                    if not self._are_reversed(before, after):
                        yield Order(lesson_key(before.id), lesson_key(after.id))

    def _are_reversed(self, before: CohortLesson, after: CohortLesson) -> bool:
        if not (outlines.is_published(before) and outlines.is_published(after)):
            return False
        assert before.lesson is not None
        assert after.lesson is not None
        return after.lesson.starts < before.lesson.ends

    def _placed(self, row: CohortLesson) -> plans.Placement:
        placement = self.placements[row.id]
        teaching = self.teachings.get(placement.teaching_id or 0)
        person_id = teaching.person_id if teaching else placement.person_id
        return self._placement(row.id, placement.starts, placement.room_id, person_id)

    def _as_published(self, row: CohortLesson) -> plans.Placement:
        assert row.lesson is not None
        teaching = self.teachings.get(row.lesson.teaching_id or 0)
        person_id = teaching.person_id if teaching else None
        return self._placement(row.id, row.lesson.starts, row.lesson.room_id, person_id)

    def _placement(
        self, row_id: int, starts: datetime, room_id: int | None, person_id: int | None
    ) -> plans.Placement:
        local = starts.astimezone(self.zone)
        return plans.Placement(
            lesson_key(row_id),
            local.date(),
            _minutes(local),
            f"r{room_id}" if room_id in self.rooms else None,
            person_key(person_id) if person_id is not None else None,
        )


def days(session: Session, timetable: Timetable) -> tuple[Day, ...]:
    """Return the days of a timetable by the office's table: weekends are listed only when they are worked."""
    special = {each.day: each for each in holidays.between(session, timetable.first, timetable.last)}
    spans = periods.spans(timetable.periods)
    found = []
    for number in range((timetable.last - timetable.first).days + 1):
        day = timetable.first + timedelta(days=number)
        kind = _kind(day, special.get(day))
        if kind is not None:
            found.append(Day(day, spans, kind))
    return tuple(found)


def length_of(row: CohortLesson) -> int:
    """Return how many minutes a lesson lasts: as it is published, else as it is listed."""
    if row.lesson is not None and outlines.is_published(row):
        return outlines.minutes_of(row.lesson)
    return row.minutes


def title_of(row: CohortLesson) -> str:
    """Return what a lesson is called: as it is published, else as it is listed."""
    return row.lesson.title if row.lesson is not None and outlines.is_published(row) else row.title


def moment(day: date, minutes: int) -> datetime:
    """Return the moment of a local day and minutes from its midnight."""
    clock = time(*divmod(minutes, 60)) if minutes < 24 * 60 else time()
    return datetime.combine(day + timedelta(days=minutes // (24 * 60)), clock, config.zone_of())


def _kind(day: date, special: Holiday | None) -> DayKind | None:
    if special is None:
        return DayKind.WORKING if day.weekday() < SATURDAY else None
    if special.kind is OfficeDay.WORKDAY:
        return DayKind.MADE_UP if day.weekday() >= SATURDAY else DayKind.WORKING
    if special.provisional:
        return DayKind.PROVISIONAL if day.weekday() < SATURDAY else None
    return DayKind.HOLIDAY


def _minutes(local: datetime) -> int:
    return local.hour * 60 + local.minute
