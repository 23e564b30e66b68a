"""One week of a draft as a table: days and times down; rooms, teachers or cohorts across."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain

from flask_babel import format_date, gettext, ngettext

from expertpool.planning import periods
from expertpool.planning.composition import Composed
from expertpool.planning.differences import Difference, What
from expertpool.planning.keys import number_of
from expertpool.planning.models import CohortLesson
from expertpool.planning.periods import text_of
from expertpool.planning.rows import length_of, title_of
from expertpool.settings.models import DayKind, Holiday
from expertpool.timetabling.plans.problem import Busy, Cohort, Placement, Room, Teacher
from expertpool.timetabling.plans.result import Breach
from expertpool.training.models import Cohort as Group
from expertpool.web.kit import dates
from expertpool.web.kit.locale import language
from expertpool.web.planning.told import Told
from expertpool.web.planning.wording import CLASHES

NOWHERE = ""
"""The column of lessons without a room or teacher."""
FRIDAY = 4


@dataclass(frozen=True)
class Column:
    """A room, teacher or cohort: its key in the problem, name, and a note such as its seats."""

    key: str
    name: str
    note: str = ""


@dataclass(frozen=True)
class Entry:
    """Something in a cell: a lesson (`row`), a booking elsewhere, or an absence."""

    column: str
    start: int
    end: int
    title: str
    notes: tuple[str, ...] = ()
    row: CohortLesson | None = None
    placement: Placement | None = None
    pinned: bool = False
    clashes: tuple[str, ...] = ()
    away: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell of the table over `span` lines; empty for a free time."""

    column: Column
    start: int
    span: int = 1
    entries: tuple[Entry, ...] = ()

    @property
    def face(self) -> str:
        """Classes of the cell."""
        if not self.entries:
            return ""
        if any(each.clashes for each in self.entries) or len(self.entries) > 1:
            return "ep-lesson is-clash"
        (entry,) = self.entries
        if entry.away:
            return "ep-closed"
        return "ep-lesson" if entry.row is not None else "ep-lesson is-panel"


@dataclass
class Line:
    """One time of a day; `cells` leaves out what a cell above spans."""

    start: int
    cells: list[Cell] = field(default_factory=list)

    @property
    def clock(self) -> str:
        """HH:MM."""
        return text_of(self.start)


@dataclass(frozen=True)
class Day:
    """A day with its lines; `closed` says why there are none."""

    date: date
    name: str
    """Day of the week."""
    short: str
    """The date as tables write it."""
    note: str
    closed: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class Week:
    """A week from its Monday."""

    monday: date
    columns: Sequence[Column]
    days: Sequence[Day]

    @property
    def sunday(self) -> date:
        """The last day."""
        return self.monday + timedelta(days=6)

    @property
    def lessons(self) -> int:
        """How many lessons it has."""
        cells = chain.from_iterable(line.cells for day in self.days for line in day.lines)
        return len({entry.row.id for cell in cells for entry in cell.entries if entry.row is not None})


