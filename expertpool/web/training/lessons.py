"""Plan, change and cancel the lessons of a cohort."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool.errors import Invalid, Stale
from expertpool.extensions import db
from expertpool.settings import holidays
from expertpool.training import hours, queries
from expertpool.training import lessons as verbs
from expertpool.training.lessons import LessonFacts, Planned
from expertpool.training.models import Cohort, Lesson
from expertpool.web.kit import guards, trail
from expertpool.web.kit.errors import stale_page
from expertpool.web.kit.forms import put_error, version_seen
from expertpool.web.training import choosing, sharing
from expertpool.web.training.blueprint import BOTH, EDIT, acting, aware, blueprint, cohort_of, lesson_of
from expertpool.web.training.forms import LessonForm, ReasonForm


@blueprint.route("/training/cohorts/<int:cohort_id>/lessons/new", methods=BOTH)
@guards.requires(EDIT)
def new_lesson(cohort_id: int) -> ResponseReturnValue:
    """Add a lesson; room, teacher and trainees are booked, or the clash is named."""
    cohort = cohort_of(cohort_id, EDIT)
    form = _form(cohort, None)
    if form.validate_on_submit():
        try:
            planned = verbs.plan(db.session, cohort, _facts(form, cohort), **acting())
            return _planned(
                planned, gettext("The lesson “%(lesson)s” is planned.", lesson=planned.lesson.title)
            )
        except Invalid as error:
            db.session.rollback()
            _put(form, error)
    page = render_template(
        "training/new_lesson.html", form=form, cohort=cohort, offered=sharing.offered(cohort)
    )
    return page, 400 if form.faults else 200


@blueprint.route("/training/lessons/<int:lesson_id>/edit", methods=BOTH)
@guards.requires(EDIT)
def edit_lesson(lesson_id: int) -> ResponseReturnValue:
    """Change a lesson; everybody concerned is told."""
    lesson, cohort = lesson_of(lesson_id)
    form = _form(cohort, lesson)
    if not form.is_submitted():
        form.fill(lesson)
    elif form.validate():
        try:
            facts, seen = _facts(form, cohort), version_seen(form)
            planned = verbs.change(db.session, lesson, facts, version=seen, **acting())
            return _planned(planned, gettext("The lesson “%(lesson)s” is saved.", lesson=lesson.title))
        except Stale:
            db.session.rollback()
            saved = LessonForm(formdata=None)
            saved.fill(queries.lesson(db.session, lesson_id))
            return stale_page(
                _worded(saved), _worded(form), back=url_for(".edit_lesson", lesson_id=lesson_id)
            )
        except Invalid as error:
            db.session.rollback()
            _put(form, error)
    page = render_template(
        "training/edit_lesson.html",
        form=form,
        cohort=cohort,
        lesson=lesson,
        offered=sharing.offered(cohort),
    )
    return page, 400 if form.faults else 200


@blueprint.route("/training/lessons/<int:lesson_id>/cancel", methods=BOTH)
@guards.requires(EDIT)
def cancel_lesson(lesson_id: int) -> ResponseReturnValue:
    """Ask once, with a reason, then call the lesson off and tell everybody."""
    lesson, cohort = lesson_of(lesson_id)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            verbs.cancel(db.session, lesson, form.reason.data or "", **acting())
            db.session.commit()
            flash(gettext("The lesson is cancelled. Everybody concerned is told by mail."), "success")
            return redirect(url_for(".cohort", cohort_id=cohort.id))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    page = render_template("training/cancel_lesson.html", form=form, cohort=cohort, lesson=lesson)
    return page, 400 if form.faults else 200


def _form(cohort: Cohort, lesson: Lesson | None) -> LessonForm:
    form = LessonForm()
    form.room_id.choices = [(choosing.NONE, gettext("none")), *choosing.rooms(lesson)]
    form.teaching_id.choices = [(choosing.NONE, gettext("nobody yet")), *choosing.teachers(cohort)]
    if lesson is not None and lesson.teaching is not None:
        known = (lesson.teaching.id, lesson.teaching.person.name)
        form.teaching_id.choices += [known] if known not in form.teaching_id.choices else []
    return form


def _facts(form: LessonForm, cohort: Cohort) -> LessonFacts:
    assert form.starts.data is not None
    assert form.ends.data is not None
    joint, guests = sharing.Reader(cohort).read(form.shared.data)
    return LessonFacts(
        title=form.title.data or "",
        starts=aware(form.starts.data),
        ends=aware(form.ends.data),
        room_id=form.room_id.data or None,
        online_url=form.online_url.data or None,
        teaching_id=form.teaching_id.data or None,
        joint_ids=joint,
        guest_ids=guests,
    )


def _planned(planned: Planned, done: str) -> ResponseReturnValue:
    """Commit; say what was done, what speaks against the day, and which trainees are booked elsewhere."""
    cohort_id, day = planned.lesson.cohort_id, hours.day_of(planned.lesson.starts)
    names = [person.name for person in planned.unbooked]
    db.session.commit()
    flash(done, "success")
    warning = holidays.warning(db.session, day)
    if warning:
        flash(warning.translated(gettext), "warning")
    if names:
        text = gettext("Booked elsewhere at this time: %(names)s.", names=gettext(", ").join(names))
        flash(text, "warning")
    return redirect(url_for(".cohort", cohort_id=cohort_id))


def _put(form: LessonForm, error: Invalid) -> None:
    """Put a clash of people at the time, for the form has no field of the diary."""
    error.field = "starts" if error.field == "slot" else error.field
    put_error(form, error)


def _worded(form: LessonForm) -> dict[str, Any]:
    fields = [form.title, form.starts, form.ends, form.online_url, form.shared]
    return {str(field.label.text): trail.shown(str(field.data or "")) for field in fields}
