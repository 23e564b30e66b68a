"""The cells of a term: parts of the grid of each day, numbered day by day."""

from __future__ import annotations

import datetime as dt

import numpy as np

from expertpool.timetabling.plans.packing import Array
from expertpool.timetabling.plans.problem import Busy, DayKind, Lesson, Time
from expertpool.timetabling.plans.terms import Terms, applies


class Grid:
    """Days are those of the problem and those of pins.

    A day's cells cover teaching time, pins, and travel around them (`reach`, in cells).
    """

    def __init__(self, terms: Terms, reach: int) -> None:
        self.terms, self.step = terms, terms.problem.grid
        days, pins = terms.problem.days, terms.problem.pins
        self.dates = sorted({day.date for day in days} | {pin.day for pin in pins})
        self.day = {date: number for number, date in enumerate(self.dates)}
        spans = [(span.start, span.end) for day in days for span in day.spans]
        spans += [terms.taken(pin) for pin in pins]
        self.low = max(0, min((start for start, _ in spans), default=0) // self.step - reach)
        high = -(-max((end for _, end in spans), default=self.step) // self.step) + reach
        self.slots = max(1, min(-(-1440 // self.step), high) - self.low)
        """Cells a day."""
        self.cells = self.slots * len(self.dates)
        self._masks: dict[tuple[Time, ...], Array] = {}
        self._starts: dict[int, Array] = {}

    def cell(self, day: dt.date, start: int) -> int:
        """Return the cell of a time."""
        return self.day[day] * self.slots + start // self.step - self.low

    def has(self, day: dt.date, start: int) -> bool:
        """Tell whether a lesson can begin at a time."""
        return day in self.day and not start % self.step and 0 <= start // self.step - self.low < self.slots

    def time(self, cell: int) -> tuple[dt.date, int]:
        """Return the day and the minutes at which a cell begins."""
        day, slot = divmod(cell, self.slots)
        return self.dates[day], (slot + self.low) * self.step

    def covered(self, times: tuple[Time, ...]) -> Array:
        """Return which cells times cover; all without times."""
        if times not in self._masks:
            self._masks[times] = self._cover(times) if times else np.ones(self.cells, np.bool_)
        return self._masks[times]

    def _cover(self, times: tuple[Time, ...]) -> Array:
        minutes = np.zeros((len(self.dates), 1440 + 60), np.bool_)
        for number, date in enumerate(self.dates):
            for time in times:
                if applies(time, date):
                    minutes[number, time.start : time.end] = True
        begin = self.low * self.step
        shown = minutes[:, begin : begin + self.slots * self.step]
        return shown.reshape(len(self.dates), self.slots, self.step).all(axis=2).reshape(-1)

    def taken(self, busy: Busy) -> slice:
        """Return the cells that something fixed takes; none if its day is not known."""
        if busy.date not in self.day:
            return slice(0, 0)
        start, end = self.terms.slot(busy.start, busy.end)
        first, last = (at // self.step - self.low for at in (start, end))
        base = self.day[busy.date] * self.slots
        return slice(base + max(0, first), base + max(0, min(last, self.slots)))

    def teaching(self) -> Array:
        """Return which cells teaching time touches."""
        found = np.zeros((len(self.dates), self.slots), np.bool_)
        for number, date in enumerate(self.dates):
            for span in self.terms.days[date].spans if date in self.terms.days else ():
                first, end = (each // self.step - self.low for each in self.terms.slot(span.start, span.end))
                found[number, max(0, first) : max(0, end)] = True
        return found.reshape(-1)

    def teaching_starts(self, lesson: Lesson, *, holidays: bool = False) -> Array:
        """Return the cells at which a lesson is within the teaching time of a day."""
        found: list[int] = []
        for day in self.terms.problem.days:
            if day.kind is not DayKind.HOLIDAY or holidays:
                for span in day.spans:
                    first = -(-span.start // self.step) * self.step
                    starts = range(first, span.end - lesson.minutes + 1, self.step)
                    found += [self.cell(day.date, start) for start in starts]
        return np.unique(np.array(found, np.int64))

    def within(self, lesson: Lesson) -> Array:
        """Return which cells `teaching_starts` names, kept by length."""
        if lesson.minutes not in self._starts:
            begins = np.zeros(self.cells, np.bool_)
            begins[self.teaching_starts(lesson)] = True
            self._starts[lesson.minutes] = begins
        return self._starts[lesson.minutes]

    def lasting(self, free: Array, length: int) -> Array:
        """Return from which cells on so many are free; `free` has cells in its last dimension."""
        found = np.zeros_like(free)
        if length <= self.cells:
            found[..., : self.cells - length + 1] = True
            for ahead in range(length):
                found[..., : self.cells - length + 1] &= free[..., ahead : self.cells - length + 1 + ahead]
        return found
