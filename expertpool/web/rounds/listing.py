"""The list of rounds, and one round: what is asked, its runs, what was decided about pairs."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from expertpool import clock
from expertpool.audit import queries as audit
from expertpool.errors import Invalid
from expertpool.extensions import db
from expertpool.panels import queries, round_confirming, round_queries, rounds
from expertpool.web.kit import guards, trail
from expertpool.web.kit.pagination import paginate
from expertpool.web.panels.wording import preset_title, say
from expertpool.web.rounds import wording
from expertpool.web.rounds.blueprint import acted_on, allowed, blueprint, found


@blueprint.get("/")
@guards.requires("panels.view")
def index() -> ResponseReturnValue:
    """The rounds of the reader's offices, newest first."""
    page = paginate(db.session, round_queries.listed(guards.grants()))
    ids = [each.id for each in page.rows]
    return render_template(
        "rounds/index.html",
        page=page,
        sizes=round_queries.sizes(db.session, ids),
        runs=round_queries.newest_runs(db.session, ids),
        words=wording,
    )


@blueprint.get("/<int:round_id>")
@guards.requires("panels.view")
def show(round_id: int) -> ResponseReturnValue:
    """One round."""
    round_ = found(round_id)
    runs = round_queries.runs(db.session, round_.id)
    confirmation = round_confirming.standing(db.session, round_.id)
    entries = audit.trail(db.session, "round", round_.id, now=clock.now(), limit=50).entries
    ids = {entry.facts["person_id"] for entry in entries if entry.facts.get("person_id")}
    names = {id_: card.name for id_, card in queries.cards(db.session, ids).items()}
    return render_template(
        "rounds/show.html",
        round=round_,
        size=round_queries.sizes(db.session, [round_.id]).get(round_.id, 0),
        runs=runs,
        comparable=round_queries.finished(runs),
        locks=round_queries.locks(db.session, round_.id),
        lines=trail.lines(entries, wording.SENTENCES, {}, wording.CODES, names),
        preset_title=preset_title(round_.preset),
        words=wording,
        may_propose=allowed(round_, "panels.propose"),
        confirmation=confirmation,
        panels=sum(round_confirming.states(db.session, confirmation).values()) if confirmation else 0,
    )


@blueprint.post("/<int:round_id>/runs")
@guards.requires("panels.propose")
def ask(round_id: int) -> ResponseReturnValue:
    """Queue a run; a worker answers it."""
    round_ = acted_on(round_id, "panels.propose")
    try:
        run = rounds.request_run(db.session, round_, actor=guards.actor(), now=clock.now())
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        flash(say(error.sentence), "error")
        return redirect(url_for("rounds.panels", round_id=round_id))
    return redirect(url_for("rounds.run", round_id=round_.id, number=run.number))


@blueprint.post("/<int:round_id>/runs/<int:number>/cancel")
@guards.requires("panels.propose")
def cancel(round_id: int, number: int) -> ResponseReturnValue:
    """Call a run off."""
    round_ = acted_on(round_id, "panels.propose")
    run = round_queries.run_of(db.session, round_, number)
    try:
        rounds.cancel_run(db.session, run, actor=guards.actor(), now=clock.now())
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        flash(say(error.sentence), "error")
    return redirect(url_for("rounds.run", round_id=round_.id, number=number))


@blueprint.get("/<int:round_id>/compare")
@guards.requires("panels.view")
def compare(round_id: int) -> ResponseReturnValue:
    """Two runs side by side, `?first= second=`: their measures and the items whose reviewers changed."""
    round_ = found(round_id)
    pair = [
        round_queries.run_of(db.session, round_, request.args.get(name, 0, type=int))
        for name in ("first", "second")
    ]
    page = paginate(db.session, round_queries.changed(pair[0].id, pair[1].id), scalars=False)
    ids = [row.id for row in page.rows]
    return render_template(
        "rounds/compare.html",
        round=round_,
        pair=pair,
        page=page,
        sides=[round_queries.reviewers(db.session, run.id, ids) for run in pair],
    )
