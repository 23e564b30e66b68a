"""Words of the pages of timetables: events, states, rules of the engine."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from babel.dates import get_day_names
from flask_babel import format_decimal, get_locale, gettext, ngettext
from flask_babel import lazy_gettext as _l

from expertpool.planning.models import Delivery, LessonKind, StepKind
from expertpool.planning.run_models import TimetableRunState
from expertpool.text import languages
from expertpool.timetabling.plans.problem import Weights
from expertpool.timetabling.plans.result import Rule, Soft
from expertpool.web.kit.locale import language

SENTENCES = {
    "timetable.timetable-created": _l("The timetable was begun for %(first)s to %(last)s"),
    "timetable.timetable-changed": _l("The timetable was changed"),
    "timetable.published-taken-over": _l("%(lessons)s published lessons came into the draft"),
    "timetable.lesson-placed": _l("“%(called)s” was placed by hand: %(starts)s"),
    "timetable.lesson-taken-out": _l("“%(called)s” was taken out"),
    "timetable.lesson-pinned": _l("“%(called)s” was pinned"),
    "timetable.lesson-released": _l("The pin of “%(called)s” was released"),
    "timetable.lesson-leaving": _l("“%(called)s” is to be cancelled"),
    "timetable.lesson-staying": _l("“%(called)s” is not to be cancelled after all"),
    "timetable.plan-requested": _l(
        "Plan %(number)s was asked for, at most %(seconds)s seconds, seed %(seed)s"
    ),
    "timetable.plan-recorded": _l("Plan %(number)s came into the draft: %(placed)s placed, %(unplaced)s not"),
    "timetable.plan-failed": _l("Plan %(number)s failed: %(error)s"),
    "timetable.plan-stopped": _l("Plan %(number)s was stopped with the best so far"),
    "timetable.plan-cancelled": _l("Plan %(number)s was called off"),
    "timetable.timetable-published": _l("The timetable was published"),
    "timetable.draft-step-taken-back": _l("Taken back: %(what)s (%(called)s)"),
}

FIELDS = {
    "title": _l("Title"),
    "first": _l("First day"),
    "last": _l("Last day"),
    "periods": _l("Periods"),
    "cohort_ids": _l("Cohorts"),
    "in_order": _l("Lessons in the order of the list"),
    "cohort_minutes": _l("Minutes a day of one cohort, at most"),
    "teacher_minutes": _l("Minutes a day of one teacher, at most"),
    "teacher_week_minutes": _l("Minutes a week of one teacher, at most"),
    "travel_minutes": _l("Minutes between rooms at different addresses"),
}

KINDS = {
    LessonKind.LECTURE: _l("Lecture"),
    LessonKind.EXERCISE: _l("Exercise"),
    LessonKind.EXAM: _l("Exam"),
    LessonKind.OTHER: _l("Other kind"),
}
DELIVERIES = {
    Delivery.ON_SITE: _l("On site"),
    Delivery.ONLINE: _l("Online"),
    Delivery.BOTH: _l("On site and online"),
}
STATES = {
    TimetableRunState.QUEUED: _l("Waiting"),
    TimetableRunState.RUNNING: _l("Being worked out"),
    TimetableRunState.DONE: _l("Done"),
    TimetableRunState.FAILED: _l("Failed"),
    TimetableRunState.CANCELLED: _l("Called off"),
}
FAILURES = {
    "lost": _l("Its worker was lost three times. Ask again, or tell whoever runs the service."),
    "unexpected": _l("Something unexpected happened; it is in the service's log."),
}
STEPS = {
    StepKind.PLACED: _l("placing a lesson by hand"),
    StepKind.TAKEN_OUT: _l("taking a lesson out"),
    StepKind.PINNED: _l("pinning a lesson"),
    StepKind.RELEASED: _l("releasing a pin"),
    StepKind.PLANNED: _l("taking in a plan"),
}
CODES = {**FAILURES, **{f"step-{kind.value}": word for kind, word in STEPS.items()}}
PARTS = {"time": _l("time"), "room": _l("room"), "teacher": _l("teacher")}

SOFT = {
    Soft.UNPLACED: _l("Lessons without a place"),
    Soft.MOVED: _l("Published lessons at another time"),
    Soft.REASSIGNED: _l("Published lessons in another room or with another teacher"),
    Soft.PROVISIONAL: _l("Lessons on days that may become holidays"),
    Soft.TEACHER_TIME: _l("Lessons at times that teachers don't prefer"),
    Soft.GAP: _l("Waiting of cohorts between two lessons"),
    Soft.TEACHER_GAP: _l("Waiting of teachers between two lessons"),
    Soft.TRAVEL_DAY: _l("Days on which people come from afar"),
    Soft.SPREAD: _l("Weeks with more than their even share"),
    Soft.COURSE_DAY: _l("Further lessons of a cohort on one day"),
    Soft.SAME_ROOM: _l("Changes of room of a cohort on one day"),
    Soft.SAME_TEACHER: _l("Further teachers of a course"),
    Soft.EXAM_DAY: _l("Further exams of a cohort on one day"),
    Soft.EMPTY_SEATS: _l("Empty seats in rooms"),
}
"""Rule -> what it counts."""
WISHES = {
    Soft.MOVED: (_l("Published lessons stay at their time"), _l("for each lesson that moves")),
    Soft.REASSIGNED: (
        _l("Published lessons keep their room and their teacher"),
        _l("for each lesson that gets another"),
    ),
    Soft.PROVISIONAL: (
        _l("No lessons on days that may yet become holidays"),
        _l("for each lesson on such a day"),
    ),
    Soft.TEACHER_TIME: (
        _l("Teachers teach when they like to"),
        _l("for each lesson at a half-day when its teacher would rather not"),
    ),
    Soft.GAP: (
        _l("A cohort does not wait between two lessons of a day"),
        _l("for each half hour that it waits"),
    ),
    Soft.TEACHER_GAP: (
        _l("A teacher does not wait between two lessons of a day"),
        _l("for each half hour that they wait"),
    ),
    Soft.SPREAD: (
        _l("The lessons of a cohort are spread evenly over its weeks"),
        _l("for each hour above the even share of a week"),
    ),
    Soft.COURSE_DAY: (_l("A cohort has one lesson a day"), _l("for each further lesson of the day")),
    Soft.SAME_ROOM: (_l("A cohort stays in one room all day"), _l("for each further room of the day")),
    Soft.SAME_TEACHER: (_l("A cohort keeps one teacher"), _l("for each further teacher")),
    Soft.EXAM_DAY: (_l("A cohort has one exam a day at most"), _l("for each further exam of the day")),
    Soft.EMPTY_SEATS: (_l("Rooms are not much larger than their cohorts"), _l("for each ten empty seats")),
}
"""Rule whose weight an office decides -> what a plan is to do, and what its weight is counted for."""

CLASHES = frozenset(
    {
        Rule.TEACHER,
        Rule.TEACHER_BUSY,
        Rule.TEACHER_TWICE,
        Rule.ROOM,
        Rule.ROOM_BUSY,
        Rule.ROOM_TWICE,
        Rule.GROUP_TWICE,
        Rule.GROUP_BUSY,
        Rule.ORDER,
    }
)
"""Rules whose breach is boxed in the grid; others are told beside."""

BREACHES = {
    Rule.DAY: _l("%(day)s is no teaching day"),
    Rule.SPAN: _l("%(start)s to %(end)s lies outside of the periods"),
    Rule.WINDOW: _l("%(day)s is too early or too late"),
    Rule.LESSON_TIME: _l("it does not begin with a period"),
    Rule.TEACHER: _l("it has no teacher who may teach it"),
    Rule.SKILL: _l("%(teacher)s lacks the skill “%(skill)s”"),
    Rule.LANGUAGE: _l("%(teacher)s does not teach in %(language)s"),
    Rule.TEACHER_TIME: _l("%(teacher)s can't teach then"),
    Rule.TEACHER_BUSY: _l("%(teacher)s is not free from %(start)s to %(end)s: %(what)s"),
    Rule.TEACHER_TWICE: _l("%(teacher)s teaches “%(other)s” at the same time"),
    Rule.TEACHER_TRAVEL: _l("%(teacher)s needs %(minutes)s minutes between two rooms and has %(given)s"),
    Rule.TEACHER_DAY: _l("%(teacher)s would teach %(minutes)s minutes that day, at most %(most)s"),
    Rule.TEACHER_WEEK: _l("%(teacher)s would teach %(minutes)s minutes that week, at most %(most)s"),
    Rule.TEACHER_IN_ALL: _l("%(teacher)s would teach %(minutes)s minutes in all, at most %(most)s"),
    Rule.ROOM: _l("it has no room, or one that it may not have"),
    Rule.SEATS: _l("%(room)s has %(seats)s seats for %(needed)s trainees"),
    Rule.EQUIPMENT: _l("%(room)s lacks: %(equipment)s"),
    Rule.ROOM_TIME: _l("%(room)s can't be used then"),
    Rule.ROOM_BUSY: _l("%(room)s is booked from %(start)s to %(end)s: %(what)s"),
    Rule.ROOM_TWICE: _l("“%(other)s” is in %(room)s at the same time"),
    Rule.GROUP_TIME: _l("%(group)s can't come then"),
    Rule.GROUP_BUSY: _l("%(group)s is not free from %(start)s to %(end)s: %(what)s"),
    Rule.GROUP_TWICE: _l("%(group)s has “%(other)s” at the same time"),
    Rule.GROUP_TRAVEL: _l("%(group)s needs %(minutes)s minutes between two rooms and has %(given)s"),
    Rule.GROUP_DAY: _l("%(group)s would have %(minutes)s minutes that day, at most %(most)s"),
    Rule.ORDER: _l("“%(before)s” must end before “%(after)s” begins"),
    Rule.PIN: _l("it is pinned elsewhere"),
}
"""What a lesson breaks where it is."""

BARRIERS = {
    Rule.DAY: _l("no teaching day"),
    Rule.SPAN: _l("it does not fit into the periods of a half-day"),
    Rule.WINDOW: _l("too early or too late"),
    Rule.LESSON_TIME: _l("no period begins then"),
    Rule.TEACHER: _l("nobody may teach it"),
    Rule.SKILL: _l("teachers lack the skill “%(skill)s”"),
    Rule.LANGUAGE: _l("teachers do not teach in %(language)s"),
    Rule.TEACHER_TIME: _l("%(teacher)s can't teach then"),
    Rule.TEACHER_BUSY: _l("%(teacher)s is not free"),
    Rule.TEACHER_TWICE: _l("%(teacher)s teaches another lesson"),
    Rule.TEACHER_TRAVEL: _l("%(teacher)s comes from another place"),
    Rule.TEACHER_DAY: _l("%(teacher)s teaches enough that day"),
    Rule.TEACHER_WEEK: _l("%(teacher)s teaches enough that week"),
    Rule.TEACHER_IN_ALL: _l("%(teacher)s teaches enough in all"),
    Rule.ROOM: _l("there is no room that it may have"),
    Rule.SEATS: _l("rooms are too small; even %(room)s lacks %(short)s seats (%(seats)s for %(needed)s)"),
    Rule.EQUIPMENT: _l("rooms lack “%(equipment)s”"),
    Rule.ROOM_TIME: _l("%(room)s can't be used then"),
    Rule.ROOM_BUSY: _l("%(room)s is booked"),
    Rule.ROOM_TWICE: _l("%(room)s has another lesson"),
    Rule.GROUP_TIME: _l("%(group)s can't come then"),
    Rule.GROUP_BUSY: _l("%(group)s is not free"),
    Rule.GROUP_TWICE: _l("%(group)s has another lesson"),
    Rule.GROUP_TRAVEL: _l("%(group)s comes from another place"),
    Rule.GROUP_DAY: _l("%(group)s has enough that day"),
    Rule.ORDER: _l("its place in the order of lessons, or the days between them"),
    Rule.PIN: _l("it is pinned"),
}
"""What bars places that a lesson could have."""

EASINGS = {
    Rule.DAY: _l("teach on %(to)s"),
    Rule.SPAN: _l("let a period last longer"),
    Rule.WINDOW: _l("let the timetable reach to %(to)s"),
    Rule.LESSON_TIME: _l("let it begin outside of the periods"),
    Rule.TEACHER: _l("have %(teacher)s teach it"),
    Rule.SKILL: _l("let %(subject)s teach it without the skill “%(to)s”"),
    Rule.LANGUAGE: _l("let %(subject)s teach it, who does not teach in %(to)s"),
    Rule.TEACHER_TIME: _l("ask %(subject)s for another time"),
    Rule.TEACHER_BUSY: _l("have %(subject)s free at that time"),
    Rule.TEACHER_TWICE: _l("have somebody else teach one of two lessons of %(subject)s"),
    Rule.TEACHER_TRAVEL: _l("give %(subject)s less time to travel"),
    Rule.TEACHER_DAY: _l("let %(subject)s teach %(to)s minutes that day instead of %(was)s"),
    Rule.TEACHER_WEEK: _l("let %(subject)s teach %(to)s minutes that week instead of %(was)s"),
    Rule.TEACHER_IN_ALL: _l("let %(subject)s teach %(to)s minutes in all instead of %(was)s"),
    Rule.ROOM: _l("have one more room"),
    Rule.SEATS: _l("put up with %(room)s, which has %(was)s seats for %(to)s"),
    Rule.EQUIPMENT: _l("bring “%(to)s” to %(room)s, or do without it"),
    Rule.ROOM_TIME: _l("open %(subject)s at another time"),
    Rule.ROOM_BUSY: _l("free %(subject)s at that time"),
    Rule.ROOM_TWICE: _l("have one more room like %(subject)s"),
    Rule.GROUP_TIME: _l("have %(subject)s come at another time"),
    Rule.GROUP_BUSY: _l("do without %(subject)s at that time"),
    Rule.GROUP_TWICE: _l("do without %(subject)s, who has another lesson then"),
    Rule.GROUP_TRAVEL: _l("give %(subject)s less time to travel"),
    Rule.GROUP_DAY: _l("let %(subject)s have %(to)s minutes that day instead of %(was)s"),
    Rule.ORDER: _l("leave %(to)s days between %(subject)s instead of %(was)s"),
    Rule.PIN: _l("release its pin"),
}
"""What would let a lesson in."""


SPACED = {
    "least": _l("“%(after)s” is to come %(least)s days or more after “%(before)s”, not %(days)s"),
    "most": _l("“%(after)s” is to come %(most)s days or fewer after “%(before)s”, not %(days)s"),
}
"""An order whose lessons are too near or too far apart."""

HALVES = {"am": _l("forenoon"), "pm": _l("afternoon")}


def weekdays() -> list[tuple[int, str]]:
    """Return ISO weekdays with their short names."""
    names = get_day_names("abbreviated", locale=get_locale())
    return [(number, names[number - 1]) for number in range(1, 8)]


def half_day(value: str) -> str:
    """Return one half-day in words."""
    day, half = value.split("-")
    return str(gettext("%(day)s %(half)s", day=dict(weekdays())[int(day)], half=HALVES[half]))


def half_days(values: Collection[str]) -> str:
    """Return half-days in words; a whole day, or all forenoons or afternoons, by one word."""
    days = dict(weekdays())
    whole = [half for half in HALVES if all(f"{day}-{half}" in values for day in days)]
    told = [str(_ALL[half]) for half in whole]
    for day, name in days.items():
        left = [half for half in HALVES if f"{day}-{half}" in values and half not in whole]
        if len(left) == len(HALVES):
            told.append(name)
        else:
            told += [half_day(f"{day}-{half}") for half in left]
    return str(gettext(", ")).join(told)


def days_between(least: int | None, most: int | None) -> str:
    """Return how many days lie between a lesson and the one before; empty for any number."""
    if least is None and most is None:
        return ""
    if most is None:
        return str(ngettext("at least %(num)s day", "at least %(num)s days", least))
    if least is None:
        return str(ngettext("at most %(num)s day", "at most %(num)s days", most))
    return str(gettext("%(least)s to %(most)s days", least=least, most=most))


def language_name(text: str | None) -> str:
    """Return what a language is called in the reader's; an unknown one as it is written, empty for none."""
    return languages.name(text, language()) if text else ""


