"""The list of timetables; begin one, change it, take over what was published elsewhere."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool.errors import N_, Forbidden, Invalid, Stale
from expertpool.extensions import db
from expertpool.organisations.models import Organisation
from expertpool.planning import queries, steps, timetables
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error, version_seen
from expertpool.web.kit.pagination import paginate
from expertpool.web.planning.blueprint import BOTH, EDIT, VIEW, acting, blueprint, timetable_of
from expertpool.web.planning.forms import TimetableForm
from expertpool.web.training.wording import run_title


@blueprint.get("/training/timetables/")
@guards.requires(VIEW)
def index() -> ResponseReturnValue:
    """The timetables of the reader's offices, those that end last first."""
    page = paginate(db.session, queries.listed(guards.grants().scope(VIEW)))
    ids = [each.id for each in page.rows]
    return render_template(
        "planning/index.html",
        page=page,
        counts=queries.counts(db.session, ids),
        runs=queries.newest_runs(db.session, ids),
    )


@blueprint.route("/training/timetables/new", methods=BOTH)
@guards.requires(EDIT)
def create() -> ResponseReturnValue:
    """Begin a timetable of the office `?office=`, the only one if there is but one."""
    choices = queries.offices(db.session, guards.grants().scope(EDIT))
    if not choices:
        return render_template("planning/nothing.html")
    owner_id = request.args.get("office", choices[0][0], type=int)
    if owner_id not in dict(choices):
        raise Forbidden(N_("This office lies outside of your role."))
    form = TimetableForm()
    form.cohort_ids.choices = _cohorts(owner_id)
    if form.validate_on_submit():
        owner = db.session.get_one(Organisation, owner_id)
        try:
            made = timetables.create(db.session, form.facts(), owner=owner, **acting())
            db.session.commit()
            flash(gettext("The timetable is begun. Place lessons by hand, or ask for a plan."), "success")
            return redirect(url_for(".show", timetable_id=made.id))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    page = render_template("planning/new.html", form=form, offices=choices, owner_id=owner_id)
    return page, 400 if form.faults else 200


@blueprint.route("/training/timetables/<int:timetable_id>/edit", methods=BOTH)
@guards.requires(EDIT)
def edit(timetable_id: int) -> ResponseReturnValue:
    """Change days, periods and cohorts."""
    timetable = timetable_of(timetable_id, EDIT)
    form = TimetableForm()
    form.cohort_ids.choices = _cohorts(timetable.owner_id)
    if not form.is_submitted():
        form.fill(timetables.facts_of(db.session, timetable), timetable.version)
    elif form.validate():
        try:
            timetables.change(db.session, timetable, form.facts(), version=version_seen(form), **acting())
            db.session.commit()
            flash(gettext("The timetable is saved."), "success")
            return redirect(url_for(".show", timetable_id=timetable_id))
        except (Invalid, Stale) as error:
            db.session.rollback()
            put_error(form, error)
    page = render_template("planning/edit.html", form=form, timetable=timetable_of(timetable_id))
    return page, 400 if form.faults else 200


def _cohorts(owner_id: int) -> list[tuple[int, str]]:
    found = queries.plannable(db.session, owner_id)
    return [(each.id, f"{run_title(each.course, each)} {each.number}") for each in found]


@blueprint.post("/training/timetables/<int:timetable_id>/take-over")
@guards.requires(EDIT)
def take_over(timetable_id: int) -> ResponseReturnValue:
    """Bring the draft in line with what was published elsewhere."""
    timetable = timetable_of(timetable_id, EDIT)
    try:
        timetables.lock(db.session, timetable)
        timetables.take_over(db.session, timetable, **acting())
        db.session.commit()
        flash(gettext("The draft holds the published lessons as they are now."), "success")
    except Invalid as error:
        db.session.rollback()
        flash(error.sentence.translated(gettext), "error")
    return redirect(url_for(".show", timetable_id=timetable_id))


@blueprint.post("/training/timetables/<int:timetable_id>/take-back")
@guards.requires(EDIT)
def take_back(timetable_id: int) -> ResponseReturnValue:
    """Have the draft be as it was before its last change, which the form names by its number."""
    timetable = timetable_of(timetable_id, EDIT)
    try:
        number = request.form.get("number", 0, type=int)
        steps.take_back(db.session, timetable, number, **acting())
        db.session.commit()
        flash(gettext("The last change of the draft is taken back."), "success")
    except Invalid as error:
        db.session.rollback()
        flash(error.sentence.translated(gettext), "error")
    return redirect(url_for(".show", timetable_id=timetable_id, by=request.form.get("by") or None))
