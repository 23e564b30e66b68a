"""Make a round: conditions become items, with how many items and people there are before it is made."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from expertpool import clock
from expertpool.errors import N_, Forbidden, Invalid
from expertpool.extensions import db
from expertpool.panels import presets_service, round_queries, rounds
from expertpool.panels.round_models import RoundMode, ScoredBy
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.panels import offices
from expertpool.web.panels.wording import preset_title
from expertpool.web.rounds.blueprint import blueprint
from expertpool.web.rounds.forms import RoundForm


@blueprint.route("/new", methods=["GET", "POST"])
@guards.requires("panels.edit")
def create() -> ResponseReturnValue:
    """Choose items by conditions or numbers, look how many they are, and make the round."""
    form = _form()
    counted: int | None = None
    try:
        if form.is_submitted() and request.form.get("do") == "count":
            counted = len(_items(form))
        elif form.validate_on_submit():
            return _made(form)
    except Invalid as error:
        db.session.rollback()
        put_error(form, error)
    wrong = bool(form.errors or form.form_errors)
    page = render_template(
        "rounds/new.html", form=form, counted=counted, experts=round_queries.experts(db.session)
    )
    return page, 400 if wrong else 200


def _form() -> RoundForm:
    form = RoundForm()
    form.owner.choices = offices.choices("panels.edit")
    presets = presets_service.all_current(db.session)
    form.preset.choices = [(each.id, preset_title(each)) for each in presets]
    form.offer_kinds()
    return form


def _made(form: RoundForm) -> ResponseReturnValue:
    if not guards.grants().covers("panels.edit", form.owner.data):
        raise Forbidden(N_("This office lies outside of your role."))
    presets = {each.id: each for each in presets_service.all_current(db.session)}
    mode = RoundMode(form.mode.data)
    terms = rounds.Terms(
        per_item=form.per_item.data or 0,
        least=form.least.data or 0,
        most=form.most.data or 0,
        alternates=form.alternates.data or 0,
        per_employer=form.per_employer.data,
        per_region=form.per_region.data,
        mode=mode,
        quality=form.quality.data or 90,
        scored_by=ScoredBy(form.scored_by.data),
        skilled_only=form.skilled_only.data,
    )
    actor, now = guards.actor(), clock.now()
    made = rounds.create(
        db.session,
        title=form.title.data or "",
        owner_id=form.owner.data,
        preset=presets[form.preset.data],
        item_ids=_items(form),
        terms=terms,
        actor=actor,
        now=now,
    )
    run = rounds.request_run(db.session, made, actor=actor, now=now)
    db.session.commit()
    return redirect(url_for("rounds.run", round_id=made.id, number=run.number))


def _items(form: RoundForm) -> Sequence[int]:
    """Return the ids of the items that the form asks for. Raises Invalid for what nobody knows."""
    numbers = form.numbers_given()
    query = round_queries.candidates(form.wanted(), numbers, unreviewed=form.unreviewed.data)
    return db.session.scalars(query).all()
