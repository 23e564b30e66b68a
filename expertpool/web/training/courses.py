"""Courses for those who plan them: the list, the editor, publishing and retiring."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.audit import queries as audit
from expertpool.errors import Invalid, Stale
from expertpool.extensions import db
from expertpool.organisations import queries as organisations
from expertpool.skills import service as skills
from expertpool.training import courses as verbs
from expertpool.training import queries
from expertpool.training.courses import CourseFacts
from expertpool.training.models import Course, CourseState, Level
from expertpool.web.kit import guards, trail
from expertpool.web.kit.errors import stale_page
from expertpool.web.kit.forms import put_error, version_seen
from expertpool.web.kit.pagination import paginate
from expertpool.web.organisations.forms import lines
from expertpool.web.panels import offices
from expertpool.web.training.blueprint import (
    BOTH,
    EDIT,
    VIEW,
    acting,
    attempt,
    blueprint,
    course_of,
    may,
)
from expertpool.web.training.forms import CourseForm, NewCourseForm
from expertpool.web.training.wording import CODES, COURSES, FIELDS, SENTENCES, course_title

MOST_OFFERED = 300


@blueprint.get("/training/courses")
@guards.requires(VIEW)
def courses() -> ResponseReturnValue:
    """The courses of the reader's offices, narrowed by `?q=` and `?state=`."""
    query = queries.courses(guards.grants().scope(VIEW))
    text, state = request.args.get("q", "").strip()[:200], request.args.get("state", "")
    for word in text.split():
        query = query.where(
            sa.or_(
                *(
                    each.icontains(word, autoescape=True)
                    for each in (Course.number, Course.title_zh, Course.title_en)
                )
            )
        )
    if state in list(CourseState):
        query = query.where(Course.state == CourseState(state))
    page = paginate(db.session, query)
    return render_template(
        "training/courses.html",
        page=page,
        cohorts=queries.cohorts_of(db.session, [each.id for each in page.rows], drafts=True),
        text=text,
        state=state,
        states=COURSES,
    )


@blueprint.get("/training/courses/<int:course_id>")
@guards.requires(VIEW)
def manage_course(course_id: int) -> ResponseReturnValue:
    """One course with its cohorts and what happened to it."""
    course = course_of(course_id)
    cohorts = queries.cohorts_of(db.session, [course.id], drafts=True).get(course.id, [])
    entries = audit.trail(db.session, "course", course.id, now=clock.now(), limit=50).entries
    return render_template(
        "training/manage_course.html",
        course=course,
        cohorts=cohorts,
        numbers=queries.summaries(db.session, [each.id for each in cohorts]),
        lines=trail.lines(entries, SENTENCES, FIELDS, CODES),
        may_edit=may(EDIT, course),
    )


@blueprint.route("/training/courses/new", methods=BOTH)
@guards.requires(EDIT)
def new_course() -> ResponseReturnValue:
    """Enter a course as a draft."""
    form = NewCourseForm()
    form.owner.choices = offices.choices(EDIT)
    form.prerequisites.choices = _others(None)
    if form.validate_on_submit():
        try:
            owner = organisations.get(db.session, form.owner.data)
            made = verbs.create(db.session, _facts(form), owner=owner, **acting())
            db.session.commit()
            flash(gettext("%(number)s is entered as a draft.", number=made.number), "success")
            return redirect(url_for(".manage_course", course_id=made.id))
        except Invalid as error:
            db.session.rollback()
            _put(form, error)
    return render_template("training/new_course.html", form=form), 400 if form.faults else 200


@blueprint.route("/training/courses/<int:course_id>/edit", methods=BOTH)
@guards.requires(EDIT)
def edit_course(course_id: int) -> ResponseReturnValue:
    """Change the facts of a course."""
    course, form = course_of(course_id, EDIT), CourseForm()
    form.prerequisites.choices = _others(course)
    if not form.is_submitted():
        form.fill(course)
    elif form.validate():
        try:
            verbs.change(db.session, course, _facts(form), version=version_seen(form), **acting())
            db.session.commit()
            flash(gettext("%(number)s is saved.", number=course.number), "success")
            return redirect(url_for(".manage_course", course_id=course.id))
        except Stale:
            db.session.rollback()
            saved = CourseForm(formdata=None)
            saved.fill(course_of(course_id))
            return stale_page(
                _worded(saved), _worded(form), back=url_for(".edit_course", course_id=course_id)
            )
        except Invalid as error:
            db.session.rollback()
            _put(form, error)
    return render_template("training/edit_course.html", form=form, course=course), 400 if form.faults else 200


@blueprint.post("/training/courses/<int:course_id>/publish")
@guards.requires(EDIT)
def publish_course(course_id: int) -> ResponseReturnValue:
    """Show a course in the catalogue."""
    course = course_of(course_id, EDIT)
    return attempt(
        gettext("%(number)s stands in the public catalogue now.", number=course.number),
        url_for(".manage_course", course_id=course_id),
        lambda: verbs.publish(db.session, course, **acting()),
    )


@blueprint.post("/training/courses/<int:course_id>/retire")
@guards.requires(EDIT)
def retire_course(course_id: int) -> ResponseReturnValue:
    """Give a course no more."""
    course = course_of(course_id, EDIT)
    return attempt(
        gettext("%(number)s is retired. It can be published again.", number=course.number),
        url_for(".manage_course", course_id=course_id),
        lambda: verbs.retire(db.session, course, **acting()),
    )


def _facts(form: CourseForm) -> CourseFacts:
    return CourseFacts(
        title_zh=form.title_zh.data or "",
        title_en=form.title_en.data,
        minutes=form.minutes.data or 0,
        summary_zh=form.summary_zh.data or "",
        summary_en=form.summary_en.data,
        level=Level(form.level.data),
        attendance_percent=form.attendance_percent.data or 0,
        certificate_months=form.certificate_months.data,
        skill_ids=_skills(lines(form.skills.data)),
        prerequisite_ids=tuple(form.prerequisites.data or ()),
    )


def _skills(texts: tuple[str, ...]) -> tuple[int, ...]:
    found = skills.resolve(db.session, texts)
    unknown = [text for text in texts if text not in found]
    found |= skills.tag(db.session, unknown, **acting()) if unknown else {}
    return tuple(dict.fromkeys(found[text] for text in texts))


def _others(course: Course | None) -> list[tuple[int, str]]:
    """Return the courses that may have to be completed before: those published, and those chosen."""
    chosen = [row.required_id for row in course.prerequisites] if course else []
    query = (
        sa.select(Course)
        .where(sa.or_(Course.state == CourseState.PUBLISHED, Course.id.in_(chosen)))
        .order_by(Course.number)
        .limit(MOST_OFFERED)
    )
    if course is not None:
        query = query.where(Course.id != course.id)
    return [(each.id, f"{each.number} {course_title(each)}") for each in db.session.scalars(query)]


def _put(form: CourseForm, error: Invalid) -> None:
    """Put an error of the verb at the field of the form that holds the fact."""
    error.field = {"skill_ids": "skills", "prerequisite_ids": "prerequisites"}.get(
        error.field or "", error.field
    )
    put_error(form, error)


def _worded(form: CourseForm) -> dict[str, Any]:
    fields = [field for field in form if field.type not in ("HiddenField", "CSRFTokenField")]
    return {str(field.label.text): trail.shown(str(field.data or "")) for field in fields}