class Weekly:
    """Makes weeks of one draft, by `room`, `teacher` or `cohort`."""

    def __init__(
        self,
        composed: Composed,
        told: Told,
        by: str,
        breaches: Iterable[Breach],
        changes: Iterable[Difference],
    ) -> None:
        self._composed, self._told, self._by = composed, told, by
        self._changes = {each.row.id: each for each in changes}
        problem = composed.problem
        self._lessons = {each.id: each for each in problem.lessons}
        self._sizes = {each.id: each.size for each in problem.cohorts}
        self._members = {each.id: set(each.cohorts) for each in problem.trainees}
        self._clashes: Mapping[str, list[str]] = defaultdict(list)
        for breach in breaches:
            if breach.rule in CLASHES:
                self._clashes[breach.lesson].append(told.breach(breach))
                if other := told.other(breach):
                    text = gettext("clash with “%(lesson)s”", lesson=told.title(breach.lesson))
                    self._clashes[other].append(str(text))

    def week(self, monday: date, special: Mapping[date, Holiday]) -> Week:
        """Return the week from `monday`; `special` are days that are not what their weekday says."""
        columns = self._columns(monday)
        entries: dict[date, list[Entry]] = defaultdict(list)
        for placement in self._composed.plan:
            if 0 <= (placement.day - monday).days < 7:
                entries[placement.day] += self._lesson(placement)
        for column, busy in self._busy():
            if 0 <= (busy.date - monday).days < 7:
                entries[busy.date].append(self._booking(column, busy))
        days = [
            self._day(day, entries[day], columns, special.get(day))
            for day in (monday + timedelta(days=number) for number in range(7))
            if self._is_shown(day, entries[day], special.get(day))
        ]
        return Week(monday, columns, days)

    def _is_shown(self, day: date, entries: Sequence[Entry], special: Holiday | None) -> bool:
        timetable = self._composed.timetable
        if not timetable.first <= day <= timetable.last:
            return False
        worked = special is not None and special.kind is DayKind.WORKDAY
        return day.weekday() <= FRIDAY or worked or any(each.row is not None for each in entries)

    def _day(
        self, day: date, entries: Sequence[Entry], columns: Sequence[Column], special: Holiday | None
    ) -> Day:
        teaching = {each.date: each for each in self._composed.problem.days}
        note, closed = self._note(special), ""
        if day not in teaching or teaching[day].kind.value == "holiday":
            closed = note or str(gettext("No teaching day"))
            entries = [each for each in entries if each.row is not None]
            if not entries:
                return _day_of(day, "", closed, [])
        starts = {each.start for each in entries}
        times = sorted(
            starts | (set(periods.begins(self._composed.timetable.periods)) if not closed else set())
        )
        lines = [Line(each) for each in times]
        for column in columns:
            for cell in _cells(column, [each for each in entries if each.column == column.key], times):
                lines[times.index(cell.start)].cells.append(cell)
        return _day_of(day, closed or note, "", lines)

    def _note(self, special: Holiday | None) -> str:
        if special is None:
            return ""
        name = (special.name_en or special.name) if language() == "en" else special.name
        if special.kind is DayKind.WORKDAY:
            return str(gettext("%(name)s, worked", name=name))
        if special.provisional:
            return str(gettext("perhaps %(name)s, not announced yet", name=name))
        return name

    def _columns(self, monday: date) -> list[Column]:
        if self._by == "teacher":
            people = [each.id for each in self._composed.problem.teachers]
            found = [Column(key, self._told.person(key)) for key in people]
            nobody = str(gettext("nobody yet"))
        elif self._by == "cohort":
            return [Column(f"c{each.id}", self._told.cohort(each), each.number) for each in self._groups()]
        else:
            rooms = self._composed.rooms.values()
            found = [Column(f"r{each.id}", each.name, _seats(each.capacity)) for each in rooms]
            nobody = str(gettext("Online or no room"))
        shown = [each for each in self._composed.plan if 0 <= (each.day - monday).days < 7]
        if any(NOWHERE in self._columns_of(each) for each in shown):
            found.append(Column(NOWHERE, nobody))
        return found

    def _groups(self) -> list[Group]:
        """Return the cohorts of the timetable, and others that share its lessons."""
        return [*self._composed.cohorts.values(), *self._composed.joining.values()]

    def _columns_of(self, placement: Placement) -> list[str]:
        """Return the columns in which a lesson stands: one, or that of each cohort that has it."""
        if self._by == "teacher":
            return [placement.teacher or NOWHERE]
        if self._by == "cohort":
            return list(self._lessons[placement.lesson].cohorts)
        return [placement.room or NOWHERE]

    def _busy(self) -> Iterator[tuple[str, Busy]]:
        problem = self._composed.problem
        whose: Sequence[Teacher | Cohort | Room] = problem.rooms
        if self._by == "teacher":
            whose = problem.teachers
        elif self._by == "cohort":
            whose = problem.cohorts
        for each in whose:
            for busy in each.busy:
                yield each.id, busy

    def _booking(self, column: str, busy: Busy) -> Entry:
        first, last = self._frame()
        start, end = max(busy.start, first), min(busy.end, last)
        if start >= end:
            start, end = busy.start, busy.end
        return Entry(column, start, end, self._told.booking(busy.what), away=not busy.what)

    def _frame(self) -> tuple[int, int]:
        spans = periods.spans(self._composed.timetable.periods)
        return spans[0].start, spans[-1].end

    def _lesson(self, placement: Placement) -> list[Entry]:
        """Return a lesson as it stands in each of its columns."""
        row = self._composed.rows[number_of(placement.lesson)]
        kept = self._composed.placements[row.id]
        cohort = self._composed.cohorts[row.cohort_id]
        short = self._told.cohort(cohort)
        teacher = self._told.person(placement.teacher) if placement.teacher else ""
        room = self._told.room(placement.room) if placement.room else ""
        others = self._told.company(row, row.cohort_id)
        lines = {
            "room": (short, title_of(row), others, _joined(teacher, _people(self._seats(placement)))),
            "teacher": (short, title_of(row), others, room),
            "cohort": (title_of(row), "", _joined(teacher, room)),
        }
        title, *notes = lines[self._by]
        return [
            Entry(
                column,
                placement.start,
                placement.start + length_of(row),
                title,
                tuple(filter(None, [self._company(row, column), *notes, self._changed(row)])),
                row,
                placement,
                kept.pinned,
                tuple(self._clashes.get(placement.lesson, ())),
            )
            for column in self._columns_of(placement)
        ]

    def _company(self, row: CohortLesson, column: str) -> str:
        """Return who shares a lesson with the cohort whose column it stands in."""
        return self._told.company(row, number_of(column)) if self._by == "cohort" else ""

    def _seats(self, placement: Placement) -> int:
        """Return how many seats a lesson needs: all places of its cohorts, and one for each guest."""
        lesson, sizes = self._lessons[placement.lesson], self._sizes
        guests = [key for key in lesson.trainees if not self._members.get(key, set()) & set(lesson.cohorts)]
        return sum(sizes[key] for key in lesson.cohorts) + len(guests)

    def _changed(self, row: CohortLesson) -> str:
        change = self._changes.get(row.id)
        if change is None:
            return ""
        if change.what is What.PLANNED:
            return str(gettext("new"))
        if change.lesson is not None and "time" in change.parts:
            return str(gettext("published for %(moment)s", moment=dates.stamp(change.lesson.starts)))
        return str(gettext("other room or teacher than published"))


