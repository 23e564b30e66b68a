"""Periods of a day, as an office lists them, and what they mean for the engine.

Periods with a short break between them are one span: a lesson may last over the break. Lessons begin when a
period does, if they then end before the span does.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd

from expertpool.timetabling.plans.problem import Span, Time

SHORT = 40
"""Minutes of a break that a lesson may last over; noon is longer."""


def minutes_of(text: str) -> int:
    """Return the minutes from midnight of HH:MM."""
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def text_of(minutes: int) -> str:
    """Return HH:MM of minutes from midnight."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def begins(periods: Sequence[Sequence[str]]) -> list[int]:
    """Return when periods begin, in minutes from midnight."""
    return [minutes_of(first) for first, _last in periods]


def spans(periods: Sequence[Sequence[str]]) -> tuple[Span, ...]:
    """Return the parts of a day without a long break."""
    found: list[Span] = []
    for first, last in periods:
        start, end = minutes_of(first), minutes_of(last)
        if found and start - found[-1].end <= SHORT:
            found[-1] = Span(found[-1].start, end)
        else:
            found.append(Span(start, end))
    return tuple(found)


def grid(periods: Sequence[Sequence[str]]) -> int:
    """Return the widest grid that every period begins on: a divisor of 60."""
    return gcd(60, *begins(periods))


def windows(periods: Sequence[Sequence[str]], minutes: int) -> tuple[Time, ...]:
    """Return when a lesson of so many minutes may be; empty if it fits nowhere, which the spans then tell.

    The end is that of the last part of the grid, as the engine counts.
    """
    within, part = spans(periods), grid(periods)
    whole = -(-minutes // part) * part
    return tuple(
        Time(start, start + whole)
        for start in begins(periods)
        if any(span.start <= start and start + minutes <= span.end for span in within)
    )
