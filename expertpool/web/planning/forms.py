"""Forms of timetables."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms import Form as Part
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from expertpool.planning.models import CohortLesson, Delivery, LessonKind, OutlineLesson
from expertpool.planning.outlines import MOST_SPACING, Row
from expertpool.planning.runs import LEAST_SECONDS, MOST_SECONDS
from expertpool.planning.teachers import Terms
from expertpool.planning.timetables import PERIODS, PLAIN, TimetableFacts
from expertpool.planning.wishes import HALF_DAYS
from expertpool.training.models import Cohort
from expertpool.web.kit.forms import Form
from expertpool.web.planning.wording import DELIVERIES, FIELDS, KINDS, WISHES, language_name
from expertpool.web.training import sharing
from expertpool.web.training.forms import SHARED

ANYBODY = ""
"""Value of a teacher who is left to the engine."""
SEPARATORS = str.maketrans(dict.fromkeys(",，;；、", "\n"))


class TimetableForm(Form):
    """The facts of a timetable."""

    title = StringField(
        FIELDS["title"],
        [DataRequired(_l("Give a title.")), Length(max=200)],
        description=_l("Such as Winter 2026."),
    )
    first = DateField(FIELDS["first"], [DataRequired(_l("Give a day."))])
    last = DateField(FIELDS["last"], [DataRequired(_l("Give a day."))])
    cohort_ids = SelectMultipleField(FIELDS["cohort_ids"], coerce=int)
    periods = TextAreaField(
        FIELDS["periods"],
        [DataRequired(_l("Give at least one period."))],
        description=_l(
            "One a line, such as 08:30-10:00. Lessons begin with a period and last over short breaks."
        ),
        default="\n".join("-".join(each) for each in PERIODS),
    )
    in_order = BooleanField(FIELDS["in_order"], default=True)
    cohort_minutes = IntegerField(
        FIELDS["cohort_minutes"], [Optional(), NumberRange(10, 1440)], description=_l("Empty: no limit")
    )
    teacher_minutes = IntegerField(
        FIELDS["teacher_minutes"], [Optional(), NumberRange(10, 1440)], description=_l("Empty: no limit")
    )
    teacher_week_minutes = IntegerField(
        FIELDS["teacher_week_minutes"],
        [Optional(), NumberRange(10, 7 * 1440)],
        description=_l(
            "Empty: no limit. Other limits of single teachers are noted on the timetable's page of teachers."
        ),
    )
    travel_minutes = IntegerField(
        FIELDS["travel_minutes"], [InputRequired(_l("Give a number.")), NumberRange(0, 600)], default=30
    )
    version = HiddenField()

    def fill(self, facts: TimetableFacts, version: int) -> None:
        """Show the present facts."""
        for name in PLAIN:
            self[name].data = getattr(facts, name)
        self.cohort_ids.data = list(facts.cohort_ids)
        self.periods.data = "\n".join("-".join(each) for each in facts.periods)
        self.version.data = str(version)

    def facts(self) -> TimetableFacts:
        """Return what was typed; times are checked by the service."""
        assert self.first.data is not None
        assert self.last.data is not None
        return TimetableFacts(
            title=self.title.data or "",
            first=self.first.data,
            last=self.last.data,
            cohort_ids=tuple(self.cohort_ids.data or ()),
            periods=tuple(_pairs(self.periods.data or "")),
            in_order=bool(self.in_order.data),
            cohort_minutes=self.cohort_minutes.data,
            teacher_minutes=self.teacher_minutes.data,
            teacher_week_minutes=self.teacher_week_minutes.data,
            travel_minutes=self.travel_minutes.data or 0,
        )


class OutlineLine(Part):
    """One lesson of an outline."""

    id = HiddenField()
    title = StringField(_l("Title of the lesson"), [Optional(), Length(max=200)])
    minutes = IntegerField(_l("Minutes"), [Optional(), NumberRange(10, 720)], default=90)
    kind = SelectField(_l("Kind"), choices=[(each.value, word) for each, word in KINDS.items()])
    delivery = SelectField(
        _l("Where it is taught"), choices=[(each.value, word) for each, word in DELIVERIES.items()]
    )
    equipment = StringField(_l("Equipment needed"), [Optional(), Length(max=200)])
    language = StringField(_l("Language"), [Optional(), Length(max=40)])
    least_days = IntegerField(
        _l("Days after the one before, at least"), [Optional(), NumberRange(0, MOST_SPACING)]
    )
    most_days = IntegerField(
        _l("Days after the one before, at most"), [Optional(), NumberRange(0, MOST_SPACING)]
    )


class CourseLine(OutlineLine):
    """One lesson that a course consists of."""

    together = BooleanField(_l("Cohorts of one timetable have it together"))


class CohortLine(OutlineLine):
    """One lesson that a cohort is to have."""

    shared = StringField(
        SHARED,
        [Optional(), Length(max=sharing.LONGEST)],
        description=_l("Cohorts by number, single trainees by number, address or name"),
    )

    teacher = SelectField(_l("Teacher"))
    """ANYBODY, or `t` and the id of a teaching, or `p` and that of an expert of the pool."""


class OutlineForm(Form):
    """The lessons of a course; a line without a title is left out."""

    rows: FieldList[Any] = FieldList(FormField(CourseLine), max_entries=240)

    def fill(self, lessons: Iterable[OutlineLesson | CohortLesson], blank: int = 4) -> None:
        """Show the present lines and some blank ones."""
        while self.rows.entries:
            self.rows.pop_entry()
        listed = list(lessons)
        shares = sharing.of_lessons([each for each in listed if isinstance(each, CohortLesson)])
        typed = iter([each.typed for each in shares])
        for each in listed:
            line = _line_of(each)
            self.rows.append_entry(line | {"shared": next(typed)} if isinstance(each, CohortLesson) else line)
        for _number in range(blank):
            self.rows.append_entry({"minutes": 90})

    def lines(self) -> list[Row]:
        """Return the lines that have a title, in order."""
        return [_row_of(each.form) for each in self.rows if (each.form.title.data or "").strip()]

    def renumber(self) -> None:
        """Leave out lines without a title, so that errors of the service find their line."""
        kept = [each.data for each in self.rows if (each.form.title.data or "").strip()]
        while self.rows.entries:
            self.rows.pop_entry()
        for values in kept:
            self.rows.append_entry(values)


class CohortForm(OutlineForm):
    """What a cohort is to be taught."""

    rows = FieldList(FormField(CohortLine), max_entries=240)

    def shared(self, cohort: Cohort) -> list[Row]:
        """Return the lines with those who share them; raises `Invalid` naming who is unknown, at the line."""
        reader, found = sharing.Reader(cohort), []
        texts = [each.form.shared.data for each in self.rows if (each.form.title.data or "").strip()]
        for number, (row, text) in enumerate(zip(self.lines(), texts, strict=True)):
            joint, guests = reader.read(text, f"rows-{number}-shared")
            found.append(dataclasses.replace(row, joint_ids=joint, guest_ids=guests))
        return found

    def choose(self, teachers: list[tuple[str, str]]) -> None:
        """Offer these teachers in every line."""
        for line in self.rows:
            line.form["teacher"].choices = teachers


class TeacherForm(Form):
    """What was agreed with a teacher."""

    week_minutes = IntegerField(
        _l("Minutes of lessons a week, at most"), [Optional(), NumberRange(10, 7 * 1440)]
    )
    unwished = SelectMultipleField(_l("Would rather not teach"), choices=[(each, each) for each in HALF_DAYS])

    def fill(self, terms: Terms) -> None:
        """Show what is agreed now."""
        self.week_minutes.data, self.unwished.data = terms.week_minutes, list(terms.unwished)

    def terms(self) -> Terms:
        """Return what was typed."""
        return Terms(self.week_minutes.data, tuple(self.unwished.data or ()))


class AskForm(Form):
    """How long the engine may search."""

    seconds = IntegerField(
        _l("Seconds to search, at most"),
        [InputRequired(_l("Give a number.")), NumberRange(LEAST_SECONDS, MOST_SECONDS)],
        default=30,
    )


class SpotForm(Form):
    """Where a lesson is to be."""

    day = DateField(_l("Day"), [DataRequired(_l("Give a day."))])
    start = TimeField(_l("Beginning"), [DataRequired(_l("Give a time."))])
    room = SelectField(_l("Room of the lesson"))
    teacher = SelectField(_l("Teacher"))


class PublishForm(Form):
    """Why lessons are cancelled, if any are."""

    reason = StringField(
        _l("Reason for cancelling lessons"),
        [Optional(), Length(max=300)],
        description=_l("Told to everybody concerned; only when a lesson is cancelled."),
    )


def weights_form(present: dict[str, Any]) -> Form:
    """Return a form with a number for each rule, `present` by rule."""
    named = {
        each.value: IntegerField(
            wish,
            [InputRequired(_l("Give a number.")), NumberRange(0, 10_000)],
            default=present[each.value],
            description=unit,
        )
        for each, (wish, unit) in WISHES.items()
    }
    made: Form = type("WeightsForm", (Form,), named)()
    return made


def _pairs(text: str) -> Iterable[tuple[str, str]]:
    """Yield the beginning and the end of each line; a wrong one is told by the service."""
    for line in text.translate(SEPARATORS).splitlines():
        tidy = line.strip().replace("–", "-").replace("—", "-").replace("\u81f3", "-").replace("：", ":")
        if tidy:
            first, _, last = tidy.partition("-")
            yield first.strip(), last.strip()


def _line_of(lesson: OutlineLesson | CohortLesson) -> dict[str, Any]:
    line: dict[str, Any] = {
        "id": str(lesson.id) if isinstance(lesson, CohortLesson) else "",
        "title": lesson.title,
        "minutes": lesson.minutes,
        "kind": lesson.kind.value,
        "delivery": lesson.delivery.value,
        "equipment": "、".join(lesson.equipment),
        "language": language_name(lesson.language),
        "least_days": lesson.least_days,
        "most_days": lesson.most_days,
    }
    if isinstance(lesson, CohortLesson):
        return line | {"teacher": teacher_value(lesson)}
    return line | {"together": lesson.together}


def teacher_value(lesson: CohortLesson) -> str:
    """Return the value of the teacher whom a line names."""
    if lesson.teaching_id is not None:
        return f"t{lesson.teaching_id}"
    return f"p{lesson.person_id}" if lesson.person_id is not None else ANYBODY


def _chosen(line: Any, kind: str) -> int | None:
    value = line.teacher.data or "" if "teacher" in line else ""
    return int(value[1:]) if value.startswith(kind) else None


def _row_of(line: Any) -> Row:
    text = line.id.data or ""
    return Row(
        title=line.title.data or "",
        minutes=line.minutes.data or 0,
        kind=LessonKind(line.kind.data),
        delivery=Delivery(line.delivery.data),
        equipment=tuple((line.equipment.data or "").translate(SEPARATORS).splitlines()),
        language=line.language.data or None,
        least_days=line.least_days.data,
        most_days=line.most_days.data,
        teaching_id=_chosen(line, "t"),
        person_id=_chosen(line, "p"),
        together="together" in line and bool(line.together.data),
        id=int(text) if text.isdecimal() and len(text) < 10 else None,
    )
