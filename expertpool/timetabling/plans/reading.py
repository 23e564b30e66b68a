"""Read a problem, and a published plan, from JSON.

Objects have the fields of the dataclasses of `problem`, of the same names; dates are written as
"2027-03-01", times of the day as "09:30" ("24:00" ends a day). Every fault is found, each with its path
such as `lessons[3].minutes`.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from typing import Any

from expertpool.errors import N_, Sentence
from expertpool.timetabling.plans import problem as p

MOST_LESSONS = 5_000
MOST_WEIGHT = 100_000
MOST_MINUTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: where, the value if there is one, and what is wrong."""

    path: str
    value: str | None
    problem: Sentence


class Unreadable(Exception):
    """The text is no problem; `faults` holds at least one."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{each.path}: {each.problem}" for each in faults))


def read(text: str) -> p.Problem:
    """Return the problem in a text; raises `Unreadable`."""
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        wrong = Sentence(N_("This is no JSON: line %(line)s, column %(column)s."), place)
        raise Unreadable([Fault("", None, wrong)]) from error
    except RecursionError as error:
        raise Unreadable([Fault("", None, Sentence(N_("An object is expected here.")))]) from error
    reader = _Reader()
    problem: p.Problem | None = reader.object(p.Problem, "", values)
    if problem is not None and not reader.faults:
        reader.check(problem)
    if problem is None or reader.faults:
        raise Unreadable(reader.faults)
    return problem


Parser = Callable[["_Reader", str, Any], Any]


class _Reader:
    """Reads values and collects faults; what is wrong is read as None."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, path: str, value: object, message: str, **params: object) -> None:
        shown = None if value is None else json.dumps(value, ensure_ascii=False, default=str).strip('"')
        if shown is not None and len(shown) > 60:
            shown = shown[:60] + " …"
        self.faults.append(Fault(path, shown, Sentence(message, params)))

    def object(self, kind: type[Any], path: str, value: Any) -> Any:
        if not isinstance(value, dict):
            return self.fault(path, value, N_("An object is expected here."))
        parsers, prefix, found = PARSERS[kind], f"{path}." if path else "", {}
        for name in value:
            if name not in parsers:
                self.fault(prefix + name, None, N_("There is no such field."))
        for field in fields(kind):
            if field.name in value:
                found[field.name] = parsers[field.name](self, prefix + field.name, value[field.name])
            elif field.default is MISSING and field.default_factory is MISSING:
                self.fault(prefix + field.name, None, N_("This field is missing."))
        missing = {field.name for field in fields(kind) if field.default is MISSING} - set(found)
        if any(field.default_factory is MISSING and field.name in missing for field in fields(kind)):
            return None
        return kind(**found)

    def check(self, problem: p.Problem) -> None:
        """Find ids that stand twice or nowhere, and what contradicts itself."""
        known: dict[str, set[str]] = {}
        for name in ("lessons", "cohorts", "trainees", "teachers", "rooms"):
            known[name] = self._once(name, (each.id for each in getattr(problem, name)))
        self._days(problem)
        for number, lesson in enumerate(problem.lessons):
            for name in ("cohorts", "trainees", "teachers", "rooms"):
                self._known(f"lessons[{number}].{name}", getattr(lesson, name), name, known[name])
            self._known(f"lessons[{number}].also", lesson.also, "teachers", known["teachers"])
        for number, trainee in enumerate(problem.trainees):
            self._known(f"trainees[{number}].cohorts", trainee.cohorts, "cohorts", known["cohorts"])
        for number, order in enumerate(problem.orders):
            self._known(f"orders[{number}]", (order.before, order.after), "lessons", known["lessons"])
            if order.before == order.after:
                self.fault(f"orders[{number}]", order.after, N_("A lesson can't come after itself."))
        for name in ("pins", "published"):
            placed: tuple[p.Placement, ...] = getattr(problem, name)
            self._once(name, (each.lesson for each in placed))
            for number, pin in enumerate(placed):
                if name == "pins":
                    self._pin(problem, f"pins[{number}]", pin, known)

    def _pin(self, problem: p.Problem, path: str, pin: p.Placement, known: dict[str, set[str]]) -> None:
        """A pin stands for something that will take place: all in it is known, and ends on its day."""
        self._known(path, (pin.lesson,), "lessons", known["lessons"])
        self._known(path, (pin.room,) if pin.room else (), "rooms", known["rooms"])
        self._known(path, (pin.teacher,) if pin.teacher else (), "teachers", known["teachers"])
        minutes = {lesson.id: lesson.minutes for lesson in problem.lessons}.get(pin.lesson, 0)
        if pin.start + minutes > 1440:
            self.fault(f"{path}.start", _clock(pin.start), N_("The lesson would not end on this day."))

    def _once(self, name: str, ids: Iterable[str]) -> set[str]:
        seen: set[str] = set()
        for number, id in enumerate(ids):
            if id in seen:
                self.fault(f"{name}[{number}]", id, N_("This id stands in the list twice."))
            seen.add(id)
        return seen

    def _known(self, path: str, ids: Iterable[str], name: str, known: set[str]) -> None:
        for id in ids:
            if id not in known:
                self.fault(path, id, N_("There is no such id in “%(list)s”."), list=name)

    def _days(self, problem: p.Problem) -> None:
        for number, day in enumerate(problem.days):
            if number and day.date <= problem.days[number - 1].date:
                wrong = N_("Days stand in the order of dates, each date once.")
                self.fault(f"days[{number}].date", day.date.isoformat(), wrong)
            if number and (day.date - problem.days[0].date).days > 400:
                self.fault(f"days[{number}].date", day.date.isoformat(), N_("A term has 400 days at most."))
            for place, span in enumerate(day.spans):
                self._ordered(f"days[{number}].spans[{place}]", span)
        owners = ("cohorts", "trainees", "teachers", "rooms", "lessons")
        for name in owners:
            for number, owner in enumerate(getattr(problem, name)):
                for field in ("available", "busy", "prefers"):
                    for place, time in enumerate(getattr(owner, field, ())):
                        self._ordered(f"{name}[{number}].{field}[{place}]", time)
        if 60 % problem.grid:
            self.fault("grid", problem.grid, N_("The grid divides an hour: 5, 10, 15, 20, 30 or 60."))

    def _ordered(self, path: str, time: p.Span | p.Time | p.Busy) -> None:
        if time.start >= time.end:
            shown = f"{_clock(time.start)}-{_clock(time.end)}"
            self.fault(path, shown, N_("The end must come after the start."))


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _text(reader: _Reader, path: str, value: Any) -> Any:
    if isinstance(value, str) and len(value) <= 200:
        return value
    return reader.fault(path, value, N_("A text of up to 200 characters is expected here."))


