"""The audit trail."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from expertpool import clock
from expertpool.audit import queries, sealing, verifying
from expertpool.audit.queries import Filters
from expertpool.extensions import db
from expertpool.web.admin import trail_words
from expertpool.web.admin.forms import TrailForm
from expertpool.web.admin.sentences import speaker
from expertpool.web.kit import guards
from expertpool.web.kit.dates import zone_name


@guards.requires("audit.view")
def audit() -> ResponseReturnValue:
    """What happened, newest first, narrowed by `?event= subject_kind= subject_id= since= until= actor=`."""
    if guards.grants().scope("audit.view") is not None:
        return render_template("admin/audit_of_scope.html"), 403
    form = TrailForm(formdata=request.args)
    form.event.choices = trail_words.event_choices(queries.event_names(db.session))
    form.subject_kind.choices = trail_words.kind_choices()
    filters = _filters(form) if form.validate() else None
    page = (
        queries.search(db.session, filters, now=clock.now(), before=request.args.get("before", type=int))
        if filters
        else None
    )
    return (
        render_template(
            "admin/audit.html",
            form=form,
            page=page,
            head=sealing.head(db.session),
            verification=verifying.state(db.session),
            sentence=speaker(db.session, page.entries if page else []),
            trail_words=trail_words,
        ),
        200 if filters else 400,
    )


@guards.requires("audit.view")
def verify() -> ResponseReturnValue:
    """Have the whole chain verified; a job does so within seconds, and the page shows the result."""
    guards.require_scope("audit.view", None)
    verifying.ask(db.session, actor=guards.actor(), now=clock.now())
    db.session.commit()
    return redirect(url_for("admin.audit"))


def _filters(form: TrailForm) -> Filters:
    return Filters(
        subject_kind=form.subject_kind.data or None,
        subject_id=form.subject_id.data,
        event=form.event.data or None,
        actor_id=request.args.get("actor", type=int),
        since=_midnight(form.since.data),
        until=_midnight(form.until.data, timedelta(days=1)),
    )


def _midnight(day: date | None, later: timedelta = timedelta(0)) -> datetime | None:
    """Return when the day (or the one `later`) begins where the reader is."""
    if day is None or day.year < 2 or day.year > 9998:
        return None
    return datetime.combine(day + later, time(), ZoneInfo(zone_name()))
