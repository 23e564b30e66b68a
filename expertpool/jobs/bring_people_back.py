"""Bring people back whose rest or suspension is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.orm import Session

import config
from expertpool.events import SYSTEM
from expertpool.people.returns import bring_back_due

EVERY = timedelta(minutes=10)


def tick(session: Session, now: datetime) -> int:
    """Make those active whose last day is over in the office's time zone; return how many."""
    settings: config.Settings = current_app.config["EXPERTPOOL"]
    today = now.astimezone(ZoneInfo(settings.timezone)).date()
    return bring_back_due(session, today, actor=SYSTEM, now=now)
