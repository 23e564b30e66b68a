"""Mail about a sealed roster that could not be sent: told to its keepers, and to nobody else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from expertpool import clock
from expertpool.errors import N_, NotFound
from expertpool.extensions import db
from expertpool.outbox import queries
from expertpool.outbox.models import Message, MessageState
from expertpool.panels import sealed, sealing
from expertpool.panels.models import Panel
from expertpool.panels.sealing_models import Keeper
from expertpool.web.home.today import Task
from expertpool.web.kit import guards, resending
from expertpool.web.panels.blueprint import acted_on, blueprint


def values(panel: Panel) -> dict[str, Any]:
    """Return the failed mail of a sealed roster, for the page that its keepers alone see."""
    is_sealed = sealed.is_sealed(panel, clock.now())
    found = queries.dead(db.session, sealed.topic(panel.id)) if is_sealed else []
    return {"undelivered": found, "errors_of_mail": queries.last_errors(db.session, found) if found else {}}


def tasks(session: Session, now: datetime) -> list[Task]:
    """Return a task for each sealed roster of the reader whose mail could not all be sent."""
    topic = sa.literal("panel ") + sa.cast(Panel.id, sa.String)
    query = (
        sa.select(Panel.id, Panel.title, sa.func.count().label("dead"))
        .join(Keeper, sa.and_(Keeper.panel_id == Panel.id, Keeper.user_id == guards.user().id))
        .join(Message, sa.and_(Message.about == topic, Message.state == MessageState.DEAD))
        .where(Panel.sealed_until > now)
        .group_by(Panel.id, Panel.title)
        .order_by(Panel.id)
    )
    return [
        Task(
            ngettext(
                "%(title)s: %(num)s message could not be sent",
                "%(title)s: %(num)s messages could not be sent",
                row.dead,
                title=row.title,
            ),
            gettext("Look at the messages"),
            url_for("panels.show", panel_id=row.id, _anchor="undelivered"),
            state=("failed", gettext("Failed")),
        )
        for row in session.execute(query)
    ]


@blueprint.post("/<int:panel_id>/messages/<int:message_id>/retry")
@guards.requires("panels.confirm")
def resend(panel_id: int, message_id: int) -> ResponseReturnValue:
    """Put a message about a sealed roster back into the queue, as one of its keepers."""
    panel = acted_on(panel_id, sealing.KEEP)
    message = db.session.get(Message, message_id)
    is_sealed = sealed.is_sealed(panel, clock.now())
    if not is_sealed or message is None or message.about != sealed.topic(panel.id):
        raise NotFound(N_("There is no such message."))
    resending.resend(message)
    return redirect(url_for("panels.show", panel_id=panel_id))
