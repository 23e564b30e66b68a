"""One day of a teacher, a group or a room: what breaks a rule there, and what it costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import combinations

from expertpool.timetabling.plans.fixed import gap
from expertpool.timetabling.plans.problem import ONLINE, Busy, Kind, Placement, Teacher
from expertpool.timetabling.plans.result import Breach, Params, Rule, Soft
from expertpool.timetabling.plans.terms import Group, Terms


def day_breaches(
    terms: Terms, what: str, whom: str, day: dt.date, here: Sequence[Placement]
) -> Iterator[Breach]:
    """Two lessons at one time, too little time to travel between two, too many minutes."""
    ordered = sorted(here, key=lambda each: (each.start, each.lesson))
    for one, other in combinations(ordered, 2):
        given = gap(terms.taken(one), terms.taken(other))
        if given < 0:
            yield Breach(Rule(f"{what}-twice"), other.lesson, {what: whom, "other": one.lesson})
        elif what != "room":
            remote = what == "group" and terms.groups[whom].remote
            places = [terms.place(each, remote=remote) for each in (one, other)]
            needed = terms.travel(*places)
            if given < needed:
                params: Params = {what: whom, "other": one.lesson, "minutes": needed, "given": given}
                yield Breach(Rule(f"{what}-travel"), other.lesson, params)
    most = None if what == "room" else _person(terms, what, whom).most_a_day
    minutes = sum(terms.lessons[each.lesson].minutes for each in here)
    if most is not None and minutes > most:
        load: Params = {what: whom, "minutes": minutes, "most": most}
        yield Breach(Rule(f"{what}-day"), ordered[-1].lesson, load)


def day_costs(terms: Terms, what: str, whom: str, here: Sequence[Placement]) -> Iterator[tuple[Soft, int]]:
    """Waiting, coming from afar; and for cohorts rooms, exams and courses that come more than once."""
    person = _person(terms, what, whom)
    group = person if isinstance(person, Group) else None
    if group and not group.cohort:
        return
    yield (Soft.GAP if group else Soft.TEACHER_GAP), _waiting(terms, person.busy, here)
    remote = group is not None and group.remote
    on_site = [each for each in here if terms.place(each, remote=remote) not in (None, ONLINE)]
    if person.travels:
        yield Soft.TRAVEL_DAY, int(bool(on_site))
    if group:
        yield Soft.SAME_ROOM, max(0, len({each.room for each in on_site}) - 1)
        lessons = [terms.lessons[each.lesson] for each in here]
        exams = sum(lesson.kind is Kind.EXAM for lesson in lessons)
        yield Soft.EXAM_DAY, max(0, exams - 1)
        courses = [lesson.course for lesson in lessons if lesson.course]
        if group.spread:
            yield Soft.COURSE_DAY, len(courses) - len(set(courses))


def _person(terms: Terms, what: str, whom: str) -> Group | Teacher:
    return terms.groups[whom] if what == "group" else terms.teachers[whom]


def _waiting(terms: Terms, busy: Sequence[Busy], here: Sequence[Placement]) -> int:
    """Count the started half hours of teaching time, between first and last lesson, that nothing fills."""
    if len(here) < 2:
        return 0
    step, day = terms.problem.grid, here[0].day
    taken = [terms.taken(each) for each in here]
    filled = taken + [terms.slot(each.start, each.end) for each in busy if each.date == day]
    spans = terms.days[day].spans if day in terms.days else ()
    idle = sum(
        any(span.start < at + step and at < span.end for span in spans)
        and not any(start <= at < end for start, end in filled)
        for at in range(min(start for start, _ in taken), max(end for _, end in taken), step)
    )
    return -(-idle * step // 30)
