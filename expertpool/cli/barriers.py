"""Why a lesson of a training plan has no place, and what would help, in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from expertpool.cli.messages import translated
from expertpool.errors import N_, Sentence
from expertpool.timetabling.plans.problem import Placement
from expertpool.timetabling.plans.result import OF_ROOMS, OF_TEACHERS, Easing, Reason, Rule, Unplaced

COMMA, SEMICOLON = Sentence(N_(", "), {}), Sentence(N_("; "), {})
REASONS = {
    Rule.DAY: N_("no teaching day"),
    Rule.SPAN: N_("it does not fit into the periods of a half-day"),
    Rule.WINDOW: N_("too early or too late"),
    Rule.LESSON_TIME: N_("it is not to be at that time"),
    Rule.TEACHER: N_("nobody may teach it"),
    Rule.SKILL: N_("teachers lack the skill “%(skill)s”"),
    Rule.LANGUAGE: N_("teachers do not teach in %(language)s"),
    Rule.TEACHER_TIME: N_("%(teacher)s can't teach then"),
    Rule.TEACHER_BUSY: N_("%(teacher)s is not free"),
    Rule.TEACHER_TWICE: N_("%(teacher)s teaches another lesson"),
    Rule.TEACHER_TRAVEL: N_("%(teacher)s comes from another place"),
    Rule.TEACHER_DAY: N_("%(teacher)s teaches enough that day"),
    Rule.TEACHER_WEEK: N_("%(teacher)s teaches enough that week"),
    Rule.TEACHER_IN_ALL: N_("%(teacher)s teaches enough in all"),
    Rule.ROOM: N_("there is no room that it may have"),
    Rule.SEATS: N_("rooms are too small; even %(room)s lacks %(short)s seats (%(seats)s for %(needed)s)"),
    Rule.EQUIPMENT: N_("rooms lack “%(equipment)s”"),
    Rule.ROOM_TIME: N_("%(room)s can't be used then"),
    Rule.ROOM_BUSY: N_("%(room)s is booked"),
    Rule.ROOM_TWICE: N_("%(room)s has another lesson"),
    Rule.GROUP_TIME: N_("%(group)s can't come then"),
    Rule.GROUP_BUSY: N_("%(group)s is not free"),
    Rule.GROUP_TWICE: N_("%(group)s has another lesson"),
    Rule.GROUP_TRAVEL: N_("%(group)s comes from another place"),
    Rule.GROUP_DAY: N_("%(group)s has enough that day"),
    Rule.ORDER: N_("its place in the order of lessons, or the days between them"),
    Rule.PIN: N_("it is pinned"),
}
"""What bars places, named after whom it concerns most."""

EASINGS = {
    Rule.DAY: N_("teach on %(day)s, a holiday"),
    Rule.WINDOW: N_("let it be on %(to)s instead of %(was)s at the nearest"),
    Rule.LESSON_TIME: N_("let it be up to %(to)s minutes outside of its times"),
    Rule.TEACHER: N_("let %(to)s teach it"),
    Rule.SKILL: N_("let %(subject)s teach it without the skill “%(to)s”"),
    Rule.LANGUAGE: N_("let %(subject)s teach it without the language “%(to)s”"),
    Rule.TEACHER_TIME: N_("ask %(subject)s for %(to)s minutes more at that time"),
    Rule.TEACHER_BUSY: N_("free %(subject)s at that time (%(was)s)"),
    Rule.TEACHER_DAY: N_("let %(subject)s teach %(to)s minutes that day instead of %(was)s"),
    Rule.TEACHER_WEEK: N_("let %(subject)s teach %(to)s minutes that week instead of %(was)s"),
    Rule.TEACHER_IN_ALL: N_("let %(subject)s teach %(to)s minutes in all instead of %(was)s"),
    Rule.ROOM: N_("let it be in %(to)s"),
    Rule.SEATS: N_("find %(to)s seats in %(subject)s, which has %(was)s"),
    Rule.EQUIPMENT: N_("bring “%(to)s” to %(subject)s"),
    Rule.ROOM_TIME: N_("open %(subject)s for %(to)s minutes more at that time"),
    Rule.ROOM_BUSY: N_("free %(subject)s at that time (%(was)s)"),
    Rule.GROUP_TIME: N_("ask %(subject)s for %(to)s minutes more at that time"),
    Rule.GROUP_BUSY: N_("free %(subject)s at that time (%(was)s)"),
    Rule.GROUP_DAY: N_("let %(subject)s have %(to)s minutes that day instead of %(was)s"),
    Rule.ORDER: N_("leave %(to)s days between %(before)s and %(after)s instead of %(was)s"),
}
"""What would let a lesson in; other rules are never eased."""

PLACES = N_("%(reason)s (places: %(number)s)")

MORE = {
    Rule.DAY: N_("add %(to)s as a teaching day"),
    Rule.TEACHER: N_("find one more teacher"),
    Rule.ROOM: N_("have one more room with %(to)s seats"),
}
"""The same of somebody or something new."""


def sentence(told: Reason | Easing) -> str:
    """Return what bars a lesson, or what would let it in, as half a sentence in the reader's language."""
    if isinstance(told, Reason):
        params = dict(told.params)
        if told.rule is Rule.SEATS:
            params["short"] = int(str(params["needed"])) - int(str(params["seats"]))
        return translated(Sentence(REASONS[told.rule], params))
    before, _, after = told.subject.partition(">")
    values = {"subject": told.subject, "was": told.was, "to": told.to, "day": told.placement.day}
    values |= {"before": before, "after": after} if told.rule is Rule.ORDER else {}
    new = told.subject in ("", "+") and told.rule in MORE and told.was != "holiday"
    return translated(Sentence((MORE if new else EASINGS)[told.rule], _shown(values)))


def explained(unplaced: Unplaced) -> Iterable[Sentence]:
    """Tell that a lesson has no place, what bars it, and the smallest easing that would help."""
    reasons = translated(SEMICOLON).join(
        translated(Sentence(_counted(each), {"reason": sentence(each), "number": each.places}))
        for each in unplaced.reasons
    )
    if reasons:
        yield Sentence(
            N_("Lesson “%(lesson)s” has no place. What bars it: %(reasons)s."),
            {"lesson": unplaced.lesson, "reasons": reasons},
        )
    else:
        yield Sentence(
            N_("Lesson “%(lesson)s” has no place: it is longer than any time of teaching."),
            {"lesson": unplaced.lesson},
        )
    if unplaced.easings:
        values = {
            "easings": translated(SEMICOLON).join(map(sentence, unplaced.easings)),
            "place": _place(unplaced.easings[0].placement),
        }
        yield Sentence(N_("It could be on %(place)s: %(easings)s."), values)
    elif unplaced.reasons:
        yield Sentence(N_("No easing was found that lets it in while all others stay."), {})


def _counted(reason: Reason) -> str:
    if reason.rule in OF_ROOMS:
        return N_("%(reason)s (rooms: %(number)s)")
    return N_("%(reason)s (teachers: %(number)s)") if reason.rule in OF_TEACHERS else PLACES


def _place(placement: Placement) -> str:
    clock = f"{placement.start // 60:02}:{placement.start % 60:02}"
    known = [each for each in (placement.room, placement.teacher) if each and not each.startswith("+")]
    return translated(COMMA).join([f"{placement.day.isoformat()} {clock}", *known])


def _shown(values: dict[str, Any]) -> dict[str, str]:
    return {name: "–" if value in (None, "") else str(value) for name, value in values.items()}
