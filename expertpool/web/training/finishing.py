"""Finish a cohort: who was there long enough, the organiser's decisions, and certificates afterwards."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from expertpool import clock
from expertpool.audit import queries as audit
from expertpool.errors import Invalid
from expertpool.extensions import db
from expertpool.training import certificates, completing, hours
from expertpool.training.models import Certificate, CertificateState
from expertpool.web.kit import guards, trail
from expertpool.web.kit.forms import put_error
from expertpool.web.training.blueprint import (
    BOTH,
    EDIT,
    VIEW,
    acting,
    blueprint,
    certificate_of,
    cohort_of,
    may,
)
from expertpool.web.training.forms import MarkForm
from expertpool.web.training.wording import CODES, FIELDS, SENTENCES


@blueprint.route("/training/cohorts/<int:cohort_id>/finish", methods=BOTH)
@guards.requires(EDIT)
def finish(cohort_id: int) -> ResponseReturnValue:
    """Decide about every enrolled trainee; certificates and hours follow at once."""
    cohort, refused = cohort_of(cohort_id, EDIT), ""
    if request.method == "POST":
        shown, passed = set(request.form.getlist("shown")), set(request.form.getlist("completed"))
        decisions = {int(each): each in passed for each in shown if each.isdigit() and len(each) < 16}
        try:
            completing.finish(db.session, cohort, decisions, **acting())
            db.session.commit()
            text = ngettext(
                "%(num)s certificate is issued.", "%(num)s certificates are issued.", sum(decisions.values())
            )
            flash(text, "success")
            return redirect(url_for(".cohort", cohort_id=cohort_id))
        except Invalid as error:
            db.session.rollback()
            refused = error.sentence.translated(gettext)
    page = render_template(
        "training/finish.html",
        cohort=cohort,
        course=cohort.course,
        standings=completing.standings(db.session, cohort),
        refused=refused,
    )
    return page, 400 if refused else 200


@blueprint.get("/training/certificates/<int:certificate_id>")
@guards.requires(VIEW)
def certificate(certificate_id: int) -> ResponseReturnValue:
    """One certificate: what is printed on it, what it is worth, and the verbs."""
    return _page(certificate_of(certificate_id), MarkForm(formdata=None))


@blueprint.post("/training/certificates/<int:certificate_id>/mark")
@guards.requires(EDIT)
def mark_certificate(certificate_id: int) -> ResponseReturnValue:
    """Suspend, withdraw or reinstate a certificate; the holder is told."""
    found, form = certificate_of(certificate_id, EDIT), MarkForm()
    if form.validate_on_submit():
        try:
            state = CertificateState(form.state.data)
            certificates.mark(db.session, found, state, form.reason.data or "", **acting())
            db.session.commit()
            flash(gettext("Saved. The holder is told, and the public page says so."), "success")
            return redirect(url_for(".certificate", certificate_id=certificate_id))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    return _page(found, form), 400


def _page(found: Certificate, form: MarkForm) -> str:
    entries = audit.trail(db.session, "certificate", found.id, now=clock.now(), limit=50).entries
    return render_template(
        "training/certificate.html",
        certificate=found,
        cohort=found.enrolment.cohort,
        standing=certificates.standing(found, hours.day_of(clock.now())),
        form=form,
        lines=trail.lines(entries, SENTENCES, FIELDS, CODES, {found.person_id: found.holder}),
        may_edit=may(EDIT, found.enrolment.cohort.course),
    )
