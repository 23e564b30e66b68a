"""Organiser and supervisor seal their secrets, each on a page of their own, and open them again."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.draws.record import Report
from expertpool.errors import Invalid
from expertpool.extensions import db
from expertpool.panels import draw_queries, draw_secrets
from expertpool.panels.draw_models import Draw, Party
from expertpool.panels.models import Panel
from expertpool.web.draws import forms, sides
from expertpool.web.draws.blueprint import acting, blueprint
from expertpool.web.kit import guards
from expertpool.web.kit.forms import Form, put_error
from expertpool.web.panels.blueprint import acted_on_outline


@blueprint.route("/panels/<int:panel_id>/draws/<int:number>/organiser-secret", methods=["GET", "POST"])
@guards.requires("panels.propose")
def organiser_secret(panel_id: int, number: int) -> ResponseReturnValue:
    """The organiser's secret: seal it, open it."""
    panel, draw = acting(panel_id, number, "panels.propose")
    return _page(panel, draw, Party.ORGANISER)


@blueprint.route("/panels/<int:panel_id>/draws/<int:number>/supervisor-secret", methods=["GET", "POST"])
@guards.requires("draws.witness")
def supervisor_secret(panel_id: int, number: int) -> ResponseReturnValue:
    """The supervisor's secret: seal it, open it. A sealed roster hides nothing of this."""
    panel = acted_on_outline(panel_id, "draws.witness")
    return _page(panel, draw_queries.of_number(db.session, panel, number), Party.SUPERVISOR)


def _page(panel: Panel, draw: Draw, party: Party) -> ResponseReturnValue:
    side = sides.of_draw(draw, reader=guards.user().id, now=clock.now()).get(party)
    if side is None or not (side.may_seal or side.may_open):
        return _back(panel, draw)
    return _seal(panel, draw, side) if side.may_seal else _open(panel, draw, side)


def _seal(panel: Panel, draw: Draw, side: sides.Side) -> ResponseReturnValue:
    is_apart = "seal" in request.form
    form, apart = forms.SecretForm(), forms.SealForm()
    asked: Form = apart if is_apart else form
    if asked.validate_on_submit():
        try:
            given: Report | str = (apart.seal.data or "") if is_apart else form.report
            draw_secrets.seal(db.session, draw, side.party, given, actor=guards.actor(), now=clock.now())
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            put_error(asked, error)
        else:
            flash(gettext("Your secret is sealed."), "success")
            return _back(panel, draw)
    if not asked.is_submitted() or is_apart:
        form.propose()
    page = render_template(
        "draws/seal_secret.html", panel=panel, draw=draw, side=side, form=form, apart=apart, asked=asked
    )
    return page, 400 if asked.faults else 200


def _open(panel: Panel, draw: Draw, side: sides.Side) -> ResponseReturnValue:
    form: Form = Form() if side.is_kept else forms.SecretForm()
    if form.validate_on_submit():
        try:
            given = form.report if isinstance(form, forms.SecretForm) else None
            draw_secrets.open_secret(
                db.session, draw, side.party, given, actor=guards.actor(), now=clock.now()
            )
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
        else:
            flash(gettext("Your secret is open."), "success")
            return _back(panel, draw)
    page = render_template("draws/open_secret.html", panel=panel, draw=draw, side=side, form=form)
    return page, 400 if form.faults else 200


def _back(panel: Panel, draw: Draw) -> ResponseReturnValue:
    return redirect(url_for("draws.show", panel_id=panel.id, number=draw.number))
