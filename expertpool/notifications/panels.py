"""Tell whoever was invited to a panel, or comes, that it meets at another time or place, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.calendars import mail
from expertpool.calendars.models import EntrySource
from expertpool.calendars.seats import place_of
from expertpool.events import Actor, subscribe
from expertpool.invitations.models import OPEN, Campaign, Invitation
from expertpool.notifications.people import readers
from expertpool.outbox.service import enqueue
from expertpool.panels.confirmation import holders
from expertpool.panels.events import PanelCancelled, PanelMoved
from expertpool.panels.models import Panel
from expertpool.panels.moving import KNOWS
from expertpool.panels.sealed import topic

WITH_CALENDAR = ("panels/moved", "panels/cancelled")
"""Kinds of mail that carry the calendar entry, changed or cancelled."""


def connect() -> None:
    """Subscribe; safe to call twice. After the calendars, and before invitations are taken back."""
    subscribe(PanelMoved, tell_moved)
    subscribe(PanelCancelled, tell_cancelled)


def tell_moved(session: Session, event: PanelMoved, _actor: Actor, now: datetime) -> None:
    """Tell the new time and place to whoever was invited and has not declined."""
    panel = session.get_one(Panel, event.subject_id)
    seats = {seat.person_id: seat.id for seat in holders(panel) if seat.state in KNOWS}
    before = event.starts_before if event.starts_before != event.starts else None
    values = {"before": before.isoformat() if before else None}
    _tell(session, "moved", panel, seats, values, now)


def tell_cancelled(session: Session, event: PanelCancelled, _actor: Actor, now: datetime) -> None:
    """Tell everybody whose invitation is open or accepted that the panel will not meet."""
    panel = session.get_one(Panel, event.subject_id)
    query = (
        sa.select(Invitation.person_id, Invitation.seat_id)
        .join(Campaign)
        .where(Campaign.panel_id == panel.id, sa.text(f"invitations.{OPEN}"))
    )
    seats = {row.person_id: row.seat_id for row in session.execute(query)}
    _tell(session, "cancelled", panel, seats, {"reason": event.reason}, now)


def _tell(
    session: Session,
    what: str,
    panel: Panel,
    seats: Mapping[int, int],
    values: dict[str, Any],
    now: datetime,
) -> None:
    """Put one mail to each person into the outbox, once for each change of the panel."""
    contact = session.scalar(sa.select(Campaign.contact).where(Campaign.panel_id == panel.id))
    facts = {
        "title": panel.title,
        "number": panel.number,
        "office": panel.owner.name,
        "starts": panel.starts.isoformat() if panel.starts else None,
        "ends": panel.ends.isoformat() if panel.ends else None,
        "place": place_of(panel.room, panel.place),
        "contact": contact,
        **values,
    }
    for reader in readers(session, seats):
        calendar = mail.snapshot(session, EntrySource.SEAT, [seats[reader.person_id]], reader.person_id)
        enqueue(
            session,
            kind=f"panels/{what}",
            to=reader.address,
            locale=reader.locale,
            snapshot={**facts, "name": reader.name, "calendar": calendar},
            dedupe_key=f"panels/{what}:{panel.id}:{panel.version}:{reader.person_id}",
            about=topic(panel.id),
            now=now,
            thread=mail.thread(reader.person_id),
        )
