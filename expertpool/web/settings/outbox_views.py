"""Messages that wait, were sent, or could not be sent."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import N_, Invalid, NotFound
from expertpool.extensions import db
from expertpool.outbox import queries, service
from expertpool.outbox.models import Message, MessageState
from expertpool.panels import sealed
from expertpool.web.kit import guards, resending
from expertpool.web.settings.blueprint import EDIT, blueprint
from expertpool.web.settings.wording import FACES, MAILS, STATES

SIZE = 50


@blueprint.get("/messages")
@guards.requires("jobs.view")
def messages() -> ResponseReturnValue:
    """Messages, newest first, narrowed by `?state=`."""
    asked = request.args.get("state", "")
    state = MessageState(asked) if asked in set(MessageState) else None
    before = request.args.get("before", type=int)
    but = sealed.topics(clock.now())
    counts, all_counts = queries.counts(db.session, but), queries.counts(db.session)
    found = queries.latest(db.session, state=state, before=before, limit=SIZE + 1, but=but)
    shown = found[:SIZE]
    return render_template(
        "settings/messages.html",
        messages=shown,
        older=shown[-1].id if len(found) > SIZE else None,
        errors=queries.last_errors(db.session, shown),
        counts=counts,
        unlisted=sum(all_counts.values()) - sum(counts.values()),
        waiting_since=queries.oldest_due(db.session, clock.now()),
        state=state,
        states=STATES,
        faces=FACES,
        mails=MAILS,
    )


@blueprint.post("/messages/<int:message_id>/retry")
@guards.requires(EDIT)
def retry(message_id: int) -> ResponseReturnValue:
    """Put a message that could not be sent back into the queue."""
    message = _found(message_id)
    resending.resend(message)
    return redirect(url_for("settings.messages", state=request.form.get("state")))


@blueprint.post("/messages/<int:message_id>/cancel")
@guards.requires(EDIT)
def cancel(message_id: int) -> ResponseReturnValue:
    """Keep a message from being sent."""
    message = _found(message_id)
    try:
        service.cancel(db.session, message, actor=guards.actor(), now=clock.now())
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        flash(error.sentence.translated(gettext), "error")
    else:
        flash(gettext("The message to %(address)s will not be sent.", address=message.recipient), "success")
    return redirect(url_for("settings.messages", state=request.form.get("state")))


def _found(message_id: int) -> Message:
    message = db.session.get(Message, message_id)
    listed = db.session.scalars(sealed.topics(clock.now())).all() if message and message.about else []
    if message is None or message.about in listed:
        raise NotFound(N_("There is no such message."))
    return message
