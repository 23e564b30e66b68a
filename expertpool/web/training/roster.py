"""Who teaches and who learns in a cohort: propose teachers, enrol people of the pool, take them off."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool.errors import N_, Invalid, NotFound
from expertpool.extensions import db
from expertpool.training import enrolling, queries, teachings
from expertpool.training.models import Teaching, TeachingState
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.training import choosing
from expertpool.web.training.blueprint import (
    BOTH,
    EDIT,
    ENROL,
    acting,
    attempt,
    blueprint,
    cohort_of,
    enrolment_of,
)
from expertpool.web.training.forms import EnrolForm, PersonForm, ReasonForm


@blueprint.route("/training/cohorts/<int:cohort_id>/teachers", methods=BOTH)
@guards.requires(EDIT)
def add_teacher(cohort_id: int) -> ResponseReturnValue:
    """Propose somebody of the pool as a teacher, who is invited next."""
    cohort, form = cohort_of(cohort_id, EDIT), PersonForm()
    if form.validate_on_submit():
        try:
            person = choosing.person(form.person.data)
            teachings.propose(db.session, cohort, person, **acting())
            db.session.commit()
            flash(gettext("%(name)s is to teach. Send the invitation next.", name=person.name), "success")
            return redirect(url_for(".cohort", cohort_id=cohort_id, _anchor="teachers"))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    page = render_template("training/add_teacher.html", form=form, cohort=cohort)
    return page, 400 if form.faults else 200


@blueprint.post("/training/teachings/<int:teaching_id>/remove")
@guards.requires(EDIT)
def remove_teacher(teaching_id: int) -> ResponseReturnValue:
    """Take a proposed teacher off who was not invited yet; invitations are withdrawn on their own page."""
    teaching = db.session.get(Teaching, teaching_id)
    if teaching is None or teaching.state is not TeachingState.PROPOSED:
        raise NotFound(N_("There is nobody here who waits for an invitation."))
    cohort = cohort_of(teaching.cohort_id, EDIT)
    return attempt(
        gettext("%(name)s is no longer to teach.", name=teaching.person.name),
        url_for(".cohort", cohort_id=cohort.id, _anchor="teachers"),
        lambda: teachings.end(db.session, teaching, TeachingState.WITHDRAWN, None, **acting()),
    )


@blueprint.route("/training/cohorts/<int:cohort_id>/enrol", methods=BOTH)
@guards.requires(ENROL)
def enrol_person(cohort_id: int) -> ResponseReturnValue:
    """Enrol somebody of the pool, also outside the time to enrol."""
    cohort, form = cohort_of(cohort_id, ENROL), EnrolForm()
    if form.validate_on_submit():
        try:
            person = choosing.person(form.person.data)
            made = enrolling.enrol(
                db.session,
                cohort,
                person,
                source=guards.user().name,
                in_spite_of=form.in_spite_of.data,
                **acting(),
            )
            position = enrolling.position(db.session, made)
            db.session.commit()
            flash(_enrolled(person.name, position), "success")
            return redirect(url_for(".cohort", cohort_id=cohort_id, _anchor="roster"))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    missing = enrolling.missing_prerequisites(db.session, cohort.course_id, None)
    page = render_template("training/enrol.html", form=form, cohort=cohort, required=missing)
    return page, 400 if form.faults else 200


@blueprint.route("/training/enrolments/<int:enrolment_id>/cancel", methods=BOTH)
@guards.requires(ENROL)
def cancel_enrolment(enrolment_id: int) -> ResponseReturnValue:
    """Ask once, with a reason, then take a trainee off; the trainee is told."""
    enrolment, form = enrolment_of(enrolment_id), ReasonForm()
    if form.validate_on_submit():
        try:
            enrolling.cancel(db.session, enrolment, reason=form.reason.data, **acting())
            db.session.commit()
            flash(
                gettext("%(name)s is off the list and is told by mail.", name=enrolment.person.name),
                "success",
            )
            return redirect(url_for(".cohort", cohort_id=enrolment.cohort_id, _anchor="roster"))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    cohort = queries.cohort(db.session, enrolment.cohort_id)
    page = render_template("training/cancel_enrolment.html", form=form, enrolment=enrolment, cohort=cohort)
    return page, 400 if form.faults else 200


def _enrolled(name: str, position: int) -> str:
    if position:
        return str(gettext("%(name)s waits at position %(position)s.", name=name, position=position))
    return str(gettext("%(name)s is enrolled and told by mail.", name=name))
