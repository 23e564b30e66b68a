"""An organiser fixes a draw: strata, cap, and sources that are still to come."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import Invalid
from expertpool.extensions import db
from expertpool.panels import draw_fixing, draw_plan, draw_queries
from expertpool.panels.draw_models import Draw
from expertpool.panels.models import Panel
from expertpool.web.draws import forms, wording
from expertpool.web.draws.blueprint import blueprint
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.panels.blueprint import acted_on
from expertpool.web.panels.sealing import must_seal
from expertpool.web.panels.wording import say


@blueprint.route("/panels/<int:panel_id>/draws/new", methods=["GET", "POST"])
@guards.requires("panels.propose")
def set_up(panel_id: int) -> ResponseReturnValue:
    """Set up a draw and commit to it; a supplement asks for its sources and its reason alone."""
    panel = acted_on(panel_id, "panels.propose")
    kind = draw_queries.next_kind(draw_queries.of_panel(db.session, panel))
    form = forms.set_up_form(panel)
    hindrance = None
    if not form.is_submitted():
        forms.fill(form, panel)
        hindrance = _hindrance(panel)
    elif form.validate():
        try:
            made = draw_fixing.commit(
                db.session,
                panel,
                forms.wish_of(form),
                reason=form["reason"].data or "",
                actor=guards.actor(),
                now=clock.now(),
            )
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
        else:
            flash(_fixed(made), "success")
            return redirect(url_for("draws.show", panel_id=panel_id, number=made.number))
    page = render_template(
        "draws/set_up.html",
        panel=panel,
        form=form,
        kind=kind,
        words=wording,
        strata=forms.STRATA,
        sources=forms.SOURCES,
        must_seal=must_seal(panel),
        hindrance=hindrance,
    )
    return page, 400 if form.faults else 200


def _hindrance(panel: Panel) -> str | None:
    """Return what has to be settled before anybody fills in the form; None: nothing."""
    try:
        draw_plan.require_drawable(panel)
    except Invalid as error:
        return str(say(error.sentence))
    return None


def _fixed(draw: Draw) -> str:
    if draw.awaits_secrets:
        return str(gettext("List, seats and sources are fixed. Seal your secret now."))
    return str(gettext("The draw is fixed. Publish its SHA-256 now."))
