"""The third step: who is whom, what becomes of bad rows; then bring the file in, or discard it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from expertpool.errors import Invalid, Stale
from expertpool.exchange import orders, service, staging
from expertpool.exchange.models import BatchState, ImportBatch
from expertpool.exchange.plans import Decisions
from expertpool.extensions import db
from expertpool.web.exchange import wording
from expertpool.web.exchange.blueprint import IMPORT, acting, batch_of, on_its_way, require_kind, staged
from expertpool.web.exchange.forms import ApplyForm
from expertpool.web.exchange.preview import page_of, possible_rows
from expertpool.web.kit import guards
from expertpool.web.kit.forms import put_error

SIZE = 20
NEW = "new"


@guards.requires(IMPORT)
def decide(batch_id: int) -> ResponseReturnValue:
    """Who is whom, and what becomes of bad rows."""
    batch = staged(batch_id)
    return _page(batch, _form(batch))


@guards.requires(IMPORT)
def choose(batch_id: int) -> ResponseReturnValue:
    """Keep what was decided about people, and compare the file with the pool again."""
    batch = batch_of(batch_id)
    rows = staging.stored(db.session, batch.id, only_possible=True)
    decisions: Decisions = {}
    for each, content in rows:
        answer = request.form.get(f"row-{each.position}", "")
        known = {str(person_id): person_id for person_id, _title in content["possible"]}
        if answer == NEW or answer in known:
            decisions[each.row] = known.get(answer)
    try:
        service.decide(db.session, batch_id, decisions, **acting())
        db.session.commit()
    except Invalid as error:
        return _over(batch_id, error)
    text = ngettext("%(num)s decision is kept.", "%(num)s decisions are kept.", len(decisions))
    flash(text, "success")
    return redirect(url_for(".decide", batch_id=batch_id, page=request.args.get("page")))


@guards.requires(IMPORT)
def apply(batch_id: int) -> ResponseReturnValue:
    """Bring the file in, or let a job do it when it is large.

    When the pool has changed since it was shown, show it anew instead.
    """
    batch = batch_of(batch_id)
    require_kind(batch.kind)
    form = _form(batch)
    if not form.validate_on_submit():
        return _page(batch, form)
    skip = bool(form.bad and form.bad.data == "skip")
    try:
        if batch.counts["rows"] > orders.AT_ONCE:
            orders.ask(db.session, batch_id, skip_bad_rows=skip, **acting())
        else:
            decisions = staging.decisions(db.session, batch_id)
            service.apply(db.session, batch_id, decisions, skip_bad_rows=skip, as_shown=True, **acting())
        db.session.commit()
    except Stale:
        return _shown_anew(batch_id)
    except Invalid as error:
        db.session.rollback()
        batch = batch_of(batch_id)
        if batch.state is not BatchState.STAGED or on_its_way(batch):
            return _over(batch_id, error)
        error.field = "bad"
        form = _form(batch)
        form.validate()
        put_error(form, error)
        return _page(batch, form)
    return redirect(url_for(".show", batch_id=batch_id))


@guards.requires(IMPORT)
def discard(batch_id: int) -> ResponseReturnValue:
    """Throw the file away."""
    batch = batch_of(batch_id)
    name = batch.filename
    try:
        service.discard(db.session, batch_id, **acting())
        db.session.commit()
    except Invalid as error:
        return _over(batch_id, error)
    flash(gettext("“%(name)s” is discarded. Nothing of it came in.", name=name), "success")
    return redirect(url_for(".index", kind=batch.kind.value))


def _form(batch: ImportBatch) -> ApplyForm:
    form = ApplyForm()
    form.offer(batch.counts["refuse"], wording.written(batch))
    return form


def _page(batch: ImportBatch, form: ApplyForm) -> ResponseReturnValue:
    total = possible_rows(batch)
    page = render_template(
        "exchange/decide.html",
        batch=batch,
        form=form,
        page=page_of(batch, total, SIZE, only_possible=True),
        undecided=total - len(staging.decisions(db.session, batch.id)),
        writes=wording.written(batch) > 0,
        words=wording,
    )
    return page, 400 if form.faults else 200


def _shown_anew(batch_id: int) -> ResponseReturnValue:
    db.session.rollback()
    service.decide(db.session, batch_id, {}, **acting())
    db.session.commit()
    text = gettext(
        "The pool has changed since this file was compared with it. Nothing came in. "
        "Below is what would happen now: check it, then bring it in."
    )
    flash(text, "warning")
    return redirect(url_for(".show", batch_id=batch_id))


def _over(batch_id: int, error: Invalid) -> ResponseReturnValue:
    """Say that somebody else was quicker, on the page of how it ended."""
    db.session.rollback()
    flash(wording.sentence(error.sentence), "warning")
    return redirect(url_for(".show", batch_id=batch_id))


ROUTES = (
    ("/import/<int:batch_id>/decide", decide, ("GET",)),
    ("/import/<int:batch_id>/people", choose, ("POST",)),
    ("/import/<int:batch_id>/apply", apply, ("POST",)),
    ("/import/<int:batch_id>/discard", discard, ("POST",)),
)