def language_names(texts: Iterable[str]) -> str:
    """Return languages by name, each once."""
    return str(gettext(", ")).join(dict.fromkeys(map(language_name, texts)))


def further(line: Any) -> str:
    """Return what a line of an outline says in its further wishes; empty for nothing."""
    told = [
        line.equipment.data,
        line.language.data,
        days_between(line.least_days.data, line.most_days.data),
        gettext("with %(names)s", names=line.shared.data) if "shared" in line and line.shared.data else "",
        gettext("together") if "together" in line and line.together.data else "",
    ]
    return str(gettext(", ")).join(str(each) for each in told if each)


def is_faulty(line: Any) -> bool:
    """Whether one of these fields of a line has an error."""
    names = ("equipment", "language", "least_days", "most_days", "shared")
    return any(line[name].errors for name in names if name in line)


_ALL = {"am": _l("every forenoon"), "pm": _l("every afternoon")}


def number(value: int) -> str:
    """Return a whole number with its thousands parted."""
    return str(format_decimal(value))


def signed(change: int) -> str:
    """Return a change of cost with its sign; 0 has none."""
    sign = "+" if change > 0 else "−" if change < 0 else ""
    return sign + number(abs(change))


def cost_of(best: dict[str, Any]) -> int:
    """Return what a plan costs besides the lessons that have no place, which are told by themselves."""
    return int(best["cost"]) - int(best["unplaced_count"]) * Weights().unplaced


def bound_of(best: dict[str, Any]) -> str:
    """Return what is known of other plans with as many lessons; empty for nothing, as of runs before."""
    least = int(best.get("bound", 0)) - int(best["unplaced_count"]) * Weights().unplaced
    if least == cost_of(best):
        return str(gettext("No plan costs less."))
    return str(gettext("No plan costs less than %(cost)s.", cost=number(least))) if least > 0 else ""
