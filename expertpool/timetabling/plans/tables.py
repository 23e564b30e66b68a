"""A problem as arrays for the compiled search, a plan to start from, and placements out of it."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from expertpool.timetabling.plans import compiled as c
from expertpool.timetabling.plans.problem import (
    ONLINE,
    Busy,
    DayKind,
    Kind,
    Lesson,
    Mode,
    Placement,
    Problem,
    Room,
    Teacher,
    Time,
    Weights,
)
from expertpool.timetabling.plans.terms import Group, Terms, applies, can_teach, terms_of, week

Array = Any


class Tables:
    """Numbers for ids, and the facts in arrays. Made once for a problem by `tables_of`; read only.

    Days are those of the problem and those of pins; bodies are groups, then teachers, then rooms.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.terms = terms_of(problem)
        self.lessons = [lesson.id for lesson in problem.lessons]
        self.number = {id: number for number, id in enumerate(self.lessons)}
        names = [("group", id) for id in self.terms.groups]
        names += [("teacher", id) for id in self.terms.teachers] + [("room", id) for id in self.terms.rooms]
        self.bodies = names
        self.body = {name: number for number, name in enumerate(names)}
        self.dates = sorted({day.date for day in problem.days} | {pin.day for pin in problem.pins})
        self.day = {date: number for number, date in enumerate(self.dates)}
        courses = dict.fromkeys(lesson.course for lesson in problem.lessons if lesson.course)
        self._courses = {id: number for number, id in enumerate(courses)}
        self._lengths: dict[int, Array] = {}
        self._masks: dict[tuple[Time, ...], Array] = {}
        self._travel = _Places(self.terms)
        self._measure()
        self.facts = self._facts()

    def _measure(self) -> None:
        """Choose the part of the day that cells cover: teaching time, pins, and travel around them."""
        step = self.problem.grid
        spans = [(span.start, span.end) for day in self.problem.days for span in day.spans]
        spans += [self.terms.taken(pin) for pin in self.problem.pins]
        margin = self._travel.reach
        self.low = max(0, min((start for start, _ in spans), default=0) // step - margin)
        high = -(-max((end for _, end in spans), default=step) // step) + margin
        self.slots = max(1, min(-(-1440 // step), high) - self.low)
        self.cells = self.slots * len(self.dates)

    def cell(self, day: dt.date, start: int) -> int:
        """Return the cell of a time."""
        return self.day[day] * self.slots + start // self.problem.grid - self.low

    def placement(self, lesson: int, cell: int, room: int, teacher: int) -> Placement:
        """Return a place in numbers by ids."""
        day, slot = divmod(int(cell), self.slots)
        pin = self.terms.pins.get(self.lessons[lesson])
        return pin or Placement(
            self.lessons[lesson],
            self.dates[day],
            (slot + self.low) * self.problem.grid,
            self.bodies[room][1] if room >= 0 else None,
            self.bodies[teacher][1] if teacher >= 0 else None,
        )

    def placements(self, where: Array) -> tuple[Placement, ...]:
        """Return a plan in numbers as placements, in the order of time."""
        found = (
            self.placement(lesson, *map(int, row))
            for lesson, row in enumerate(where)
            if row[c.CELL] != c.NOBODY
        )
        return tuple(sorted(found, key=lambda each: (each.day, each.start, each.lesson)))

    def place(self, placement: Placement) -> tuple[int, int, int]:
        """Return cell, room and teacher of a placement on a day that is known."""
        room = self.body.get(("room", placement.room or ""), c.NOBODY)
        teacher = self.body.get(("teacher", placement.teacher or ""), c.NOBODY)
        return self.cell(placement.day, placement.start), room, teacher

    def known(self, placement: Placement) -> tuple[int, int, int]:
        """Return a published place; cell ELSEWHERE if no lesson can be there now."""
        slot = placement.start // self.problem.grid - self.low
        if placement.day not in self.day or placement.start % self.problem.grid or not 0 <= slot < self.slots:
            return c.ELSEWHERE, c.NOBODY, c.NOBODY
        cell, room, teacher = self.place(placement)
        unknown = (placement.room is not None and room < 0) or (placement.teacher is not None and teacher < 0)
        return cell, (c.ELSEWHERE if unknown else room), teacher

    def _facts(self) -> Array:
        problem, lessons, step = self.problem, self.problem.lessons, self.slots
        may_begin = np.zeros((len(lessons), self.cells), np.bool_)
        for number, lesson in enumerate(lessons):
            may_begin[number] = self._may_begin(lesson)
        may_use, empty = self._may_use()
        lists, starts = self._lists(may_begin, may_use)
        orders = self._orders()
        columns = [*starts, np.cumsum([0, *map(len, orders)])]
        own = np.array([[*self._lesson(lesson)] for lesson in lessons] + [[0] * 11], np.int64)
        table = np.concatenate([own, np.stack(columns, axis=1)], axis=1)
        movable = [number for number in range(len(lessons)) if self._is_movable(table, number)]
        weeks = list(dict.fromkeys(map(week, self.dates)))
        week_of = [weeks.index(week(date)) for date in self.dates]
        days = [
            (date.toordinal(), number, self._is_provisional(date), *_ends(week_of, number, step))
            for date, number in zip(self.dates, week_of, strict=True)
        ]
        shares = [[self.terms.shares.get(id, {}).get(each, 0) for each in weeks] for _, id in self.bodies]
        sizes = [self._travel.reach, self.slots, self.cells, problem.grid, len(movable), len(lessons)]
        self.weeks = len(weeks)
        return packed(
            {
                c.LESSON: table,
                c.LISTS: lists,
                c.ORDERS: [row for rows in orders for row in rows],
                c.MAY_BEGIN: may_begin,
                c.MAY_USE: may_use,
                c.MOVABLE: [movable],
                c.BODY: [self._person(*name) for name in self.bodies],
                c.TRAVEL: self._travel.table,
                c.LIKED: [self._liked(*name) for name in self.bodies],
                c.TEACHING: [self._teaching()],
                c.DAY: days,
                c.SHARE: shares,
                c.EMPTY: empty,
                c.WEIGHT: [[getattr(problem.weights, name) for name in Weights.__slots__]],
                c.SETTING: [sizes],
            }
        )

    def _lists(self, may_begin: Array, may_use: Array) -> tuple[Array, list[Array]]:
        """Return the lists of all lessons in one row, and where each lesson's begins, kind by kind."""
        first_teacher, first_room = len(self.terms.groups), len(self.terms.groups) + len(self.terms.teachers)
        rooms, teachers = may_use.copy(), may_use.copy()
        rooms[:, :first_room] = False
        teachers[:, :first_teacher] = teachers[:, first_room:] = False
        kinds = [[np.flatnonzero(row) for row in mask] for mask in (may_begin, rooms, teachers)]
        kinds.append([np.array(self._crew(lesson), np.int64) for lesson in self.problem.lessons])
        starts, base = [], 0
        for lists in kinds:
            starts.append(base + np.cumsum([0, *map(len, lists)]))
            base = int(starts[-1][-1])
        return np.concatenate([np.zeros(0, np.int64), *(each for lists in kinds for each in lists)])[
            None
        ], starts

    def _is_movable(self, table: Array, number: int) -> bool:
        row, after = table[number], table[number + 1]
        cells, rooms, teachers = (after[kind] > row[kind] for kind in (c.CELLS, c.ROOMS, c.TEACHERS))
        wanted = (row[c.ONLINE] or rooms) and (not row[c.TAUGHT] or teachers)
        return bool(not row[c.PINNED] and cells and wanted)

    def _lesson(self, lesson: Lesson) -> list[int]:
        step = self.problem.grid
        known = (c.NOBODY, c.NOBODY, c.NOBODY)
        if lesson.id in self.terms.published:
            known = self.known(self.terms.published[lesson.id])
        pin = self.terms.pins.get(lesson.id)
        length = -(-lesson.minutes // step)
        if pin:
            start, end = self.terms.taken(pin)
            length = (end - start) // step
        return [
            length,
            lesson.minutes,
            self._courses.get(lesson.course, c.NOBODY),
            lesson.kind is Kind.EXAM,
            lesson.mode is Mode.ONLINE,
            lesson.mode is Mode.BOTH,
            lesson.taught,
            pin is not None,
            *known,
        ]

    def _crew(self, lesson: Lesson) -> list[int]:
        groups = [self.body["group", group.id] for group in self.terms.followers[lesson.id]]
        return groups + [self.body["teacher", id] for id in dict.fromkeys(lesson.also)]

    def _orders(self) -> list[list[tuple[int, int, int, int]]]:
        found: list[list[tuple[int, int, int, int]]] = [[] for _ in self.lessons]
        for order in self.problem.orders:
            before, after = self.number[order.before], self.number[order.after]
            most = c.NEVER if order.most_days is None else order.most_days
            found[before].append((after, 0, order.least_days, most))
            found[after].append((before, 1, order.least_days, most))
        return found

    def _may_begin(self, lesson: Lesson) -> Array:
        """Return in which cells a lesson may begin, as far as days and its own times tell."""
        earliest = max(filter(None, (lesson.earliest, self.problem.not_before)), default=dt.date.min)
        first, last = (
            bisect_left(self.dates, earliest),
            bisect_right(self.dates, lesson.latest or dt.date.max),
        )
        begins = np.zeros(self.cells, np.bool_)
        window = slice(first * self.slots, last * self.slots)
        begins[window] = self._begins(lesson)[window]
        return begins & self._free_run(lesson) if lesson.available else begins

    def _begins(self, lesson: Lesson) -> Array:
        """Return the cells within teaching time, kept by length."""
        if lesson.minutes not in self._lengths:
            begins = np.zeros(self.cells, np.bool_)
            begins[self.teaching_starts(lesson)] = True
            self._lengths[lesson.minutes] = begins
        return self._lengths[lesson.minutes]

    def _free_run(self, lesson: Lesson) -> Array:
        """Return from which cells on the lesson's own times are free for so many cells."""
        free = self._covered(lesson.available)
        run = np.ones(self.cells, np.bool_)
        for ahead in range(-(-lesson.minutes // self.problem.grid)):
            run[: self.cells - ahead] &= free[ahead:]
            run[self.cells - ahead :] = False
        return run

    def _covered(self, times: tuple[Time, ...]) -> Array:
        """Return the cells that times cover; all without times."""
        if times not in self._masks:
            self._masks[times] = self._cover(times) if times else np.ones(self.cells, np.bool_)
        return self._masks[times]

    def _cover(self, times: tuple[Time, ...]) -> Array:
        step, minutes = self.problem.grid, np.zeros((len(self.dates), 1440 + 60), np.bool_)
        for number, date in enumerate(self.dates):
            for time in times:
                if applies(time, date):
                    minutes[number, time.start : time.end] = True
        begin = self.low * step
        shown = minutes[:, begin : begin + self.slots * step].reshape(len(self.dates), self.slots, step)
        return shown.all(axis=2).reshape(-1)

    def _may_use(self) -> tuple[Array, Array]:
        may_use = np.zeros((len(self.lessons), len(self.bodies)), np.bool_)
        empty = np.zeros((len(self.lessons), len(self.bodies)), np.int64)
        for number, lesson in enumerate(self.problem.lessons):
            for room in self.problem.rooms:
                body, spare = (
                    self.body["room", room.id],
                    self.terms.seats(lesson, room) - self.terms.needed[lesson.id],
                )
                listed = not lesson.rooms or room.id in lesson.rooms
                may_use[number, body] = listed and spare >= 0 and lesson.equipment <= room.equipment
                empty[number, body] = max(0, spare) // 10
            for teacher in self.problem.teachers:
                may_use[number, self.body["teacher", teacher.id]] = can_teach(lesson, teacher)
        return may_use, empty

    def _person(self, what: str, id: str) -> list[int]:
        if what == "room":
            place = self._travel.number[self.terms.rooms[id].place]
            return [c.NEVER, c.NEVER, c.NEVER, c.NOT_JUDGED, 0, 0, 0, 0, place]
        if what == "group":
            group = self.terms.groups[id]
            judged = c.COHORT if group.cohort else c.NOT_JUDGED
            return [
                _limit(group.most_a_day),
                c.NEVER,
                c.NEVER,
                judged,
                group.travels,
                group.spread,
                group.remote,
                1,
                0,
            ]
        teacher = self.terms.teachers[id]
        limits = [_limit(each) for each in (teacher.most_a_day, teacher.most_a_week, teacher.most_in_all)]
        return [*limits, c.TEACHER, teacher.travels, 0, 0, 1, 0]

    def _teaching(self) -> Array:
        found = np.zeros((len(self.dates), self.slots), np.bool_)
        for number, date in enumerate(self.dates):
            for span in self.terms.days[date].spans if date in self.terms.days else ():
                start, end = self.terms.slot(span.start, span.end)
                step = self.problem.grid
                found[number, max(0, start // step - self.low) : max(0, end // step - self.low)] = True
        return found.reshape(-1)

    def _liked(self, what: str, id: str) -> Array:
        return self._covered(self.terms.teachers[id].prefers if what == "teacher" else ())

    def _is_provisional(self, date: dt.date) -> bool:
        return date in self.terms.days and self.terms.days[date].kind is DayKind.PROVISIONAL

    def empty_plan(self) -> Array:
        """Return a plan without lessons, with all diaries as they are fixed."""
        lessons, bodies, days = len(self.lessons), len(self.bodies), len(self.dates)
        nowhere = np.full((lessons, 3), c.NOBODY)
        held = np.full((bodies, self.cells), c.FREE)
        for number, (what, id) in enumerate(self.bodies):
            owner = self.owner(what, id)
            self._fill(held[number], owner.available, owner.busy)
        courses = max(1, len(self._courses))
        cost = lessons * self.problem.weights.unplaced
        return packed(
            {
                c.WHERE: nowhere,
                c.HELD: held,
                c.DAY_LOAD: np.zeros((bodies, days)),
                c.WEEK_LOAD: np.zeros((bodies, self.weeks)),
                c.LOAD: np.zeros((bodies, 1)),
                c.DAY_COST: np.zeros((bodies, days)),
                c.TAUGHT_BY: np.zeros((courses, bodies)),
                c.DIFFERENT: np.zeros((courses, 1)),
                c.TOTAL: [[cost, cost, lessons]],
                c.BEST: nowhere,
                c.FOUND: np.zeros((1, c.MOST)),
                c.SAVED: np.zeros((c.MOST + 1, 4)),
                c.SEEN: np.zeros((2, self.slots)),
            }
        )

    def filled(self, placements: Iterable[Placement]) -> Array:
        """Return a plan with the pins, and then those placements that break nothing."""
        plan = self.empty_plan()
        for pin in self.problem.pins:
            c.put(self.facts, plan, self.number[pin.lesson], *self.place(pin))
        for each in placements:
            if each.lesson in self.number and each.lesson not in self.terms.pins:
                self._try(plan, self.number[each.lesson], self.known(each))
        return plan

    def as_it_is(self, placements: Iterable[Placement]) -> Array:
        """Return a plan with all placements on days that are known, whatever they break."""
        plan = self.empty_plan()
        for each in placements:
            cell, room, teacher = self.known(each) if each.lesson not in self.terms.pins else self.place(each)
            if cell >= 0:
                room = c.NOBODY if room == c.ELSEWHERE else room
                c.put(self.facts, plan, self.number[each.lesson], cell, room, teacher)
        return plan

    def teaching_starts(self, lesson: Lesson, *, holidays: bool = False) -> Array:
        """Return the cells at which a lesson is within the teaching time of a day."""
        step, found = self.problem.grid, []
        for day in self.problem.days:
            if day.kind is not DayKind.HOLIDAY or holidays:
                for span in day.spans:
                    first = -(-span.start // step) * step
                    starts = range(first, span.end - lesson.minutes + 1, step)
                    found += [self.cell(day.date, start) for start in starts]
        return np.unique(np.array(found, np.int64))

    @property
    def away(self) -> Array:
        """[b, c] whether a body is not available."""
        if "away" not in self.__dict__:
            diaries = (self.owner(*name).available for name in self.bodies)
            self.__dict__["away"] = np.array([~self._covered(each) for each in diaries], np.int64)
        found: Array = self.__dict__["away"].reshape(len(self.bodies), self.cells)
        return found

    def owner(self, what: str, id: str) -> Group | Teacher | Room:
        """Return a body by its name."""
        kinds: dict[str, Mapping[str, Group | Teacher | Room]] = {
            "group": self.terms.groups,
            "teacher": self.terms.teachers,
            "room": self.terms.rooms,
        }
        return kinds[what][id]

    def _try(self, plan: Array, lesson: int, place: tuple[int, int, int]) -> None:
        if place[0] < 0 or place[1] == c.ELSEWHERE or c.where(plan, lesson, c.CELL) != c.NOBODY:
            return
        idle = np.ones(1, np.uint64)
        if (
            c.may_stand(self.facts, lesson, *place)
            and c.obstacles(self.facts, plan, idle, lesson, *place) == 0
        ):
            c.put(self.facts, plan, lesson, *place)

    def _fill(self, row: Array, available: tuple[Time, ...], busy: tuple[Busy, ...]) -> None:
        row[~self._covered(available)] = c.AWAY
        for each in busy:
            if each.date not in self.day:
                continue
            start, end = self.terms.slot(each.start, each.end)
            first, last = (at // self.problem.grid - self.low for at in (start, end))
            base = self.day[each.date] * self.slots
            place = -1 if each.place is None else self._travel.number[each.place]
            row[base + max(0, first) : base + max(0, min(last, self.slots))] = c.BUSY - 1 - place


class _Places:
    """Numbers for places, and the cells between them; online is 0."""

    def __init__(self, terms: Terms) -> None:
        problem = terms.problem
        owners: list[Group | Teacher | Room] = [*terms.groups.values(), *problem.teachers, *problem.rooms]
        busy = [each.place for owner in owners for each in owner.busy if each.place is not None]
        names = dict.fromkeys((ONLINE, *(room.place for room in problem.rooms), *busy))
        self.number = {name: number for number, name in enumerate(names)}
        step = problem.grid
        self.table = np.array(
            [[terms.travel(one, other) // step for other in self.number] for one in self.number], np.int64
        )
        self.reach = int(self.table.max())


@lru_cache(maxsize=2)
def tables_of(problem: Problem) -> Tables:
    """Return the tables of a problem; those of the last few problems are kept."""
    return Tables(problem)


def _limit(most: int | None) -> int:
    return c.NEVER if most is None else most


def _ends(week_of: Sequence[int], number: int, slots: int) -> tuple[int, int]:
    """Return the first cell of a week, and the one after its last."""
    first = week_of.index(number)
    return first * slots, (first + week_of.count(number)) * slots


def packed(tables: Mapping[int, Any]) -> Array:
    """Lay tables, by their number from 0, into one array, as `compiled.at` reads it."""
    arrays = [np.atleast_2d(np.asarray(tables[number])) for number in range(len(tables))]
    starts = np.cumsum([2 * len(arrays), *(array.size for array in arrays)])
    head = [value for start, array in zip(starts, arrays, strict=False) for value in (start, array.shape[1])]
    return np.concatenate([np.array(head), *(array.reshape(-1) for array in arrays)]).astype(np.int64)


def rows(packed: Array, table: int) -> Array:
    """Return a table out of such an array, to read or to change."""
    start, width = packed[2 * table : 2 * table + 2]
    tables = packed[0] // 2
    end = packed[2 * table + 2] if table + 1 < tables else len(packed)
    return packed[start:end].reshape(-1, max(1, width))
