"""What differs between the plan that people know and another."""

from __future__ import annotations

from collections.abc import Sequence

from expertpool.timetabling.plans.problem import Placement
from expertpool.timetabling.plans.result import Changes, Moved, Part


def changed(published: Sequence[Placement], plan: Sequence[Placement]) -> Changes:
    """Return the lessons that moved, those that are new, and those that are gone."""
    before = {each.lesson: each for each in published}
    after = {each.lesson: each for each in plan}
    moved = [
        Moved(before[lesson], now, _parts(before[lesson], now))
        for lesson, now in after.items()
        if lesson in before and before[lesson] != now
    ]
    return Changes(
        moved=tuple(sorted(moved, key=lambda each: _time(each.after))),
        added=tuple(sorted((now for lesson, now in after.items() if lesson not in before), key=_time)),
        gone=tuple(sorted((was for lesson, was in before.items() if lesson not in after), key=_time)),
    )


def _parts(before: Placement, after: Placement) -> tuple[Part, ...]:
    differs = {
        Part.TIME: (before.day, before.start) != (after.day, after.start),
        Part.ROOM: before.room != after.room,
        Part.TEACHER: before.teacher != after.teacher,
    }
    return tuple(part for part, other in differs.items() if other)


def _time(placement: Placement) -> tuple[object, ...]:
    return placement.day, placement.start, placement.lesson
