"""How much each rule counts: in one timetable, and in those that an office begins."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool.errors import N_, ExpertPoolError, Forbidden
from expertpool.extensions import db
from expertpool.organisations.models import Organisation
from expertpool.planning import queries, timetables
from expertpool.planning import weights as office_weights
from expertpool.planning.composition import WEIGHTS
from expertpool.web.kit import guards
from expertpool.web.kit.forms import Form, put_error
from expertpool.web.planning.blueprint import BOTH, EDIT, acting, blueprint, timetable_of
from expertpool.web.planning.forms import weights_form
from expertpool.web.planning.wording import WISHES


@blueprint.route("/training/timetables/<int:timetable_id>/weights", methods=BOTH)
@guards.requires(EDIT)
def weights(timetable_id: int) -> ResponseReturnValue:
    """Say how much each rule counts in this timetable."""
    timetable = timetable_of(timetable_id, EDIT)
    usual = {**WEIGHTS, **office_weights.of_office(db.session, timetable.owner_id)}
    form = weights_form({**WEIGHTS, **timetable.weights})
    if _saved(form, lambda wanted: timetables.set_weights(db.session, timetable, wanted, **acting())):
        flash(gettext("The weights are saved. Ask for a plan to have them count."), "success")
        return redirect(url_for(".show", timetable_id=timetable_id))
    page = render_template(
        "planning/weights.html", form=form, timetable=timetable_of(timetable_id), rules=WISHES, usual=usual
    )
    return page, 400 if form.faults else 200


@blueprint.route("/training/timetables/weights", methods=BOTH)
@guards.requires(EDIT)
def weights_of_office() -> ResponseReturnValue:
    """Say how much each rule counts in the timetables that the office `?office=` begins."""
    choices = queries.offices(db.session, guards.grants().scope(EDIT))
    if not choices:
        return render_template("planning/nothing.html")
    owner_id = request.args.get("office", choices[0][0], type=int)
    if owner_id not in dict(choices):
        raise Forbidden(N_("This office lies outside of your role."))
    owner = db.session.get_one(Organisation, owner_id)
    form = weights_form({**WEIGHTS, **office_weights.of_office(db.session, owner_id)})
    if _saved(form, lambda wanted: office_weights.set_of_office(db.session, owner, wanted, **acting())):
        flash(gettext("The weights are saved. Timetables that are begun from now on have them."), "success")
        return redirect(url_for(".index"))
    page = render_template(
        "planning/office_weights.html",
        form=form,
        rules=WISHES,
        usual=WEIGHTS,
        offices=choices,
        owner_id=owner_id,
    )
    return page, 400 if form.faults else 200


def _saved(form: Form, save: Callable[[dict[str, int]], object]) -> bool:
    """Save the weights that differ from the engine's, and commit; a refusal is told in the form."""
    if not form.validate_on_submit():
        return False
    wanted = {each.value: form[each.value].data for each in WISHES}
    try:
        save({name: value for name, value in wanted.items() if value != WEIGHTS[name]})
        db.session.commit()
    except ExpertPoolError as error:
        db.session.rollback()
        put_error(form, error)
        return False
    return True
