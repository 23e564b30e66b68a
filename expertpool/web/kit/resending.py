"""Put a message that could not be sent back into the queue, from whichever page shows it."""

from __future__ import annotations

from flask import flash
from flask_babel import gettext

from expertpool import clock
from expertpool.errors import Invalid
from expertpool.extensions import db
from expertpool.outbox import service
from expertpool.outbox.models import Message
from expertpool.web.kit import guards


def resend(message: Message) -> None:
    """Queue the message again and commit; what came of it is said on the next page."""
    try:
        service.retry(db.session, message, actor=guards.actor(), now=clock.now())
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        flash(error.sentence.translated(gettext), "error")
    else:
        flash(
            gettext("The message to %(address)s is in the queue again.", address=message.recipient), "success"
        )
