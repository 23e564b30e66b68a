"""Pages that join organisations: merging duplicates, and alliances."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import Invalid
from expertpool.extensions import db
from expertpool.organisations import alliances, merging, queries
from expertpool.organisations.facts import facts_of
from expertpool.organisations.models import Organisation
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.organisations import choosing, employees
from expertpool.web.organisations.forms import AllianceForm, MergeForm
from expertpool.web.organisations.objects import EDIT, editable
from expertpool.web.organisations.wording import KINDS


@guards.requires(EDIT)
def merge(organisation_id: int) -> ResponseReturnValue:
    """Choose the record that stays (`?into=`), see both, then merge."""
    duplicate = editable(organisation_id)
    form = MergeForm(formdata=request.form if request.method == "POST" else request.args)
    into: Organisation | None = None
    try:
        into = choosing.chosen(db.session, form.into.data, "into")
        if request.method == "POST" and form.validate() and into is not None:
            editable(into.id)
            merging.merge(db.session, duplicate, into, actor=guards.actor(), now=clock.now())
            db.session.commit()
            text = gettext("%(name)s is merged. This can be undone on its page.", name=duplicate.name)
            flash(text, "success")
            return redirect(url_for(".show", organisation_id=into.id))
    except Invalid as error:
        db.session.rollback()
        put_error(form, error)
        into = None
    both = [each for each in (duplicate, into) if each is not None]
    return render_template(
        "organisations/merge.html",
        form=form,
        duplicate=duplicate,
        into=into,
        sides=[(each, facts_of(each)) for each in both],
        employed=employees.counts(db.session, [each.id for each in both]),
        kinds=KINDS,
    ), 400 if form.faults else 200


@guards.requires(EDIT)
def undo_merge(organisation_id: int) -> ResponseReturnValue:
    """Set a merged duplicate apart again."""
    duplicate = editable(organisation_id)
    merging.undo(db.session, duplicate, actor=guards.actor(), now=clock.now())
    db.session.commit()
    flash(gettext("%(name)s is a record of its own again.", name=duplicate.name), "success")
    return redirect(url_for(".show", organisation_id=organisation_id))


@guards.requires(EDIT)
def memberships(organisation_id: int) -> ResponseReturnValue:
    """Add an organisation to alliances, and change the dates of its memberships."""
    organisation = editable(organisation_id)
    form = AllianceForm()
    if form.validate_on_submit():
        try:
            alliances.join(
                db.session,
                organisation,
                form.alliance.data or "",
                since=form.since.data,
                until=form.until.data,
                actor=guards.actor(),
                now=clock.now(),
            )
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
        else:
            flash(gettext("Membership of %(name)s is saved.", name=form.alliance.data), "success")
            return redirect(url_for(".memberships", organisation_id=organisation_id))
    return render_template(
        "organisations/alliances.html",
        form=form,
        organisation=organisation,
        memberships=queries.memberships(db.session, organisation_id),
        names=queries.alliance_names(db.session),
    ), 400 if form.faults else 200


@guards.requires(EDIT)
def leave(organisation_id: int, member_id: int) -> ResponseReturnValue:
    """Remove a membership that was entered by mistake."""
    organisation = editable(organisation_id)
    name = alliances.remove(db.session, organisation, member_id, actor=guards.actor(), now=clock.now())
    db.session.commit()
    flash(gettext("Membership of %(name)s is removed.", name=name), "success")
    return redirect(url_for(".memberships", organisation_id=organisation_id))
