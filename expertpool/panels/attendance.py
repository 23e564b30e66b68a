"""Who came to a meeting, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.panels.closing_models import Attendance, SeatAttendance
from expertpool.panels.confirmation import holders
from expertpool.panels.events import AttendanceNoted
from expertpool.panels.models import Panel, PanelState, Seat

CAME = (Attendance.PRESENT, Attendance.REMOTE)
MOST_MINUTES = 14_400


@dataclass(frozen=True)
class Noted:
    """Whether somebody came. `minutes` is the time to credit; None counts the whole meeting."""

    attendance: Attendance
    minutes: int | None = None


def note(session: Session, panel: Panel, sheet: Mapping[int, Noted], *, actor: Actor, now: datetime) -> None:
    """Note who came, by seat, for all who hold one. Raises Invalid at the field `seat-ID` or `minutes-ID`."""
    only_met(panel, now)
    for seat in holders(panel):
        _check(panel, seat, sheet.get(seat.id))
    known = of_panel(session, panel)
    for seat in holders(panel):
        noted = sheet[seat.id]
        row = known.get(seat.id) or SeatAttendance(seat_id=seat.id)
        row.attendance = noted.attendance
        row.minutes = noted.minutes if noted.attendance in CAME else None
        row.noted_by_id, row.noted_at = actor.user_id, now
        session.add(row)
    session.flush()
    facts = {str(seat.id): sheet[seat.id].attendance.value for seat in holders(panel)}
    record(session, AttendanceNoted(panel.id, attendances=facts), actor=actor, now=now)
    session.flush()


def is_whole(session: Session, panel: Panel) -> bool:
    """Return whether it is noted of everybody who holds a seat."""
    return {seat.id for seat in holders(panel)} <= of_panel(session, panel).keys()


def of_panel(session: Session, panel: Panel) -> dict[int, SeatAttendance]:
    """Return what was noted, by seat."""
    query = sa.select(SeatAttendance).join(Seat).where(Seat.panel_id == panel.id)
    return {each.seat_id: each for each in session.scalars(query)}


def only_met(panel: Panel, now: datetime) -> None:
    """Raise Invalid unless the panel is confirmed and its meeting has begun."""
    if panel.state is not PanelState.CONFIRMED:
        raise Invalid(N_("Only what concerns a confirmed panel that is not closed can be recorded."))
    if panel.starts is not None and panel.starts > now:
        raise Invalid(N_("The meeting has not begun yet. Record this when it has."))


def whole_minutes(panel: Panel) -> int | None:
    """Return the length of the meeting in minutes; None without a date."""
    if panel.starts is None or panel.ends is None:
        return None
    return min(int((panel.ends - panel.starts).total_seconds()) // 60, MOST_MINUTES)


def _check(panel: Panel, seat: Seat, noted: Noted | None) -> None:
    if noted is None:
        raise Invalid(N_("Say whether %(name)s came."), field=f"seat-{seat.id}", name=seat.person.name)
    if noted.attendance not in CAME:
        return
    if noted.minutes is None and whole_minutes(panel) is None:
        raise Invalid(
            N_("The panel has no date: give the minutes of %(name)s."),
            field=f"minutes-{seat.id}",
            name=seat.person.name,
        )
    if noted.minutes is not None and not 0 <= noted.minutes <= MOST_MINUTES:
        raise Invalid(
            N_("Give a number from %(least)s to %(most)s."),
            field=f"minutes-{seat.id}",
            least=0,
            most=MOST_MINUTES,
        )
