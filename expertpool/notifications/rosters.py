"""Announce that somebody wants a sealed roster opened early, and that it was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

import config
from expertpool.accounts.models import User
from expertpool.events import Actor, subscribe
from expertpool.notifications.people import readers
from expertpool.outbox.service import enqueue
from expertpool.panels import sealing, sharing
from expertpool.panels.confirmation import holders
from expertpool.panels.models import Panel
from expertpool.panels.moving import KNOWS
from expertpool.panels.sealing_events import OpeningAsked, RosterOpened
from expertpool.panels.sealing_models import Opening


def connect() -> None:
    """Subscribe; safe to call twice."""
    subscribe(OpeningAsked, tell_asked)
    subscribe(RosterOpened, tell_opened)


def tell_asked(session: Session, event: OpeningAsked, _actor: Actor, now: datetime) -> None:
    """Tell the keepers, and the supervisors, one of whom decides."""
    panel, opening = _of(session, event)
    _tell_users(session, "opening-asked", panel, opening, now)


def tell_opened(session: Session, event: RosterOpened, _actor: Actor, now: datetime) -> None:
    """Tell keepers, supervisors, and the members who know that they are."""
    panel, opening = _of(session, event)
    _tell_users(session, "opened", panel, opening, now)
    seats = [seat.person_id for seat in holders(panel) if seat.state in KNOWS]
    for reader in readers(session, seats):
        enqueue(
            session,
            kind="panels/opened",
            to=reader.address,
            locale=reader.locale,
            snapshot={**_facts(panel, opening), "name": reader.name, "path": ""},
            dedupe_key=f"opened:{opening.id}:person:{reader.person_id}",
            now=now,
        )


def _of(session: Session, event: OpeningAsked | RosterOpened) -> tuple[Panel, Opening]:
    return session.get_one(Panel, event.subject_id), session.get_one(Opening, event.opening_id)


def _tell_users(session: Session, what: str, panel: Panel, opening: Opening, now: datetime) -> None:
    for user in _concerned(session, panel, opening):
        enqueue(
            session,
            kind=f"panels/{what}",
            to=user.email,
            locale=user.locale or config.locale_of(),
            snapshot={**_facts(panel, opening), "name": user.name, "path": f"/panels/{panel.id}"},
            dedupe_key=f"{what}:{opening.id}:{user.id}",
            now=now,
        )


def _concerned(session: Session, panel: Panel, opening: Opening) -> Iterable[User]:
    supervisors = sharing.users_who_may(session, panel, sealing.SUPERVISE)
    every = [*sealing.keepers(session, panel), opening.asked_by, *supervisors]
    return [user for user in {each.id: each for each in every}.values() if user.active]


def _facts(panel: Panel, opening: Opening) -> dict[str, Any]:
    return {
        "number": panel.number,
        "title": panel.title,
        "until": opening.sealed_until.isoformat(),
        "reason": opening.reason,
        "asker": opening.asked_by.name,
        "settler": opening.settled_by.name if opening.settled_by else "",
    }
