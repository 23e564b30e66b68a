"""Ask for proposals and read them: who, why, why not the others, what a swap costs, whether it replays."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import N_, Invalid, NotFound
from expertpool.extensions import db
from expertpool.panels import choices, easing, runs, waivers, wording
from expertpool.panels.models import Choice, Panel, PanelState, Purpose, RunState
from expertpool.people.models import Person
from expertpool.web.kit import guards
from expertpool.web.panels import shown, why_not
from expertpool.web.panels.blueprint import acted_on, allowed, blueprint, found, seen
from expertpool.web.panels.wording import preset_title, rule_lines, say, skill_name

WAITING = (RunState.QUEUED, RunState.RUNNING)


@blueprint.get("/<int:panel_id>/proposals")
@guards.requires("panels.view")
def ask_page(panel_id: int) -> ResponseReturnValue:
    """The newest proposal; when there is none yet, what would be asked, with the verb."""
    panel = seen(panel_id)
    newest = runs.latest(db.session, panel)
    if newest is not None and panel.updated_at <= newest.requested_at:
        return redirect(url_for("panels.proposal", panel_id=panel.id, number=newest.number))
    return render_template(
        "panels/ask.html",
        panel=panel,
        newest=newest,
        words=wording,
        preset_title=preset_title(panel.preset),
        skill_name=skill_name,
        rule_lines=rule_lines,
        may_propose=allowed(panel, "panels.propose"),
    )


@blueprint.post("/<int:panel_id>/proposals")
@guards.requires("panels.propose")
def ask(panel_id: int) -> ResponseReturnValue:
    """Queue a proposal; a worker answers it."""
    panel = acted_on(panel_id, "panels.propose")
    run = runs.request_run(db.session, panel, actor=guards.actor(), now=clock.now())
    db.session.commit()
    return redirect(url_for("panels.proposal", panel_id=panel.id, number=run.number))


@blueprint.get("/<int:panel_id>/proposals/<int:number>")
@guards.requires("panels.view")
def proposal(panel_id: int, number: int) -> ResponseReturnValue:
    """A proposal, or its progress while the worker has it."""
    panel = seen(panel_id)
    run = runs.run_of(db.session, panel, number)
    if run.state is not RunState.DONE:
        failure = say(wording.FAILURES.get(run.error or "", wording.FAILURES["unexpected"]))
        return render_template(
            "panels/progress.html",
            panel=panel,
            run=run,
            failure=failure,
            words=wording,
            waiting=run.state in WAITING,
            may_propose=allowed(panel, "panels.propose"),
        )
    group, who = request.args.get("group", ""), request.args.get("who", "").strip()
    page = shown.proposal(panel, run)
    newest = runs.latest(db.session, panel)
    return render_template(
        "panels/proposal.html",
        panel=panel,
        run=run,
        page=page,
        drawer=why_not.drawer(panel, run, whole=group),
        asked=why_not.about(panel, run, who) if who else [],
        who=who,
        replays=runs.of_number(db.session, panel, number, Purpose.REPLAY),
        waiting=WAITING,
        words=wording,
        preset_title=preset_title(panel.preset),
        skill_name=skill_name,
        rule_lines=rule_lines,
        standing=waivers.standing(db.session, panel.id),
        is_newest=newest is not None and newest.id == run.id and panel.updated_at <= run.requested_at,
        may_edit=_draft(panel) and allowed(panel, "panels.edit"),
        may_propose=_draft(panel) and allowed(panel, "panels.propose"),
        may_confirm=_draft(panel) and allowed(panel, "panels.confirm"),
        may_waive=_draft(panel) and allowed(panel, "panels.waive"),
    )


@blueprint.get("/<int:panel_id>/proposals/<int:number>/state")
@guards.requires("panels.view")
def progress(panel_id: int, number: int) -> ResponseReturnValue:
    """Where a proposal stands, for the script that waits on the progress page."""
    panel = found(panel_id)
    run = runs.run_of(db.session, panel, number)
    return {"state": run.state.value, "waiting": run.state in WAITING}


@blueprint.post("/<int:panel_id>/choices")
@guards.requires("panels.edit")
def choose(panel_id: int) -> ResponseReturnValue:
    """Lock or exclude a person, or leave them to the engine again; with `again`, ask at once."""
    panel = acted_on(panel_id, "panels.edit")
    person = _person(request.form.get("person_id", type=int))
    name = request.form.get("choice", "")
    choice = Choice(name) if name in set(Choice) else None
    try:
        choices.choose(
            db.session,
            panel,
            person,
            choice,
            reason=request.form.get("reason", "").strip()[:300] or None,
            actor=guards.actor(),
            now=clock.now(),
        )
        db.session.commit()
        flash(gettext(CHOSEN[choice], name=person.name), "info")
    except Invalid as error:
        db.session.rollback()
        flash(say(error.sentence), "error")
    return redirect(_back(panel))


CHOSEN = {
    Choice.LOCK: N_("%(name)s is locked. Ask again to have the others fit."),
    Choice.EXCLUDE: N_("%(name)s is excluded. Ask again to fill the seat."),
    None: N_("%(name)s is left to the system again."),
}


@blueprint.post("/<int:panel_id>/proposals/<int:number>/ease")
@guards.requires("panels.edit")
def ease(panel_id: int, number: int) -> ResponseReturnValue:
    """Ease the rules of one of the ways that the run found, and ask again."""
    panel = acted_on(panel_id, "panels.edit")
    run = runs.run_of(db.session, panel, number)
    try:
        position = request.form.get("position", -1, type=int)
        eased = easing.ease(db.session, panel, run, position, actor=guards.actor(), now=clock.now())
        again = runs.request_run(db.session, panel, actor=guards.actor(), now=clock.now())
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        flash(say(error.sentence), "error")
        return redirect(url_for("panels.proposal", panel_id=panel.id, number=number))
    flash(gettext("Eased: %(rules)s.", rules="；".join(shown.easing(each) for each in eased)), "success")
    return redirect(url_for("panels.proposal", panel_id=panel.id, number=again.number))


@blueprint.post("/<int:panel_id>/proposals/<int:number>/swap")
@guards.requires("panels.propose")
def swap(panel_id: int, number: int) -> ResponseReturnValue:
    """Ask what it would cost to seat a person."""
    panel = acted_on(panel_id, "panels.propose")
    run = runs.run_of(db.session, panel, number)
    person = _person(request.form.get("person_id", type=int))
    runs.request_swap(db.session, run, person.id, actor=guards.actor(), now=clock.now())
    db.session.commit()
    return redirect(url_for("panels.proposal", panel_id=panel.id, number=number, who=person.number))


@blueprint.post("/<int:panel_id>/proposals/<int:number>/replay")
@guards.requires("panels.view")
def replay(panel_id: int, number: int) -> ResponseReturnValue:
    """Have the stored problem asked once more, to prove that it gives the same names."""
    panel = found(panel_id)
    run = runs.run_of(db.session, panel, number)
    runs.request_replay(db.session, run, actor=guards.actor(), now=clock.now())
    db.session.commit()
    return redirect(url_for("panels.proposal", panel_id=panel.id, number=number) + "#replay")


def _draft(panel: Panel) -> bool:
    return panel.state is PanelState.DRAFT


def _person(person_id: int | None) -> Person:
    person = db.session.get(Person, person_id) if person_id else None
    if person is None:
        raise NotFound(N_("There is no such person."))
    return person


def _back(panel: Panel) -> str:
    number = request.form.get("number", type=int)
    if number is None:
        return url_for("panels.ask_page", panel_id=panel.id)
    return url_for("panels.proposal", panel_id=panel.id, number=number)
