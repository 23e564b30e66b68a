"""When people, rooms and cohorts are busy besides the lessons that a timetable may move."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa

from expertpool.availability import naming
from expertpool.availability.models import BusyTime, Commitment, RoomCommitment
from expertpool.database import batches
from expertpool.errors import Sentence
from expertpool.planning.days import minutes_into
from expertpool.planning.ground import Ground
from expertpool.timetabling.plans.problem import Busy
from expertpool.training import attending
from expertpool.training.diary import LESSON
from expertpool.training.models import Lesson, LessonState
from expertpool.training.naming import of_lessons


class Diaries:
    """Busy times by the ids of rows, one a day, within the days of a timetable."""

    def __init__(self, ground: Ground) -> None:
        self._ground, self._session = ground, ground.session
        rows = [each for each in ground.rows.values() if each.leaving or each.id in ground.asked]
        self._own = {each.lesson_id for each in rows if each.lesson_id is not None}
        self.bookings: dict[str, str | Sentence] = {}
        """What busy times are for, by `Busy.what`."""
        self._attended: dict[int, set[int]] = defaultdict(set)
        """Lesson that the engine may not move -> the cohorts at it, which stand for their trainees."""
        self.cohorts = self._cohorts()
        self.people = self._people()
        self.rooms = self._rooms()

    def _people(self) -> dict[int, list[Busy]]:
        ground = self._ground
        booked: list[Commitment] = []
        away: list[BusyTime] = []
        for some in batches(ground.teachers | ground.trainees.keys()):
            for kind, found in ((Commitment, booked), (BusyTime, away)):
                query = sa.select(kind).where(
                    kind.person_id.in_(some), kind.starts < ground.end, kind.ends > ground.first
                )
                found.extend(self._session.scalars(query.order_by(kind.starts, kind.id)))
        elsewhere = [each for each in booked if not self._is_own(each) and not self._is_with_cohort(each)]
        busy: dict[int, list[Busy]] = defaultdict(list)
        for each, name in zip(elsewhere, naming.names_of(self._session, elsewhere), strict=True):
            busy[each.person_id] += self._named(each, name)
        for absence in away:
            busy[absence.person_id] += self._by_day(absence.starts, absence.ends, "")
        return busy

    def _rooms(self) -> dict[int, list[Busy]]:
        ground = self._ground
        query = sa.select(RoomCommitment).where(
            RoomCommitment.room_id.in_(ground.rooms),
            RoomCommitment.starts < ground.end,
            RoomCommitment.ends > ground.first,
        )
        found = self._session.scalars(query.order_by(RoomCommitment.starts, RoomCommitment.id))
        booked = [each for each in found if not self._is_own(each)]
        busy: dict[int, list[Busy]] = defaultdict(list)
        for each, name in zip(booked, naming.names_of(self._session, booked), strict=True):
            busy[each.room_id] += self._named(each, name)
        return busy

    def _cohorts(self) -> dict[int, list[Busy]]:
        """Return lessons of these cohorts that the engine may not move: today's, and unlisted ones.

        Lessons that they share with others are among them.
        """
        ground, at = self._ground, attending.pairs()
        query = (
            sa.select(at.c.cohort_id, Lesson.id, Lesson.starts, Lesson.ends)
            .join(at, at.c.lesson_id == Lesson.id)
            .where(
                at.c.cohort_id.in_(ground.groups),
                Lesson.state == LessonState.PLANNED,
                Lesson.starts < ground.end,
                Lesson.ends > ground.first,
                Lesson.id.not_in(self._own),
            )
            .order_by(Lesson.starts, Lesson.id)
        )
        found = self._session.execute(query).all()
        names = of_lessons(self._session, [each.id for each in found], to_themselves=False)
        busy: dict[int, list[Busy]] = defaultdict(list)
        for each in found:
            key = f"{LESSON}-{each.id}"
            self.bookings[key] = names[each.id]
            self._attended[each.id].add(each.cohort_id)
            busy[each.cohort_id] += self._by_day(each.starts, each.ends, key)
        return busy

    def _is_own(self, booking: Commitment | RoomCommitment) -> bool:
        """Whether a lesson booked it that the engine may move, or that is to be cancelled."""
        return booking.source_kind == LESSON and booking.source_id in self._own

    def _is_with_cohort(self, booking: Commitment) -> bool:
        """Whether a trainee is at a lesson with a cohort, which is busy then itself."""
        ground = self._ground
        return (
            booking.source_kind == LESSON
            and booking.person_id not in ground.teachers
            and not self._attended[booking.source_id].isdisjoint(ground.trainees.get(booking.person_id, ()))
        )

    def _named(self, booking: Commitment | RoomCommitment, name: str | Sentence) -> Iterator[Busy]:
        key = f"{booking.source_kind}-{booking.source_id}"
        self.bookings[key] = name
        return self._by_day(booking.starts, booking.ends, key)

    def _by_day(self, starts: datetime, ends: datetime, what: str) -> Iterator[Busy]:
        """Yield a time that may last over several days as one a day, within the timetable."""
        ground = self._ground
        start = max(starts, ground.first).astimezone(ground.zone)
        end = min(ends, ground.end).astimezone(ground.zone)
        day = start.date()
        while day <= end.date():
            begins = minutes_into(start) if day == start.date() else 0
            ends_at = minutes_into(end) if day == end.date() else 24 * 60
            if ends_at > begins:
                yield Busy(day, begins, ends_at, what=what)
            day += timedelta(days=1)
