"""A run becomes panels: a person confirms it, a worker makes them, and the page shows what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import N_, Invalid, NotFound
from expertpool.extensions import db
from expertpool.panels import queries, round_confirming, round_queries
from expertpool.panels import wording as of_panels
from expertpool.panels.models import Panel, RunState
from expertpool.panels.round_forming import STAGES
from expertpool.panels.round_models import PanelsOf, ReviewRound, RoundConfirmation
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.kit.pagination import paginate
from expertpool.web.panels import listing
from expertpool.web.panels.wording import say
from expertpool.web.rounds import wording
from expertpool.web.rounds.blueprint import acted_on, allowed, blueprint, found
from expertpool.web.rounds.forms import ConfirmRoundForm


@blueprint.route("/<int:round_id>/runs/<int:number>/confirm", methods=["GET", "POST"])
@guards.requires("panels.confirm")
def confirm(round_id: int, number: int) -> ResponseReturnValue:
    """Say what becomes of the run, and have a person confirm it."""
    round_ = acted_on(round_id, "panels.confirm")
    if round_confirming.standing(db.session, round_.id) is not None:
        flash(gettext(round_confirming.CONFIRMED), "warning")
        return redirect(url_for("rounds.panels", round_id=round_id))
    run = round_queries.run_of(db.session, round_, number)
    if run.state is not RunState.DONE or not (run.summary or {}).get("feasible"):
        raise NotFound(N_("This run assigns nobody, so it can't become panels."))
    counts = round_confirming.panels_made_of(db.session, run)
    form = ConfirmRoundForm()
    form.panels_of.choices = [(each.value, wording.panels_of(each, counts[each])) for each in PanelsOf]
    if form.validate_on_submit():
        try:
            panels_of = PanelsOf(form.panels_of.data)
            round_confirming.confirm(
                db.session, round_, run, panels_of, actor=guards.actor(), now=clock.now()
            )
            db.session.commit()
            return redirect(url_for("rounds.panels", round_id=round_.id))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
            round_ = found(round_id)
    page = render_template("rounds/confirm.html", round=round_, run=run, form=form, counts=counts)
    return page, 400 if form.faults else 200


@blueprint.get("/<int:round_id>/panels")
@guards.requires("panels.view")
def panels(round_id: int) -> ResponseReturnValue:
    """The panels of a confirmed round with their states and what was left out, or how far they are."""
    round_ = found(round_id)
    confirmation = _confirmation(round_)
    shared = {
        "round": round_,
        "confirmation": confirmation,
        "words": wording,
        "may_confirm": allowed(round_, "panels.confirm"),
    }
    if confirmation.state is not RunState.DONE:
        waiting = confirmation.is_waiting
        return render_template("rounds/forming.html", waiting=waiting, stages=STAGES, **shared)
    page = paginate(db.session, round_confirming.panels(confirmation))
    return render_template(
        "rounds/panels.html",
        page=page,
        rows=listing.rows(page.rows),
        states=round_confirming.states(db.session, confirmation),
        panel_states=of_panels.STATES,
        left_out=_left_out(confirmation),
        **shared,
    )


@blueprint.get("/<int:round_id>/panels/state")
@guards.requires("panels.view")
def forming(round_id: int) -> ResponseReturnValue:
    """Whether the panels are being made, for the script that waits on their page."""
    confirmation = _confirmation(found(round_id))
    return {"state": confirmation.state.value, "waiting": confirmation.is_waiting}


@blueprint.post("/<int:round_id>/panels/stop")
@guards.requires("panels.confirm")
def take_back(round_id: int) -> ResponseReturnValue:
    """Stop a confirmation before its panels are made."""
    round_ = acted_on(round_id, "panels.confirm")
    try:
        confirmation = _confirmation(round_)
        round_confirming.take_back(db.session, confirmation, actor=guards.actor(), now=clock.now())
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        flash(say(error.sentence), "error")
    return redirect(url_for("rounds.panels", round_id=round_id))


def _confirmation(round_: ReviewRound) -> RoundConfirmation:
    confirmation = round_confirming.latest(db.session, round_.id)
    if confirmation is None:
        raise NotFound(N_("No run of this round was confirmed yet."))
    return confirmation


def _left_out(confirmation: RoundConfirmation) -> list[tuple[Any, list[str]]]:
    """Return the items that became no panel, each with why, in words."""
    told: dict[int, list[str]] = {}
    people = {each[key] for each in confirmation.left_out for key in ("person", "other") if each[key]}
    names = {id_: card.name for id_, card in queries.cards(db.session, people).items()}
    for each in confirmation.left_out:
        told.setdefault(each["item"], []).append(wording.left_out(each, names))
    items = round_queries.items_of(db.session, told)
    return [(item, told[item.id]) for item in items]


@blueprint.app_context_processor
def _for_panels() -> dict[str, Callable[[Panel], RoundConfirmation | None]]:
    return {"round_confirmation_of": _that_made}


def _that_made(panel: Panel) -> RoundConfirmation | None:
    """Return the confirmation that made a panel, to those who may see its round."""
    if not guards.grants().covers("panels.view", panel.owner_id):
        return None
    return round_confirming.of_panel(db.session, panel.id)
