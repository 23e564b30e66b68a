"""Where the cohorts of a course stand for the public, and what it may know of their lessons."""

from __future__ import annotations

from datetime import datetime

from expertpool.training.models import Cohort, CohortState, Lesson, TeachingState
from expertpool.training.queries import Summary

NOTHING = Summary()
"""Numbers of a cohort that there is not."""


def stage_of(cohort: Cohort, now: datetime) -> str:
    """Return where a cohort stands for the public: `open`, `soon`, `closed`, `finished` or `cancelled`."""
    if cohort.state is not CohortState.OPEN:
        return cohort.state.value
    if now < cohort.opens_at:
        return "soon"
    return "open" if now < cohort.closes_at else "closed"


def first_of(cohorts: list[Cohort], stages: dict[int, str], asked: str | None) -> Cohort | None:
    """Return the cohort that is asked for, else the one that a reader looks for first."""
    named = next((each for each in cohorts if each.number == asked), None)
    order = ("open", "soon", "closed", "finished", "cancelled")
    return named or min(
        cohorts, key=lambda each: (order.index(stages[each.id]), each.opens_at, each.id), default=None
    )


def shown_lessons(lessons: list[Lesson]) -> list[tuple[Lesson, str]]:
    """Return lessons with the name of their teacher, if that one accepted."""
    return [
        (
            each,
            each.teaching.person.name
            if each.teaching and each.teaching.state is TeachingState.ACCEPTED
            else "",
        )
        for each in lessons
    ]
