"""A plan as a table for people: a line a lesson, days and weeks apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from expertpool.timetabling.plans.problem import Placement, Problem
from expertpool.timetabling.plans.terms import terms_of, week


def weekly(problem: Problem, plan: Sequence[Placement]) -> str:
    """Return weeks, days and lessons in the order of time: from, to, lesson, cohorts, room, teacher."""
    terms, lines = terms_of(problem), list[str]()
    ordered = sorted(plan, key=lambda each: (each.day, each.start, each.lesson))
    for (year, number), lessons in groupby(ordered, key=lambda each: week(each.day)):
        lines.append(f"{year}-W{number:02}")
        for day, today in groupby(lessons, key=lambda each: each.day):
            lines.append(f"  {day.isoformat()}")
            for each in today:
                lesson = terms.lessons[each.lesson]
                end = each.start + lesson.minutes
                who = "+".join((*lesson.cohorts, *lesson.trainees))
                where = each.room or lesson.mode.value
                told = (_clock(each.start) + "-" + _clock(end), each.lesson, who, where, each.teacher or "")
                lines.append("    " + "  ".join(told).rstrip())
    return "".join(line + "\n" for line in lines)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
