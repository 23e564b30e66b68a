"""Half-days at which a teacher would rather not teach, and the times that they prefer then."""

from __future__ import annotations

from collections.abc import Collection

from expertpool.timetabling.plans.problem import Time

NOON = 12 * 60
HALVES = {"am": (0, NOON), "pm": (NOON, 24 * 60)}
HALF_DAYS = tuple(f"{weekday}-{half}" for weekday in range(1, 8) for half in HALVES)
"""ISO weekday (1 is Monday) and half, in order."""


def preferred(unwished: Collection[str]) -> tuple[Time, ...]:
    """Return the other half-days as times; empty for no wish."""
    return tuple(
        Time(*HALVES[half], weekday=int(weekday))
        for weekday, half in (each.split("-") for each in HALF_DAYS if unwished and each not in unwished)
    )
