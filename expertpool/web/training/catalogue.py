"""The public catalogue, a course with its cohorts and lessons, and enrolling in one click."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from expertpool import clock
from expertpool.errors import N_, Invalid, NotFound
from expertpool.extensions import db
from expertpool.people.models import Person
from expertpool.skills import queries as skills
from expertpool.training import enrolling, joining, policy, queries
from expertpool.training.models import (
    Cohort,
    CohortState,
    Course,
    Enrolment,
    EnrolmentState,
    Lesson,
    LessonState,
    Level,
    TeachingState,
)
from expertpool.training.queries import Summary, Wanted
from expertpool.web.kit import guards
from expertpool.web.kit.pagination import here, paginate
from expertpool.web.skills.wording import skill_name
from expertpool.web.training.blueprint import acting, blueprint, may, myself
from expertpool.web.training.wording import LEVELS, course_title

NOTHING = Summary()


@dataclass(frozen=True)
class Row:
    """A course of the catalogue with the cohort that a reader looks for first."""

    course: Course
    cohort: Cohort | None
    numbers: Summary
    stage: str
    more: int
    """Further cohorts that are not over."""


@blueprint.get("/courses")
@guards.public
def catalogue() -> ResponseReturnValue:
    """The published courses, narrowed by `?q= level= skill= open=`."""
    now = clock.now()
    wanted = _wanted(now)
    page = paginate(db.session, queries.catalogue(db.session, wanted))
    return render_template(
        "training/catalogue.html",
        page=page,
        rows=_rows(page.rows, now),
        wanted=wanted,
        levels=LEVELS,
        conditions=_conditions(wanted),
    )


@blueprint.get("/courses/<number>")
@guards.public
def course(number: str) -> ResponseReturnValue:
    """A course; `?cohort=` chooses the run that is shown with its lessons."""
    return _page(_public(number))


@blueprint.post("/courses/<number>/enrol")
@guards.signed_in
def enrol(number: str) -> ResponseReturnValue:
    """Take a place in a cohort, or the last position of its waiting list."""
    course = _public(number)
    cohort = queries.cohort(db.session, request.form.get("cohort", 0, type=int))
    if cohort.course_id != course.id or not policy.is_shown(cohort):
        raise NotFound(N_("There is no such cohort."))
    try:
        user = guards.user()
        person = joining.register(db.session, user.name, user.email, user, **acting())
        enrolment = enrolling.enrol(db.session, cohort, person, source=enrolling.SELF, **acting())
        position = enrolling.position(db.session, enrolment)
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        return _page(course, refused=error, asked=cohort.number), 400
    flash(_enrolled_text(course, position), "success")
    return redirect(url_for(".learning"))


def stage_of(cohort: Cohort, now: datetime) -> str:
    """Return where a cohort stands for the public: `open`, `soon`, `closed`, `finished` or `cancelled`."""
    if cohort.state is not CohortState.OPEN:
        return cohort.state.value
    if now < cohort.opens_at:
        return "soon"
    return "open" if now < cohort.closes_at else "closed"


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


def _public(number: str) -> Course:
    course = queries.course_by_number(db.session, number)
    if not policy.is_public(course):
        raise NotFound(N_("There is no such course."))
    return course


def _page(course: Course, *, refused: Invalid | None = None, asked: str | None = None) -> str:
    now = clock.now()
    cohorts = queries.cohorts_of(db.session, [course.id]).get(course.id, [])
    numbers = queries.summaries(db.session, [each.id for each in cohorts])
    stages = {each.id: stage_of(each, now) for each in cohorts}
    chosen = _chosen(cohorts, stages, asked or request.args.get("cohort"))
    lessons = queries.lessons_of(db.session, [chosen.id]).get(chosen.id, []) if chosen else []
    return render_template(
        "training/course.html",
        course=course,
        cohort=chosen,
        numbers=numbers.get(chosen.id, NOTHING) if chosen else NOTHING,
        stage=stages[chosen.id] if chosen else "",
        lessons=shown_lessons([each for each in lessons if each.state is LessonState.PLANNED]),
        others=[(each, stages[each.id], numbers[each.id]) for each in cohorts if each is not chosen],
        refused=refused.sentence.translated(gettext) if refused else "",
        may_manage=may("training.view", course),
        **_reader(course, chosen),
    )


def _reader(course: Course, cohort: Cohort | None) -> dict[str, Any]:
    """Return what the page tells the reader about themselves: enrolment, position, missing prerequisites."""
    person = myself()
    enrolment = _live_enrolment(person, cohort)
    position = enrolling.position(db.session, enrolment) if enrolment else 0
    missing = enrolling.missing_prerequisites(db.session, course.id, person.id if person else None)
    return {
        "enrolment": enrolment,
        "position": position,
        "missing": missing if current_user.is_authenticated else [],
    }


def _live_enrolment(person: Person | None, cohort: Cohort | None) -> Enrolment | None:
    if person is None or cohort is None:
        return None
    over = (EnrolmentState.CANCELLED, EnrolmentState.LAPSED)
    return db.session.scalar(
        sa.select(Enrolment).where(
            Enrolment.cohort_id == cohort.id, Enrolment.person_id == person.id, Enrolment.state.not_in(over)
        )
    )


def _chosen(cohorts: list[Cohort], stages: dict[int, str], asked: str | None) -> Cohort | None:
    """Return the cohort that is asked for, else the one that a reader looks for first."""
    named = next((each for each in cohorts if each.number == asked), None)
    order = ("open", "soon", "closed", "finished", "cancelled")
    return named or min(
        cohorts, key=lambda each: (order.index(stages[each.id]), each.opens_at, each.id), default=None
    )


def _rows(courses: Any, now: datetime) -> list[Row]:
    cohorts = queries.cohorts_of(db.session, [each.id for each in courses])
    numbers = queries.summaries(db.session, [each.id for found in cohorts.values() for each in found])
    return [_row(each, cohorts.get(each.id, []), numbers, now) for each in courses]


def _row(course: Course, cohorts: list[Cohort], numbers: dict[int, Summary], now: datetime) -> Row:
    stages = {each.id: stage_of(each, now) for each in cohorts}
    going = [each for each in cohorts if stages[each.id] in ("open", "soon", "closed")]
    first = _chosen(going, stages, None)
    if first is None:
        return Row(course, None, NOTHING, "", 0)
    return Row(course, first, numbers[first.id], stages[first.id], len(going) - 1)


def _wanted(now: datetime) -> Wanted:
    level = request.args.get("level", "")
    return Wanted(
        text=request.args.get("q", "").strip()[:200],
        level=Level(level) if level in list(Level) else None,
        skill_id=request.args.get("skill", type=int),
        open_at=now if "open" in request.args else None,
    )


def _conditions(wanted: Wanted) -> list[tuple[str, str]]:
    """Return each chosen condition in words with the address of the list without it."""
    found: list[tuple[str, str]] = []
    if wanted.text:
        found.append((gettext("“%(text)s”", text=wanted.text), here(q=None, page=None)))
    if wanted.level:
        found.append((str(LEVELS[wanted.level]), here(level=None, page=None)))
    if wanted.skill_id:
        skill = skills.by_ids(db.session, [wanted.skill_id]).get(wanted.skill_id)
        found.append((skill_name(skill) if skill else f"#{wanted.skill_id}", here(skill=None, page=None)))
    if wanted.open_at:
        found.append((gettext("open for enrolment"), here(open=None, page=None)))
    return found


def _enrolled_text(course: Course, position: int) -> str:
    if position:
        return str(
            gettext(
                "You are number %(position)s on the waiting list of “%(course)s”. "
                "We write when a place is free.",
                position=position,
                course=course_title(course),
            )
        )
    return str(gettext("You are enrolled in “%(course)s”. The place is yours.", course=course_title(course)))
