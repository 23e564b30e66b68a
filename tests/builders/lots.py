"""Make draws of panels for tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from expertpool.draws.record import Report
from expertpool.events import Actor
from expertpool.panels import draw_fixing, draw_secrets, drawing
from expertpool.panels.draw_models import Draw, Party
from expertpool.panels.draw_plan import Occasion, Seats, Wish
from expertpool.panels.models import Panel
from tests.builders.panels import make_actor
from tests.conftest import NOW

HOUR = timedelta(hours=1)
LOTTERY = Report("9 18 26 34 41 45")
DICE = Report("6 2 5 1 2")
MINE, THEIRS = Report("ROOM305", "0a" * 16), Report("35142", "1b" * 16)
"""Secrets of organiser and supervisor."""


def wish(*strata: Seats, at: datetime = NOW + HOUR, at_most: int | None = 1) -> Wish:
    """Ask for 3 seats and 2 alternates that anybody may take, or for `strata`; one lottery decides."""
    return Wish(
        strata or (Seats("全体", 3, 2),), (Occasion("双色球，第2026133期", at, "6 of 1-49"),), at_most
    )


def open_wish(*, at: datetime = NOW + 2 * HOUR, open_by: datetime = NOW + HOUR) -> Wish:
    """Ask as `wish` does, without internet: two secrets, then dice."""
    dice = Occasion("现场骰子", at, "5 x 1-6")
    return replace(wish(), occasions=(dice,), open_by=open_by)


def seal_both(
    session: Session,
    draw: Draw,
    sides: Mapping[Party, Actor],
    *,
    theirs: Report | str = THEIRS,
    now: datetime = NOW,
) -> None:
    """Have the supervisor seal first, then the organiser."""
    given = {Party.SUPERVISOR: theirs, Party.ORGANISER: MINE}
    for party, what in given.items():
        draw_secrets.seal(session, draw, party, what, actor=sides[party], now=now)


def hold(
    session: Session, panel: Panel, asked: Wish, organiser: Actor, *, now: datetime = NOW, reason: str = ""
) -> Draw:
    """Commit, have a supervisor confirm, and draw an hour later."""
    made = draw_fixing.commit(session, panel, asked, reason=reason, actor=organiser, now=now)
    drawing.witness(session, made, actor=make_actor(session, "监督人"), now=now + HOUR)
    drawing.draw(session, made, [LOTTERY], actor=organiser, now=now + HOUR)
    return made
