"""What a plan breaks and costs, counted plainly, spot by spot.

A *spot* is a part of a plan that is judged by itself: a lesson, an order of two lessons, somebody's or a
room's day, somebody's week, all that a teacher teaches, a course. A move of one lesson changes a few spots
only, which is what makes `moves.moving` quick.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence

from expertpool.timetabling.plans.diaries import day_breaches, day_costs
from expertpool.timetabling.plans.fixed import place_breaches
from expertpool.timetabling.plans.problem import DayKind, Mode, Order, Placement, Problem
from expertpool.timetabling.plans.result import Breach, Check, Cost, Rule, Soft
from expertpool.timetabling.plans.terms import Terms, terms_of, week

Spot = tuple[str, Hashable, Hashable]
"""("lesson", id, None), ("order", number, None), ("group", id, day), ("teacher", id, day), ("room", id, day),
("group-week", id, week), ("teacher-week", id, week), ("teacher-all", id, None), ("course", id, None)."""


def check(problem: Problem, plan: Sequence[Placement]) -> Check:
    """Return all hard rules that a plan breaks and all that it costs; lessons left out are unplaced."""
    sheet = Sheet(terms_of(problem), plan)
    breaches, costs = sheet.judged(sheet.spots())
    return Check(
        tuple(breaches),
        tuple(costs),
        tuple(lesson.id for lesson in problem.lessons if lesson.id not in sheet.placed),
    )


class Sheet:
    """A plan by lesson and by spot."""

    def __init__(self, terms: Terms, plan: Iterable[Placement]) -> None:
        self.terms = terms
        self.placed = {placement.lesson: placement for placement in plan}
        self.at: dict[Spot, list[Placement]] = defaultdict(list)
        for placement in self.placed.values():
            for spot in self.spots_of(placement):
                self.at[spot].append(placement)
        self.orders: dict[str, list[int]] = defaultdict(list)
        for number, order in enumerate(terms.problem.orders):
            self.orders[order.before].append(number)
            self.orders[order.after].append(number)

    def spots(self) -> Iterator[Spot]:
        """Return every spot of the plan, once."""
        yield from (("lesson", lesson, None) for lesson in self.terms.lessons)
        yield from (("order", number, None) for number in range(len(self.terms.problem.orders)))
        yield from sorted(self.at, key=str)

    def touching(self, lesson: str) -> set[Spot]:
        """Return the spots that a lesson's placement has a part in."""
        orders: set[Spot] = {("order", number, None) for number in self.orders[lesson]}
        placed = self.placed.get(lesson)
        return {("lesson", lesson, None), *orders, *(self.spots_of(placed) if placed else ())}

    def spots_of(self, placement: Placement) -> Iterator[Spot]:
        """Return the spots, but for its own and orders, that a placement has a part in."""
        lesson, day = self.terms.lessons[placement.lesson], placement.day
        for group in self.terms.followers[lesson.id]:
            yield "group", group.id, day
            yield "group-week", group.id, week(day)
        for teacher in self.terms.teaching(placement):
            yield "teacher", teacher, day
            yield "teacher-week", teacher, week(day)
            yield "teacher-all", teacher, None
        if placement.room:
            yield "room", placement.room, day
        if placement.teacher and lesson.course:
            yield "course", lesson.course, None

    def moved(self, placement: Placement) -> Sheet:
        """Return the plan with one lesson there."""
        return Sheet(self.terms, ({**self.placed, placement.lesson: placement}).values())

    def judged(self, spots: Iterable[Spot]) -> tuple[list[Breach], list[Cost]]:
        """Return what is broken and what is paid at some spots, in their order."""
        breaches: list[Breach] = []
        costs: list[Cost] = []
        for spot in spots:
            breaches += self._breaches(spot)
            costs += self._costs(spot)
        return breaches, costs

    def _breaches(self, spot: Spot) -> Iterator[Breach]:
        what, whom, when = spot
        here = self.at.get(spot, [])
        if what == "lesson":
            yield from self._lesson_breaches(str(whom))
        elif what == "order":
            assert isinstance(whom, int)
            yield from _order_breaches(self, self.terms.problem.orders[whom])
        elif what in ("group", "teacher", "room"):
            assert isinstance(when, dt.date)
            yield from day_breaches(self.terms, what, str(whom), when, here)
        elif what in ("teacher-week", "teacher-all"):
            yield from _load_breaches(self.terms, what, str(whom), here)

    def _lesson_breaches(self, lesson: str) -> Iterator[Breach]:
        placement = self.placed.get(lesson)
        if placement:
            yield from place_breaches(self.terms, placement)
        if self.terms.pins.get(lesson, placement) != placement:
            yield Breach(Rule.PIN, lesson)

    def _costs(self, spot: Spot) -> Iterator[Cost]:
        what, whom, when = spot
        here = self.at.get(spot, [])
        if what == "lesson":
            yield from self._lesson_costs(str(whom))
        elif what in ("group", "teacher"):
            assert isinstance(when, dt.date)
            yield from self._priced(
                day_costs(self.terms, what, str(whom), here), {what: str(whom), "day": when}
            )
        elif what == "group-week" and whom in self.terms.shares:
            assert isinstance(when, tuple)
            year, number = when
            minutes = sum(self.terms.lessons[each.lesson].minutes for each in here)
            over = max(0, minutes - self.terms.shares[str(whom)].get(when, 0))
            day = dt.date.fromisocalendar(year, number, 1)
            yield from self._priced([(Soft.SPREAD, -(-over // 60))], {"group": str(whom), "day": day})
        elif what == "course":
            teachers = {each.teacher for each in here}
            yield from self._priced([(Soft.SAME_TEACHER, max(0, len(teachers) - 1))], {"course": str(whom)})

    def _lesson_costs(self, lesson: str) -> Iterator[Cost]:
        placement = self.placed.get(lesson)
        units = self._place_units(placement) if placement else [(Soft.UNPLACED, 1)]
        yield from self._priced(units, {"lesson": lesson})

    def _place_units(self, placement: Placement) -> Iterator[tuple[Soft, int]]:
        terms, lesson = self.terms, self.terms.lessons[placement.lesson]
        day = terms.days.get(placement.day)
        teacher = terms.teachers.get(placement.teacher or "")
        room = terms.rooms.get(placement.room or "")
        known = terms.published.get(lesson.id, placement)
        same_time = (known.day, known.start) == (placement.day, placement.start)
        yield Soft.MOVED, int(not same_time)
        yield Soft.REASSIGNED, int(same_time and known != placement)
        yield Soft.PROVISIONAL, int(day is not None and day.kind is DayKind.PROVISIONAL)
        if teacher:
            outside = terms.outside(teacher.prefers, placement.day, terms.taken(placement))
            yield Soft.TEACHER_TIME, int(outside > 0)
        if room and lesson.mode is not Mode.ONLINE:
            yield Soft.EMPTY_SEATS, max(0, terms.seats(lesson, room) - terms.needed[lesson.id]) // 10

    def _priced(
        self, units: Iterable[tuple[Soft, int]], params: dict[str, str | int | dt.date]
    ) -> Iterator[Cost]:
        for rule, number in units:
            cost = number * int(getattr(self.terms.problem.weights, rule.value))
            if cost:
                yield Cost(rule, number, cost, params)


def _order_breaches(sheet: Sheet, order: Order) -> Iterator[Breach]:
    before, after = sheet.placed.get(order.before), sheet.placed.get(order.after)
    if before is None or after is None:
        return
    days = (after.day - before.day).days
    params: dict[str, str | int | dt.date] = {"before": order.before, "after": order.after, "days": days}
    late = days == 0 and sheet.terms.taken(before)[1] > sheet.terms.taken(after)[0]
    if days < order.least_days or late:
        yield Breach(Rule.ORDER, order.after, {**params, "least": order.least_days})
    elif order.most_days is not None and days > order.most_days:
        yield Breach(Rule.ORDER, order.after, {**params, "most": order.most_days})


def _load_breaches(terms: Terms, what: str, whom: str, here: list[Placement]) -> Iterator[Breach]:
    teacher = terms.teachers.get(whom)
    weekly = what == "teacher-week"
    most = (teacher.most_a_week if weekly else teacher.most_in_all) if teacher else None
    minutes = sum(terms.lessons[each.lesson].minutes for each in here)
    if most is not None and minutes > most:
        rule = Rule.TEACHER_WEEK if weekly else Rule.TEACHER_IN_ALL
        last = max(here, key=lambda each: (each.day, each.start, each.lesson))
        yield Breach(rule, last.lesson, {"teacher": whom, "minutes": minutes, "most": most})
