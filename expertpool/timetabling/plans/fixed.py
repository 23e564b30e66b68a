"""Hard rules of one lesson in one place, whatever else is placed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from expertpool.timetabling.plans.problem import Busy, DayKind, Mode, Placement, Time
from expertpool.timetabling.plans.result import Breach, Params, Rule
from expertpool.timetabling.plans.terms import Slot, Terms

Broken = Iterator[tuple[Rule, Params]]


def place_breaches(terms: Terms, placement: Placement) -> list[Breach]:
    """Return what a placement breaks by itself."""
    found = [
        *time_rules(terms, placement),
        *_room_rules(terms, placement),
        *_teacher_rules(terms, placement),
        *_people_rules(terms, placement),
    ]
    return [Breach(rule, placement.lesson, params) for rule, params in found]


def time_rules(terms: Terms, placement: Placement) -> Broken:
    """Day, teaching time, window and the lesson's own times."""
    lesson, day = terms.lessons[placement.lesson], terms.days.get(placement.day)
    start, end = placement.start, placement.start + lesson.minutes
    if day is None or day.kind is DayKind.HOLIDAY:
        yield Rule.DAY, {"day": placement.day, "kind": day.kind.value if day else ""}
    elif start % terms.problem.grid or not any(span.start <= start and end <= span.end for span in day.spans):
        yield Rule.SPAN, {"start": start, "end": end}
    for earliest in (lesson.earliest, terms.problem.not_before):
        if earliest and placement.day < earliest and lesson.id not in terms.pins:
            yield Rule.WINDOW, {"day": placement.day, "earliest": earliest}
            break
    if lesson.latest and placement.day > lesson.latest:
        yield Rule.WINDOW, {"day": placement.day, "latest": lesson.latest}
    outside = terms.outside(lesson.available, placement.day, terms.taken(placement))
    if outside:
        yield Rule.LESSON_TIME, {"minutes": outside}


def _room_rules(terms: Terms, placement: Placement) -> Broken:
    lesson, room = terms.lessons[placement.lesson], terms.rooms.get(placement.room or "")
    if lesson.mode is Mode.ONLINE:
        if placement.room is not None:
            yield Rule.ROOM, {"room": placement.room}
        return
    if room is None or (lesson.rooms and room.id not in lesson.rooms):
        yield Rule.ROOM, {"room": placement.room or ""}
    if room is None:
        return
    seats, needed = terms.seats(lesson, room), terms.needed[lesson.id]
    if seats < needed:
        yield Rule.SEATS, {"room": room.id, "seats": seats, "needed": needed}
    for equipment in sorted(lesson.equipment - room.equipment):
        yield Rule.EQUIPMENT, {"room": room.id, "equipment": equipment}
    slot = terms.taken(placement)
    yield from _times(terms, placement, slot, ("room", room.id), room.available)
    yield from _clashes(terms, placement, ("room", room.id), room.busy)


def _teacher_rules(terms: Terms, placement: Placement) -> Broken:
    lesson, teacher = terms.lessons[placement.lesson], terms.teachers.get(placement.teacher or "")
    if not lesson.taught:
        if placement.teacher is not None:
            yield Rule.TEACHER, {"teacher": placement.teacher}
        return
    if (
        teacher is None
        or teacher.id in lesson.also
        or (lesson.teachers and teacher.id not in lesson.teachers)
    ):
        yield Rule.TEACHER, {"teacher": placement.teacher or ""}
    if teacher is None:
        return
    for skill in sorted(lesson.skills - teacher.skills):
        yield Rule.SKILL, {"teacher": teacher.id, "skill": skill}
    if lesson.language is not None and lesson.language not in teacher.languages:
        yield Rule.LANGUAGE, {"teacher": teacher.id, "language": lesson.language}


def _people_rules(terms: Terms, placement: Placement) -> Broken:
    """Times when teachers and groups can, and their fixed engagements."""
    lesson, slot = terms.lessons[placement.lesson], terms.taken(placement)
    for id in terms.teaching(placement):
        teacher = terms.teachers[id]
        yield from _times(terms, placement, slot, ("teacher", id), teacher.available)
        yield from _clashes(terms, placement, ("teacher", id), teacher.busy)
        place = terms.place(placement, remote=False)
        yield from _too_near(terms, placement, ("teacher", id), place, teacher.busy)
    for group in terms.followers[lesson.id]:
        yield from _times(terms, placement, slot, ("group", group.id), group.available)
        yield from _clashes(terms, placement, ("group", group.id), group.busy)
        place = terms.place(placement, remote=group.remote)
        yield from _too_near(terms, placement, ("group", group.id), place, group.busy)


def _times(
    terms: Terms, placement: Placement, slot: Slot, who: tuple[str, str], times: tuple[Time, ...]
) -> Broken:
    outside = terms.outside(times, placement.day, slot)
    if outside:
        yield Rule(f"{who[0]}-time"), {who[0]: who[1], "minutes": outside}


def _clashes(terms: Terms, placement: Placement, who: tuple[str, str], busy: Iterable[Busy]) -> Broken:
    for each in busy:
        if terms.overlaps(each, placement):
            params: Params = {who[0]: who[1], "start": each.start, "end": each.end, "what": each.what}
            yield Rule(f"{who[0]}-busy"), params


def _too_near(
    terms: Terms, placement: Placement, who: tuple[str, str], place: str | None, busy: Iterable[Busy]
) -> Broken:
    slot = terms.taken(placement)
    for each in busy:
        if each.date != placement.day:
            continue
        given = gap(slot, terms.slot(each.start, each.end))
        needed = terms.travel(place, each.place)
        if 0 <= given < needed:
            params: Params = {who[0]: who[1], "what": each.what, "minutes": needed, "given": given}
            yield Rule(f"{who[0]}-travel"), params


def gap(one: Slot, other: Slot) -> int:
    """Return the minutes between two slots of a day; below 0 if they overlap."""
    return max(one[0] - other[1], other[0] - one[1])
