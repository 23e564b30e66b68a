"""Files: an instance (.ctt) comes in, a solution goes out.

Source of both: the report named in `scoring`. An instance has header lines (`Name: Toy`), then sections:

    COURSES:                     id teacher lectures least-days students
    ROOMS:                       id seats
    CURRICULA:                   id number-of-courses course ...
    UNAVAILABILITY_CONSTRAINTS:  course day period-of-the-day          (both from 0)
    END.

A solution has a line a lecture: `course room day period-of-the-day`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from expertpool.errors import N_, Invalid, Sentence
from expertpool.timetabling.curricula.problem import Course, Curriculum, Place, Problem, Room

T = TypeVar("T")
HEAD = ("Days", "Periods_per_day")
COUNTS = {
    "COURSES": "Courses",
    "ROOMS": "Rooms",
    "CURRICULA": "Curricula",
    "UNAVAILABILITY_CONSTRAINTS": "Constraints",
}
"""Sections, and the header lines that tell how many lines they have."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong; `row` counts lines from 1, None for the whole file."""

    row: int | None
    value: str | None
    problem: Sentence


class Unreadable(Invalid):
    """A file has wrong lines."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(N_("%(count)s lines are wrong."), count=len(faults))
        self.faults = tuple(faults)


def read(text: str) -> Problem:
    """Read an instance; raises Unreadable with a fault for each wrong line."""
    return _Reader(text).problem()


def write(problem: Problem, plan: Iterable[Place]) -> str:
    """Return a solution, lectures in the order of courses, then by time."""
    lines = []
    for place in sorted(plan, key=lambda place: (place.course, place.period, place.room)):
        day, period = divmod(place.period, problem.periods)
        lines.append(f"{problem.courses[place.course].id} {problem.rooms[place.room].id} {day} {period}\n")
    return "".join(lines)


class _Reader:
    """Lines by section; collects faults instead of stopping at the first."""

    def __init__(self, text: str) -> None:
        self.faults: list[Fault] = []
        self.head: dict[str, str] = {}
        self.lines: dict[str, list[tuple[int, str]]] = defaultdict(list)
        section = ""
        for row, line in enumerate(text.splitlines(), 1):
            words = line.strip()
            if words == "END.":
                break
            if words.removesuffix(":") in COUNTS and words.endswith(":"):
                section = words.removesuffix(":")
            elif words and section:
                self.lines[section].append((row, words))
            elif words:
                key, _, value = words.partition(":")
                self.head[key.strip()] = value.strip()

    def problem(self) -> Problem:
        self._check_head()
        self._stop()
        days, periods = (int(self.head[key]) for key in HEAD)
        courses = self._each("COURSES", _course)
        rooms = self._each("ROOMS", _room)
        self._refuse_twice("COURSES", [course.id for course in courses])
        self._refuse_twice("ROOMS", [room.id for room in rooms])
        numbers = {line.split()[0]: number for number, (_, line) in enumerate(self.lines["COURSES"])}
        curricula = self._each("CURRICULA", lambda words: _curriculum(words, numbers))
        blocked = self._each(
            "UNAVAILABILITY_CONSTRAINTS", lambda words: _unavailable(words, numbers, days, periods)
        )
        self._stop()
        return Problem(
            self.head.get("Name", ""),
            days,
            periods,
            tuple(courses),
            tuple(rooms),
            tuple(curricula),
            frozenset(blocked),
        )

    def _check_head(self) -> None:
        for key in HEAD:
            if not _is_number(self.head.get(key, "")) or not 1 <= int(self.head[key]) <= 1000:
                self._fault(
                    None,
                    self.head.get(key),
                    N_("The header “%(key)s” is a whole number from 1 to 1000."),
                    key=key,
                )
        for section, key in COUNTS.items():
            counted = str(len(self.lines[section]))
            if self.head.get(key, counted) != counted:
                self._fault(
                    None,
                    self.head[key],
                    N_("The header “%(key)s” says another number than the section has lines: %(count)s."),
                    key=key,
                    count=counted,
                )
        for section in ("COURSES", "ROOMS"):
            if not self.lines[section]:
                self._fault(None, None, N_("The section “%(section)s” is missing or empty."), section=section)

    def _each(self, section: str, reader: Callable[[list[str]], T]) -> list[T]:
        found = []
        for row, line in self.lines[section]:
            try:
                found.append(reader(line.split()))
            except Invalid as error:
                self.faults.append(Fault(row, line, error.sentence))
        return found

    def _refuse_twice(self, section: str, ids: list[str]) -> None:
        if self.faults:
            return
        for place, id in enumerate(ids):
            if id in ids[:place]:
                self._fault(self.lines[section][place][0], id, N_("This id stands in the section twice."))

    def _fault(self, row: int | None, value: str | None, message: str, **params: str) -> None:
        self.faults.append(Fault(row, value, Sentence(message, params)))

    def _stop(self) -> None:
        if self.faults:
            raise Unreadable(self.faults)


def _course(words: list[str]) -> Course:
    if len(words) != 5:
        raise Invalid(N_("Write: course, teacher, lectures, least days, students."))
    lectures, days, students = map(_number, words[2:])
    if not lectures:
        raise Invalid(N_("A course has at least one lecture."))
    return Course(words[0], words[1], lectures, days, students)


def _room(words: list[str]) -> Room:
    if len(words) != 2:
        raise Invalid(N_("Write: room, seats."))
    return Room(words[0], _number(words[1]))


def _curriculum(words: list[str], numbers: dict[str, int]) -> Curriculum:
    if len(words) < 2 or _number(words[1]) != len(words) - 2:
        raise Invalid(N_("Write: curriculum, number of courses, and as many courses."))
    return Curriculum(words[0], tuple(sorted({_known(id, numbers) for id in words[2:]})))


def _unavailable(words: list[str], numbers: dict[str, int], days: int, periods: int) -> tuple[int, int]:
    if len(words) != 3:
        raise Invalid(N_("Write: course, day, period of the day."))
    day, period = map(_number, words[1:])
    if day >= days or period >= periods:
        raise Invalid(N_("There is no such period: days and periods count from 0."))
    return _known(words[0], numbers), day * periods + period


def _known(id: str, numbers: dict[str, int]) -> int:
    if id not in numbers:
        raise Invalid(N_("There is no course “%(id)s”."), id=id)
    return numbers[id]


def _number(word: str) -> int:
    if not _is_number(word):
        raise Invalid(N_("“%(value)s” is no whole number up to 1000000."), value=word)
    return int(word)


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and int(word) <= 1_000_000
