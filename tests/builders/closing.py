"""Make panels that met, for tests of their closing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from expertpool.panels import closing, conclusions, confirmation
from expertpool.panels.attendance import Noted
from expertpool.panels.closing_models import Attendance, Conclusion
from expertpool.panels.conclusions import Ballots
from expertpool.panels.models import Panel, SeatState
from tests.builders.panels import ACTOR, Scene, make_actor, propose
from tests.conftest import NOW

LATER = NOW + timedelta(minutes=1)
AFTER = NOW + timedelta(days=11, hours=4)
"""After the meeting, which begins eleven days from now and takes three hours."""


def make_met(session: Session, scene: Scene, *, seats: int = 7, slots: int = 1, **options: Any) -> Panel:
    """Make a confirmed panel whose members all accepted."""
    panel = scene.panel(seats=seats, slots=slots, **options)
    run = propose(session, panel)
    panel = confirmation.confirm(session, panel, run, actor=make_actor(session), now=LATER)
    for seat in confirmation.holders(panel):
        seat.state = SeatState.ACCEPTED
    session.flush()
    return panel


def note(
    session: Session, panel: Panel, absent: Collection[int] = (), now: Any = AFTER, minutes: int | None = None
) -> None:
    """Note that everybody came but the seats at these places."""
    sheet = {
        seat.id: Noted(Attendance.ABSENT if place in absent else Attendance.PRESENT, minutes)
        for place, seat in enumerate(confirmation.holders(panel))
    }
    closing.note_attendance(session, panel, sheet, actor=ACTOR, now=now)


def conclude(
    session: Session, panel: Panel, ballots: Ballots | None = None, item: int = 0, **options: Any
) -> Conclusion:
    """Record a conclusion on one of the items."""
    values = {"text": "同意通过审查。", "recused": (), "actor": ACTOR, "now": AFTER}
    return conclusions.conclude(session, panel, panel.items[item], ballots=ballots, **values | options)