def _id(reader: _Reader, path: str, value: Any) -> Any:
    if isinstance(value, str) and 0 < len(value) <= 200 and not value.startswith("+"):
        return value
    return reader.fault(path, value, N_("An id is expected here: a text that does not begin with “+”."))


def _flag(reader: _Reader, path: str, value: Any) -> Any:
    if isinstance(value, bool):
        return value
    return reader.fault(path, value, N_("true or false is expected here."))


def _date(reader: _Reader, path: str, value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    return reader.fault(path, value, N_("A date such as 2027-03-01 is expected here."))


def _time(reader: _Reader, path: str, value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00", value, re.ASCII):
        return int(value[:2]) * 60 + int(value[3:])
    return reader.fault(path, value, N_("A time such as 09:30 is expected here."))


def _whole(least: int, most: int) -> Parser:
    def parse(reader: _Reader, path: str, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        wrong = N_("A whole number from %(least)s to %(most)s is expected here.")
        return reader.fault(path, value, wrong, least=least, most=most)

    return parse


def _choice(kind: type[StrEnum]) -> Parser:
    def parse(reader: _Reader, path: str, value: Any) -> Any:
        if isinstance(value, str) and value in list(kind):
            return kind(value)
        choices = ", ".join(kind)
        return reader.fault(path, value, N_("One of these is expected here: %(choices)s."), choices=choices)

    return parse


def _maybe(parser: Parser) -> Parser:
    return lambda reader, path, value: None if value is None else parser(reader, path, value)


def _each(parser: Parser, *, most: int = 5_000, kind: type[Any] = tuple) -> Parser:
    def parse(reader: _Reader, path: str, value: Any) -> Any:
        if not isinstance(value, list) or len(value) > most:
            return reader.fault(
                path, None, N_("A list of up to %(most)s entries is expected here."), most=most
            )
        return kind(parser(reader, f"{path}[{number}]", each) for number, each in enumerate(value))

    return parse


def _of(kind: type[Any]) -> Parser:
    return lambda reader, path, value: reader.object(kind, path, value)


def _all_of(kind: type[Any]) -> Parser:
    return _each(_of(kind))


_ids, _texts = _each(_id), _each(_text, kind=frozenset)
_minutes = _maybe(_whole(0, MOST_MINUTES))
_person = {"id": _id, "most_a_day": _minutes, "available": _all_of(p.Time), "busy": _all_of(p.Busy)}

PARSERS: dict[type[Any], dict[str, Parser]] = {
    p.Span: {"start": _time, "end": _time},
    p.Day: {"date": _date, "spans": _all_of(p.Span), "kind": _choice(p.DayKind)},
    p.Time: {"start": _time, "end": _time, "weekday": _maybe(_whole(1, 7)), "date": _maybe(_date)},
    p.Busy: {"date": _date, "start": _time, "end": _time, "place": _maybe(_text), "what": _text},
    p.Cohort: {**_person, "size": _whole(0, 10_000), "remote": _flag, "travels": _flag, "spread": _flag},
    p.Trainee: {**_person, "cohorts": _ids},
    p.Teacher: {
        **_person,
        "skills": _texts,
        "languages": _texts,
        "travels": _flag,
        "most_a_week": _minutes,
        "most_in_all": _minutes,
        "prefers": _all_of(p.Time),
    },
    p.Room: {
        "id": _id,
        "seats": _whole(0, 100_000),
        "place": _id,
        "equipment": _texts,
        "exam_seats": _maybe(_whole(0, 100_000)),
        "available": _all_of(p.Time),
        "busy": _all_of(p.Busy),
    },
    p.Travel: {"one": _text, "other": _text, "minutes": _whole(0, 1440)},
    p.Lesson: {
        "id": _id,
        "minutes": _whole(1, 1440),
        "course": _text,
        "kind": _choice(p.Kind),
        "mode": _choice(p.Mode),
        "cohorts": _ids,
        "trainees": _ids,
        "taught": _flag,
        "teachers": _ids,
        "also": _ids,
        "skills": _texts,
        "language": _maybe(_text),
        "rooms": _ids,
        "equipment": _texts,
        "earliest": _maybe(_date),
        "latest": _maybe(_date),
        "available": _all_of(p.Time),
    },
    p.Order: {
        "before": _id,
        "after": _id,
        "least_days": _whole(0, 400),
        "most_days": _maybe(_whole(0, 400)),
    },
    p.Placement: {
        "lesson": _id,
        "day": _date,
        "start": _time,
        "room": _maybe(_id),
        "teacher": _maybe(_id),
    },
    p.Weights: {field.name: _whole(0, MOST_WEIGHT) for field in fields(p.Weights)},
    p.Problem: {
        "days": _all_of(p.Day),
        "lessons": _each(_of(p.Lesson), most=MOST_LESSONS),
        "cohorts": _all_of(p.Cohort),
        "trainees": _each(_of(p.Trainee), most=100_000),
        "teachers": _all_of(p.Teacher),
        "rooms": _all_of(p.Room),
        "travel": _all_of(p.Travel),
        "orders": _each(_of(p.Order), most=50_000),
        "pins": _all_of(p.Placement),
        "published": _all_of(p.Placement),
        "not_before": _maybe(_date),
        "grid": _whole(5, 60),
        "online_minutes": _whole(0, 1440),
        "weights": _of(p.Weights),
    },
}
"""How each field is read."""
