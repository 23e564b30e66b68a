"""Send the messages that wait in the outbox."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

import config
from expertpool import clock
from expertpool.jobs.tally import Tally
from expertpool.outbox.delivery import deliver
from expertpool.outbox.rendering import Renderer
from expertpool.outbox.transports import transport

EVERY = timedelta(seconds=5)


def tick(session: Session, now: datetime) -> Tally:
    """Send what is due; return how many were sent, and how many could not be, to be tried again or not."""
    settings: config.Settings = current_app.config["EXPERTPOOL"]
    renderer = Renderer(settings.base_url, settings.mail_from, settings.timezone)
    delivered = deliver(session, transport(settings.mail_url), renderer, clock=clock.now)
    return Tally(delivered.sent, delivered.failed)
