"""What is taught, as lists: the outline of a course, and the lessons that a cohort is to have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import Invalid
from expertpool.extensions import db
from expertpool.planning import outlines
from expertpool.planning.models import CohortLesson
from expertpool.planning.rows import is_published
from expertpool.training.models import Cohort
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.planning.blueprint import BOTH, EDIT, acting, blueprint
from expertpool.web.planning.forms import CohortForm, OutlineForm
from expertpool.web.training import choosing
from expertpool.web.training.blueprint import cohort_of, course_of


@blueprint.route("/training/courses/<int:course_id>/outline", methods=BOTH)
@guards.requires(EDIT)
def outline(course_id: int) -> ResponseReturnValue:
    """List the lessons that a course consists of; new cohorts get a copy."""
    course, form = course_of(course_id, EDIT), OutlineForm()
    if not form.is_submitted():
        form.fill(outlines.outline_of(db.session, course))
    elif form.validate() and _saved(
        form, lambda rows: outlines.set_outline(db.session, course, rows, **acting())
    ):
        flash(gettext("The outline is saved. Cohorts that have no list yet get it."), "success")
        return redirect(url_for("training.manage_course", course_id=course_id))
    page = render_template("planning/outline.html", form=form, course=course)
    return page, 400 if form.faults else 200


@blueprint.route("/training/cohorts/<int:cohort_id>/outline", methods=BOTH)
@guards.requires(EDIT)
def cohort_outline(cohort_id: int) -> ResponseReturnValue:
    """List what a cohort is to be taught and does not have yet."""
    cohort, form = cohort_of(cohort_id, EDIT), CohortForm()
    teachers = [(choosing.NONE, gettext("any of the cohort")), *choosing.teachers(cohort)]
    rows = outlines.lessons_of(db.session, [cohort.id])
    if not form.is_submitted():
        form.fill(_offered(cohort, rows))
    form.choose(teachers)
    if (
        form.is_submitted()
        and form.validate()
        and _saved(form, lambda lines: outlines.set_lessons(db.session, cohort, lines, **acting()))
    ):
        flash(gettext("The list is saved. Timetables with this cohort place these lessons."), "success")
        return redirect(url_for("training.cohort", cohort_id=cohort_id))
    form.choose(teachers)
    page = render_template(
        "planning/cohort_outline.html",
        form=form,
        cohort=cohort,
        published=[each for each in rows if is_published(each)],
        now=clock.now(),
    )
    return page, 400 if form.faults else 200


def _offered(cohort: Cohort, rows: Sequence[CohortLesson]) -> list[Any]:
    """Return the lines to begin with: those that wait, or the course's outline when there is no list."""
    if rows:
        return [each for each in rows if not is_published(each)]
    return list(outlines.outline_of(db.session, cohort.course))


def _saved(form: OutlineForm, save: Callable[[Any], None]) -> bool:
    """Save the lines and commit; a refusal is put at its field."""
    try:
        save(form.lines())
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        form.renumber()
        _put(form, error)
        return False
    return True


def _put(form: OutlineForm, error: Invalid) -> None:
    """Put an error at `rows-<number>-<field>`, counted among the lines with a title."""
    _, number, name = [*(error.field or "").split("-", 2), "", ""][:3]
    if number.isdecimal() and int(number) < len(form.rows):
        field = form.rows[int(number)].form[name]
        field.errors = [*field.errors, error.sentence.translated(gettext)]
    else:
        put_error(form, error)
