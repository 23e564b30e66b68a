"""The rows that a timetable stands on: cohorts, their lessons, rooms, teachers and trainees.

A fixed number of reads, however many lessons.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import config
from expertpool.availability.models import Room
from expertpool.database import batches
from expertpool.people.models import Person
from expertpool.planning import outlines, teachers, timetables
from expertpool.planning.days import moment
from expertpool.planning.fitting import Fit, fitting, shortlist
from expertpool.planning.models import CohortLesson, Timetable
from expertpool.planning.rows import is_published, sharing_of
from expertpool.training.models import GOING, Cohort, Enrolment, EnrolmentState, Teaching
from expertpool.training.teachings import LIVE


class Ground:
    """What is read of a timetable at a moment; read only."""

    def __init__(self, session: Session, timetable: Timetable, now: datetime) -> None:
        self.session, self.timetable, self.now = session, timetable, now
        self.zone = config.zone_of()
        self.first = datetime.combine(timetable.first, time(), self.zone)
        self.end = datetime.combine(timetable.last + timedelta(days=1), time(), self.zone)
        self.not_before = max(timetable.first, now.astimezone(self.zone).date() + timedelta(days=1))
        self.cohorts = self._cohorts()
        self.placements = {each.cohort_lesson_id: each for each in timetables.placements(session, timetable)}
        self.rows = {each.id: each for each in outlines.lessons_of(session, list(self.cohorts))}
        self.before = self._before()
        """Lesson -> the one before it in the list of its cohort, those left out that are to be cancelled."""
        self.joining = self._joining()
        """Other cohorts that share lessons of this timetable."""
        self.groups = {**self.cohorts, **self.joining}
        self.guests = {id_ for row in self.rows.values() for id_ in sharing_of(row).guest_ids}
        self.rooms = self._rooms()
        self.teachings = self._teachings()
        self.trainees = self._trainees()
        """Trainee -> their cohorts among these; guests may have none."""
        self.fits = self._fits()
        """Cohort without a teacher -> who of the pool could teach it."""
        self.asked = {id_: row for id_, row in self.rows.items() if self._is_asked(row)}
        """The lessons that are the engine's to place."""
        self.teachers = self._people_teaching()
        """The teachers of these cohorts, and whoever could become one."""
        self.names, self.languages = self._people()
        """Of teachers and trainees, by person."""
        self.terms = teachers.terms_of(session, timetable.owner_id, self.teachers)

    def _cohorts(self) -> dict[int, Cohort]:
        ids = timetables.cohort_ids(self.session, self.timetable)
        query = sa.select(Cohort).where(Cohort.id.in_(ids)).options(joinedload(Cohort.course))
        return {each.id: each for each in self.session.scalars(query.order_by(Cohort.id))}

    def _joining(self) -> dict[int, Cohort]:
        ids = {id_ for row in self.rows.values() for id_ in sharing_of(row).joint_ids} - self.cohorts.keys()
        query = sa.select(Cohort).where(Cohort.id.in_(ids), Cohort.state.in_(GOING))
        found = self.session.scalars(query.options(joinedload(Cohort.course)).order_by(Cohort.id))
        return {each.id: each for each in found}

    def _before(self) -> dict[int, CohortLesson]:
        staying = [row for row in self.rows.values() if not row.leaving]
        return {
            after.id: before for before, after in pairwise(staying) if before.cohort_id == after.cohort_id
        }

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
        query = sa.select(Enrolment.person_id, Enrolment.cohort_id).where(
            Enrolment.cohort_id.in_(self.groups), Enrolment.state == EnrolmentState.ENROLLED
        )
        found: dict[int, list[int]] = defaultdict(list, {each: [] for each in sorted(self.guests)})
        for person_id, cohort_id in self.session.execute(query.order_by(Enrolment.id)):
            found[person_id].append(cohort_id)
        return found

    def _fits(self) -> dict[int, list[Fit]]:
        """Return who could teach the cohorts that have no teacher, their trainees left out."""
        taught = {each.cohort_id for each in self.teachings.values()}
        without = [each for id_, each in self.cohorts.items() if id_ not in taught]
        found = fitting(self.session, {each.course_id for each in without}, now=self.now)
        return {
            cohort.id: shortlist(
                [
                    each
                    for each in found.get(cohort.course_id, ())
                    if cohort.id not in self.trainees.get(each.person_id, ())
                ],
                self._languages_of(cohort),
            )
            for cohort in without
        }

    def _languages_of(self, cohort: Cohort) -> set[str]:
        """Return the languages in which lessons of a cohort are to be taught."""
        return {row.language for row in self.rows.values() if row.cohort_id == cohort.id and row.language}

    def _is_asked(self, row: CohortLesson) -> bool:
        """Whether a lesson is the engine's to place: not one that is published outside of these days."""
        if self.cohorts[row.cohort_id].state not in GOING:
            return False
        if row.lesson is None or not is_published(row):
            return True
        if row.leaving:
            return False
        return moment(self.not_before, 0) <= row.lesson.starts < self.end

    def _people_teaching(self) -> set[int]:
        chosen = {each.person_id for each in self.placements.values() if each.person_id is not None}
        chosen |= {each.person_id for each in self.rows.values() if each.person_id is not None}
        could = {each.person_id for fits in self.fits.values() for each in fits}
        return {each.person_id for each in self.teachings.values()} | could | chosen

    def _people(self) -> tuple[dict[int, str], dict[int, list[str]]]:
        names: dict[int, str] = {}
        languages: dict[int, list[str]] = {}
        for some in batches(self.teachers | self.trainees.keys()):
            query = sa.select(Person.id, Person.name, Person.languages).where(Person.id.in_(some))
            for id_, name, spoken in self.session.execute(query):
                names[id_], languages[id_] = name, spoken
        return names, languages