def _cells(column: Column, entries: Sequence[Entry], times: Sequence[int]) -> Iterator[Cell]:
    """Yield the cells of one column: entries that overlap share one."""
    at = 0
    waiting = sorted(entries, key=lambda each: (each.start, each.end))
    while at < len(times):
        here = [each for each in waiting if each.start == times[at]]
        if not here:
            yield Cell(column, times[at])
            at += 1
            continue
        begun = at
        end = max(each.end for each in here)
        at += 1
        while at < len(times) and times[at] < end:
            more = [each for each in waiting if each.start == times[at]]
            here += more
            end = max([end, *(each.end for each in more)])
            at += 1
        yield Cell(column, times[begun], at - begun, tuple(here))


def _day_of(day: date, note: str, closed: str, lines: Sequence[Line]) -> Day:
    short = "MM-dd" if language() == "zh_Hans" else "d MMM"
    return Day(day, str(format_date(day, "EEE")), str(format_date(day, short)), note, closed, lines)


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _joined(*texts: str) -> str:
    return str(gettext(", ")).join(filter(None, texts))


def _seats(number: int) -> str:
    return str(gettext("%(number)s chairs", number=number))


def _people(number: int) -> str:
    return str(ngettext("%(num)s trainee", "%(num)s trainees", number))
