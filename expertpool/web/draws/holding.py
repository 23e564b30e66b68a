"""Hold a draw: the supervisor confirms, the organiser enters the numbers; void it, let alternates step in."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.wrappers import Response

from expertpool import clock
from expertpool.draws.announcing import Kind
from expertpool.errors import Invalid
from expertpool.extensions import db
from expertpool.panels import draw_queries, drawing, drawn, queries, runs
from expertpool.panels.draw_models import Draw, DrawState, Party
from expertpool.panels.models import Panel, PanelState, Run
from expertpool.panels.sealed import is_sealed
from expertpool.web.draws import course, forms, shown, sides, wording
from expertpool.web.draws.blueprint import acting, blueprint, outlined
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.panels.blueprint import acted_on, acted_on_outline, allowed, is_hidden
from expertpool.web.panels.blueprint import outlined as outlined_panel
from expertpool.web.panels.sealing import must_seal
from expertpool.web.panels.wording import say


@blueprint.get("/panels/<int:panel_id>/draws")
@guards.requires("panels.view")
def index(panel_id: int) -> ResponseReturnValue:
    """All draws of a panel, void ones with their reasons, and what can be done next."""
    panel = outlined_panel(panel_id)
    draws = draw_queries.of_panel(db.session, panel)
    is_draft = panel.state is PanelState.DRAFT
    newest = runs.latest(db.session, panel)
    return render_template(
        "draws/index.html",
        panel=panel,
        draws=draws,
        words=wording,
        hidden=is_hidden(panel),
        must_seal=must_seal(panel),
        kind=draw_queries.next_kind(draws),
        newest=newest,
        seated=[] if is_hidden(panel) else _seated(newest),
        by_lot=drawn.BY_LOT,
        is_waiting=any(each.state is DrawState.COMMITTED for each in draws),
        is_drawn=any(each.state is DrawState.DRAWN for each in draws),
        may_act=is_draft and not is_hidden(panel) and allowed(panel, "panels.propose"),
        may_confirm=is_draft and not is_hidden(panel) and allowed(panel, "panels.confirm"),
        supplement=Kind.SUPPLEMENT,
    )


@blueprint.get("/panels/<int:panel_id>/draws/<int:number>")
@guards.requires("panels.view")
def show(panel_id: int, number: int) -> ResponseReturnValue:
    """One draw: what was fixed, what is to be done, what came of it."""
    panel, draw = outlined(panel_id, number)
    return _page(panel, draw)


@blueprint.post("/panels/<int:panel_id>/draws/<int:number>/witness")
@guards.requires("draws.witness")
def witness(panel_id: int, number: int) -> ResponseReturnValue:
    """A supervisor confirms to be present."""
    panel = acted_on_outline(panel_id, "draws.witness")
    draw = draw_queries.of_number(db.session, panel, number)
    try:
        drawing.witness(db.session, draw, actor=guards.actor(), now=clock.now())
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        flash(say(error.sentence), "error")
    else:
        flash(gettext("You confirmed to be present. The organiser can draw now."), "success")
    return _back(panel_id, number)


@blueprint.route("/panels/<int:panel_id>/draws/<int:number>/numbers", methods=["GET", "POST"])
@guards.requires("panels.propose")
def numbers(panel_id: int, number: int) -> ResponseReturnValue:
    """Enter what the sources reported, and draw."""
    panel, draw = acting(panel_id, number, "panels.propose")
    if draw.state is not DrawState.COMMITTED:
        flash(gettext("This draw was made already; a draw is made once."), "warning")
        return _back(panel_id, number)
    sources = draw_queries.asked_sources(draw)
    form = forms.reports_form(sources)
    if form.validate_on_submit():
        try:
            given = forms.reports_of(form, sources)
            drawing.draw(db.session, draw, given, actor=guards.actor(), now=clock.now())
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
        else:
            return redirect(url_for("draws.screen", panel_id=panel_id, number=number))
    page = render_template(
        "draws/numbers.html", panel=panel, draw=draw, form=form, sources=sources, words=wording
    )
    return page, 400 if form.faults else 200


@blueprint.post("/panels/<int:panel_id>/draws/<int:number>/void")
@guards.requires("panels.propose")
def void(panel_id: int, number: int) -> ResponseReturnValue:
    """Void a draw, with a reason."""
    panel, draw = acting(panel_id, number, "panels.propose")
    form = forms.VoidForm()
    if form.validate_on_submit():
        try:
            drawing.void(db.session, draw, form.reason.data or "", actor=guards.actor(), now=clock.now())
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
        else:
            flash(gettext("The draw is void; it stays on file."), "warning")
            return _back(panel_id, number)
    return _page(panel, draw, form)


@blueprint.post("/panels/<int:panel_id>/draws/<int:number>/names")
@guards.requires("panels.confirm")
def publish_names(panel_id: int, number: int) -> ResponseReturnValue:
    """Have the public page name who was drawn."""
    _, draw = acting(panel_id, number, "panels.confirm")
    try:
        drawing.publish_names(db.session, draw, actor=guards.actor(), now=clock.now())
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        flash(say(error.sentence), "error")
    else:
        flash(gettext("The public page names who was drawn."), "success")
    return _back(panel_id, number)


@blueprint.post("/panels/<int:panel_id>/draws/chair")
@guards.requires("panels.propose")
def choose_chair(panel_id: int) -> ResponseReturnValue:
    """Have another of the drawn than the first take the chair."""
    panel = acted_on(panel_id, "panels.propose")
    try:
        person_id = request.form.get("chair", 0, type=int)
        drawn.choose_chair(db.session, panel, person_id, actor=guards.actor(), now=clock.now())
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        flash(say(error.sentence), "error")
    else:
        flash(gettext("The chair is chosen."), "success")
    return redirect(url_for("draws.index", panel_id=panel_id))


@blueprint.post("/panels/<int:panel_id>/draws/step-in")
@guards.requires("panels.propose")
def step_in(panel_id: int) -> ResponseReturnValue:
    """Propose who stands now, alternates in the places of those who fell out."""
    panel = acted_on(panel_id, "panels.propose")
    try:
        is_whole = drawing.step_in(db.session, panel, actor=guards.actor(), now=clock.now())
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        flash(say(error.sentence), "error")
        return redirect(url_for("draws.index", panel_id=panel_id))
    if not is_whole:
        flash(gettext("Seats are open after the alternates. A supplement can fill them."), "warning")
        return redirect(url_for("draws.index", panel_id=panel_id))
    return redirect(url_for("panels.ask_page", panel_id=panel_id))


def _seated(newest: Run | None) -> list[tuple[int, str, bool]]:
    """Return id and name of the members of a proposal by lot, and whether they take the chair."""
    result = (newest.result or {}) if newest else {}
    members = result.get("members", []) if result.get("mode") == drawn.BY_LOT else []
    cards = queries.cards(db.session, [each["person_id"] for each in members])
    return [
        (id_, cards[id_].name, each["role"] == "chair") for each in members for id_ in [each["person_id"]]
    ]


def _page(panel: Panel, draw: Draw, form: forms.VoidForm | None = None) -> ResponseReturnValue:
    form = form or forms.VoidForm(formdata=None)
    is_draft, hidden = panel.state is PanelState.DRAFT, is_hidden(panel)
    now = clock.now()
    page = render_template(
        "draws/show.html",
        panel=panel,
        draw=draw,
        shown=None if hidden else shown.of_draw(draw, named=shown.EVERYBODY),
        hidden=hidden,
        course=course.of_draw(draw, now, named=True),
        record_hash=shown.hash_of(draw),
        words=wording,
        form=form,
        is_due=now >= draw_queries.due(draw),
        due=draw_queries.due(draw),
        was_foreseeable=draw_queries.was_foreseeable,
        is_opening_over=draw.open_by is not None and now >= draw.open_by,
        may_act=is_draft and not hidden and allowed(panel, "panels.propose"),
        may_publish=may_publish(panel, draw, now),
        may_witness=is_draft and allowed(panel, "draws.witness"),
        sides=sides.of_draw(draw, reader=guards.user().id, now=now),
        pages=_secret_pages(panel, draw, is_hidden=hidden) if is_draft else {},
        say=say,
    )
    return page, 400 if form.faults else 200


def _secret_pages(panel: Panel, draw: Draw, *, is_hidden: bool) -> dict[Party, str]:
    """Return where the reader may act for a side; a sealed roster hides the organiser's."""
    may = {
        Party.ORGANISER: allowed(panel, "panels.propose") and not is_hidden,
        Party.SUPERVISOR: allowed(panel, "draws.witness"),
    }
    return {
        party: url_for(f"draws.{party.value}_secret", panel_id=panel.id, number=draw.number)
        for party in Party
        if may[party]
    }


def may_publish(panel: Panel, draw: Draw, now: datetime) -> bool:
    """Whether the reader may have the public page name who was drawn."""
    is_made = draw.state is DrawState.DRAWN and draw.names_published_at is None
    return is_made and not is_sealed(panel, now) and allowed(panel, "panels.confirm")


def _back(panel_id: int, number: int) -> Response:
    return redirect(url_for("draws.show", panel_id=panel_id, number=number))
