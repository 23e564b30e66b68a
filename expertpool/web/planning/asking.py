"""Ask for a plan; follow it, be content with the best so far, or call it off."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import Field

from expertpool.errors import Invalid
from expertpool.extensions import db
from expertpool.planning import runs
from expertpool.planning.models import Timetable
from expertpool.planning.run_models import TimetableRun
from expertpool.planning.timetables import WAITING
from expertpool.web.kit import guards
from expertpool.web.planning import wording
from expertpool.web.planning.blueprint import EDIT, VIEW, acting, blueprint, may_edit, timetable_of
from expertpool.web.planning.forms import AskForm


@blueprint.post("/training/timetables/<int:timetable_id>/plans")
@guards.requires(EDIT)
def ask(timetable_id: int) -> ResponseReturnValue:
    """Queue a run; a worker answers it."""
    timetable, form = timetable_of(timetable_id, EDIT), AskForm()
    if not form.validate():
        flash(" ".join(_named(field, text) for field, text in form.faults), "error")
        return redirect(url_for(".show", timetable_id=timetable_id))
    try:
        run = runs.request(db.session, timetable, seconds=form.seconds.data or 0, **acting())
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        flash(error.sentence.translated(gettext), "error")
        return redirect(url_for(".show", timetable_id=timetable_id))
    return redirect(url_for(".plan", timetable_id=timetable_id, number=run.number))


def _named(field: Field | None, text: str) -> str:
    """Return an error after the label of its field, since the page comes back without the form."""
    return f"{field.label.text}{gettext(': ')}{text}" if field else text


@blueprint.get("/training/timetables/<int:timetable_id>/plans/<int:number>")
@guards.requires(VIEW)
def plan(timetable_id: int, number: int) -> ResponseReturnValue:
    """How far a run is: the best so far while a worker has it, then the draft."""
    timetable, run = _run(timetable_id, number)
    return render_template(
        "planning/progress.html",
        timetable=timetable,
        run=run,
        best=run.best or {},
        waiting=run.state in WAITING,
        form=AskForm(),
        may_edit=may_edit(timetable),
    )


@blueprint.get("/training/timetables/<int:timetable_id>/plans/<int:number>/state")
@guards.requires(VIEW)
def progress(timetable_id: int, number: int) -> ResponseReturnValue:
    """Where a run stands, for the script that waits on its page."""
    _timetable, run = _run(timetable_id, number)
    best = run.best or {}
    return {
        "waiting": run.state in WAITING,
        "state": str(wording.STATES[run.state]),
        "placed": len(best["placements"]) if best else None,
        "unplaced": best.get("unplaced_count"),
        "cost": wording.number(wording.cost_of(best)) if best else None,
        "percent": round(100 * best.get("spent", 0)),
    }


@blueprint.post("/training/timetables/<int:timetable_id>/plans/<int:number>/stop")
@guards.requires(EDIT)
def stop(timetable_id: int, number: int) -> ResponseReturnValue:
    """Be content with the best so far."""
    return _ended(timetable_id, number, stopping=True)


@blueprint.post("/training/timetables/<int:timetable_id>/plans/<int:number>/cancel")
@guards.requires(EDIT)
def cancel(timetable_id: int, number: int) -> ResponseReturnValue:
    """Call a run off; the draft stays as it was."""
    return _ended(timetable_id, number, stopping=False)


def _ended(timetable_id: int, number: int, *, stopping: bool) -> ResponseReturnValue:
    timetable = timetable_of(timetable_id, EDIT)
    run = runs.run_of(db.session, timetable, number)
    verb = runs.stop if stopping else runs.cancel
    try:
        verb(db.session, run, **acting())
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        flash(error.sentence.translated(gettext), "error")
    return redirect(url_for(".plan", timetable_id=timetable_id, number=number))


def _run(timetable_id: int, number: int) -> tuple[Timetable, TimetableRun]:
    timetable = timetable_of(timetable_id)
    return timetable, runs.run_of(db.session, timetable, number)
