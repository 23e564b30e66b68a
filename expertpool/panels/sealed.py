"""What is hidden while a roster is sealed: one predicate, for every query that would tell who sits.

A seal is a comparison with the clock, so that it ends without a job. While it lasts, who sits stands on
the panel's own pages, for its two keepers, and nowhere else: whatever gathers facts over panels leaves sealed
ones out for everybody, keepers too.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.errors import N_, Forbidden
from expertpool.panels.models import Panel, Seat
from expertpool.panels.sealing_models import Keeper


class Sealed(Forbidden):
    """The reader is no keeper of this roster."""

    def __init__(self) -> None:
        super().__init__(
            N_("Who sits on this panel is sealed. Its page says until when, and who keeps the roster.")
        )


def is_open(now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition of panels whose roster is not sealed at `now`."""
    return sa.or_(Panel.sealed_until.is_(None), Panel.sealed_until <= now)


def is_open_to(user_id: int | None, now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition of panels whose roster the user may know: not sealed, or theirs to keep."""
    kept = sa.exists().where(Keeper.panel_id == Panel.id, Keeper.user_id == user_id)
    return sa.or_(is_open(now), kept)


def panel_ids(now: datetime) -> sa.Select[int]:
    """Return the ids of the panels whose roster is sealed at `now`."""
    return sa.select(Panel.id).where(Panel.sealed_until > now)


def seat_ids(now: datetime) -> sa.Select[int]:
    """Return the ids of the seats of sealed rosters."""
    return sa.select(Seat.id).where(Seat.panel_id.in_(panel_ids(now)))


def topic(panel_id: int) -> str:
    """Return what messages about a panel are said to be about."""
    return f"panel {panel_id}"


def topics(now: datetime) -> sa.Select[str]:
    """Return what messages about sealed rosters are said to be about."""
    return sa.select(sa.literal("panel ") + sa.cast(Panel.id, sa.String)).where(Panel.sealed_until > now)


def is_sealed(panel: Panel, now: datetime) -> bool:
    """Whether the roster is sealed at `now`."""
    return panel.sealed_until is not None and panel.sealed_until > now


def is_hidden_from(session: Session, panel: Panel, user_id: int | None, now: datetime) -> bool:
    """Whether the roster is sealed at `now`, and the user is none of its keepers."""
    kept = sa.exists().where(Keeper.panel_id == panel.id, Keeper.user_id == user_id)
    return is_sealed(panel, now) and not session.scalar(sa.select(kept))
