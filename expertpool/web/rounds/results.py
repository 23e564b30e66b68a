"""One run: its progress, who reviews what, loads, who falls short; and what is decided about pairs."""

from __future__ import annotations

from io import BytesIO

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import N_, Invalid, NotFound
from expertpool.exchange import writing
from expertpool.extensions import db
from expertpool.items import queries as items
from expertpool.items.models import Item
from expertpool.panels import queries, round_confirming, round_queries, rounds
from expertpool.panels.models import RunState
from expertpool.panels.round_models import LockKind
from expertpool.people.models import Person
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error
from expertpool.web.kit.pagination import paginate
from expertpool.web.rounds import wording
from expertpool.web.rounds.blueprint import acted_on, allowed, blueprint, found
from expertpool.web.rounds.forms import PairForm

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@blueprint.get("/<int:round_id>/runs/<int:number>")
@guards.requires("panels.view")
def run(round_id: int, number: int) -> ResponseReturnValue:
    """A run by `?q= sort=worst`, or its progress while a worker has it."""
    round_ = found(round_id)
    asked = round_queries.run_of(db.session, round_, number)
    may_propose = allowed(round_, "panels.propose")
    shared = {"round": round_, "run": asked, "words": wording, "may_propose": may_propose}
    if asked.state is not RunState.DONE:
        stages = rounds.stages_of(round_)
        waiting = asked.is_waiting
        return render_template("rounds/progress.html", waiting=waiting, stages=stages, **shared)
    if not (asked.summary or {}).get("feasible"):
        return render_template("rounds/short.html", **shared)
    text = request.args.get("q", "")
    worst_first = request.args.get("sort") == "worst"
    page = paginate(
        db.session, round_queries.assigned(asked.id, text, worst_first=worst_first), scalars=False
    )
    kept = round_confirming.decisions_kept(db.session, asked)
    shown = [row.id for row in page.rows]
    return render_template(
        "rounds/result.html",
        page=page,
        text=text,
        worst_first=worst_first,
        reviewers=round_queries.reviewers(db.session, asked.id, shown),
        alternates=round_queries.alternates(db.session, asked.id, shown, round_.alternates),
        busiest=round_queries.busiest(db.session, asked.id),
        locks=round_queries.kinds_of_locks(db.session, round_.id),
        kept=sum(kept.values()),
        decided=len(kept),
        confirmation=round_confirming.standing(db.session, round_.id),
        may_confirm=allowed(round_, "panels.confirm"),
        **shared,
    )


@blueprint.get("/<int:round_id>/runs/<int:number>/state")
@guards.requires("panels.view")
def progress(round_id: int, number: int) -> ResponseReturnValue:
    """Where a run stands, for the script that waits on the progress page."""
    asked = round_queries.run_of(db.session, found(round_id), number)
    return {"state": asked.state.value, "waiting": asked.is_waiting}


@blueprint.get("/<int:round_id>/runs/<int:number>/assignment.<extension>")
@guards.requires("panels.view")
def export(round_id: int, number: int, extension: str) -> ResponseReturnValue:
    """Hand out who reviews what, as .csv or .xlsx."""
    round_ = found(round_id)
    asked = round_queries.run_of(db.session, round_, number)
    if extension not in TYPES or asked.state is not RunState.DONE:
        raise NotFound(N_("There is no such document of this round."))
    labels = [
        gettext("Item number"),
        gettext("Title"),
        gettext("Takes part as"),
        gettext("Person number"),
        gettext("Name"),
        gettext("Employer"),
        gettext("Score"),
    ]
    name = f"round-{round_.id}-{number}.{extension}"
    rows = (
        [
            row.item,
            row.title,
            gettext("Alternate %(number)s", number=row.place) if row.place else gettext("Reviewer"),
            row.person,
            row.name,
            row.employer,
            f"{row.score:.4f}",
        ]
        for row in round_queries.rows(db.session, asked.id, round_.alternates)
    )
    content = writing.as_file(name, labels, rows, title=gettext("Assignment"))
    return send_file(BytesIO(content), mimetype=TYPES[extension], as_attachment=True, download_name=name)


@blueprint.route("/<int:round_id>/items/<int:item_id>", methods=["GET", "POST"])
@guards.requires("panels.edit")
def pair(round_id: int, item_id: int) -> ResponseReturnValue:
    """Lock a person to an item, ban them from it, or leave both to the system; `?person=` fills the name."""
    round_ = acted_on(round_id, "panels.edit")
    item = items.get(db.session, item_id)
    if not round_queries.has_item(db.session, round_.id, item.id):
        raise NotFound(N_("This item is not in the round."))
    form = PairForm(person=request.args.get("person", ""))
    if form.validate_on_submit():
        try:
            person = _person(form.person.data or "")
            kind = LockKind(form.kind.data) if form.kind.data in set(LockKind) else None
            rounds.decide(
                db.session,
                round_,
                item,
                person,
                kind,
                form.reason.data or "",
                actor=guards.actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash(gettext("Decided. Run the round again to have the others fit."), "success")
            return redirect(url_for("rounds.pair", round_id=round_.id, item_id=item.id))
        except Invalid as error:
            db.session.rollback()
            put_error(form, error)
    return _pair_page(round_id, item, form), 400 if form.faults else 200


def _pair_page(round_id: int, item: Item, form: PairForm) -> str:
    round_ = found(round_id)
    runs = round_queries.runs(db.session, round_.id)
    newest = next(iter(round_queries.finished(runs)), None)
    reviewers: dict[int, list[round_queries.Reviewer]] = {}
    alternates: dict[int, list[round_queries.Reviewer]] = {}
    if newest:
        reviewers = round_queries.reviewers(db.session, newest.id, [item.id])
        alternates = round_queries.alternates(db.session, newest.id, [item.id], round_.alternates)
    return render_template(
        "rounds/pair.html",
        round=round_,
        item=item,
        form=form,
        newest=newest,
        reviewers=reviewers.get(item.id, []),
        alternates=alternates.get(item.id, []),
        locks=[each for each in round_queries.locks(db.session, round_.id) if each.item_id == item.id],
        words=wording,
        may_propose=allowed(round_, "panels.propose"),
        confirmation=round_confirming.standing(db.session, round_.id),
    )


def _person(text: str) -> Person:
    """Return the one person with this number or name. Raises Invalid when there are none, or several."""
    known = queries.people_named(db.session, text)
    exact = [each for each in known if text.strip() in (each.number, each.name)] or known
    if not exact:
        raise Invalid(N_("Nobody in the pool is called “%(text)s”."), field="person", text=text)
    if len(exact) > 1:
        numbers = ", ".join(f"{each.name} {each.number}" for each in exact)
        raise Invalid(N_("Several people fit: %(people)s. Give the number."), field="person", people=numbers)
    return exact[0]
