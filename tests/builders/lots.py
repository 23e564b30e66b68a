"""Make draws of panels for tests."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from expertpool.draws.record import Report
from expertpool.events import Actor
from expertpool.panels import drawing
from expertpool.panels.draw_models import Draw
from expertpool.panels.draw_plan import Occasion, Seats, Wish
from expertpool.panels.models import Panel
from tests.builders.panels import make_actor
from tests.conftest import NOW

HOUR = timedelta(hours=1)
LOTTERY = Report("9 18 26 34 41 45")


def wish(*strata: Seats, at: datetime = NOW + HOUR, at_most: int | None = 1) -> Wish:
    """Ask for 3 seats and 2 alternates that anybody may take, or for `strata`; one lottery decides."""
    return Wish(
        strata or (Seats("全体", 3, 2),), (Occasion("双色球，第2026133期", at, "6 of 1-49"),), at_most
    )


def hold(
    session: Session, panel: Panel, asked: Wish, organiser: Actor, *, now: datetime = NOW, reason: str = ""
) -> Draw:
    """Commit, have a supervisor confirm, and draw an hour later."""
    made = drawing.commit(session, panel, asked, reason=reason, actor=organiser, now=now)
    drawing.witness(session, made, actor=make_actor(session, "监督人"), now=now + HOUR)
    drawing.draw(session, made, [LOTTERY], actor=organiser, now=now + HOUR)
    return made
