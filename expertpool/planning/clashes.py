"""Which broken rules the diary refuses when a draft is published: somebody or a room booked twice.

All else that a draft breaks is the planner's to judge. The engine counts in parts of its grid, so times are
compared once more by the minute here.
"""

from __future__ import annotations

from collections.abc import Iterable

from expertpool.planning.composition import Composed
from expertpool.planning.differences import Difference
from expertpool.planning.keys import number_of
from expertpool.planning.rows import length_of
from expertpool.timetabling.plans.problem import Placement
from expertpool.timetabling.plans.result import Breach, Rule

TWICE = frozenset({Rule.TEACHER_TWICE, Rule.ROOM_TWICE, Rule.GROUP_TWICE})
BOOKED = frozenset({Rule.TEACHER_BUSY, Rule.ROOM_BUSY, Rule.GROUP_BUSY})


def doubles(composed: Composed, plan: Iterable[Placement], breaches: Iterable[Breach]) -> list[Breach]:
    """Return those of the breaches of `plan` that book somebody or a room twice.

    An absence that somebody noted is none: it books nothing.
    """
    times = {each.lesson: _times(composed, each) for each in plan}
    return [each for each in breaches if _is_double(each, times)]


def of_changes(breaches: Iterable[Breach], changes: Iterable[Difference]) -> list[Breach]:
    """Return those of `breaches` that are about a lesson which publishing changes."""
    changing = {each.row.id for each in changes}
    return [
        each
        for each in breaches
        if any(number_of(key) in changing for key in (each.lesson, _other(each)) if key)
    ]


def _is_double(breach: Breach, times: dict[str, tuple[int, int]]) -> bool:
    here = times.get(breach.lesson)
    if here is None:
        return False
    if breach.rule in BOOKED and breach.params["what"]:
        start, end = (int(str(breach.params[each])) for each in ("start", "end"))
        return here[0] < end and start < here[1]
    other = times.get(_other(breach))
    return breach.rule in TWICE and other is not None and here[0] < other[1] and other[0] < here[1]


def _other(breach: Breach) -> str:
    return str(breach.params.get("other", ""))


def _times(composed: Composed, placement: Placement) -> tuple[int, int]:
    """Return when a placement begins and ends, in minutes of its day."""
    length = length_of(composed.rows[number_of(placement.lesson)])
    return placement.start, placement.start + length
