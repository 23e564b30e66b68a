"""The end of a panel's work: who came is noted, conclusions are recorded, hours are credited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid, Sentence
from expertpool.events import Actor
from expertpool.ledger import service as ledger
from expertpool.ledger.models import HourKind
from expertpool.panels import attendance, conclusions
from expertpool.panels.attendance import Noted
from expertpool.panels.closing_models import PanelClosing
from expertpool.panels.confirmation import holders
from expertpool.panels.events import PanelClosed
from expertpool.panels.holding import hold
from expertpool.panels.models import Panel, PanelState, Seat, SeatState
from expertpool.panels.question import OFFICE_ZONE

SOURCE = "panel"
"""What credits service hours in the ledger."""
LONGEST_MINUTES = 50_000


def note_attendance(
    session: Session, panel: Panel, sheet: Mapping[int, Noted], *, actor: Actor, now: datetime
) -> None:
    """Note who came, by seat; conclusions that were recorded are compared with the rule again.

    Raises Invalid at the field `seat-ID` or `minutes-ID`, and when there are more votes than members now.
    """
    hold(session, panel.id)
    attendance.note(session, panel, sheet, actor=actor, now=now)
    conclusions.recount(session, panel, actor=actor, now=now)
    session.flush()


def obstacles(session: Session, panel: Panel, *, now: datetime) -> list[Sentence]:
    """Return what is still to be done before the panel can be closed."""
    found = []
    if panel.starts is not None and panel.starts > now:
        found.append(Sentence(N_("The meeting has not begun yet.")))
    open_ = [seat.person.name for seat in holders(panel) if seat.state is SeatState.INVITED]
    if open_:
        text = N_("No answer is on file yet of: %(names)s. Record it, or withdraw the invitation.")
        found.append(Sentence(text, {"names": "、".join(open_)}))
    if not attendance.is_whole(session, panel):
        found.append(Sentence(N_("It is not noted yet who came.")))
    missing = _missing_conclusions(session, panel)
    if missing:
        text = N_("Conclusions are missing: %(count)s. Record them, or say why no vote was held.")
        found.append(Sentence(text, {"count": missing}))
    return found


def close(session: Session, panel: Panel, minutes: str, *, actor: Actor, now: datetime) -> PanelClosing:
    """Close a panel that met: its record is fixed, and who came is credited the time.

    `minutes` is what the minutes say besides facts that the system knows. Raises Invalid with the first
    thing that is still to be done.
    """
    hold(session, panel.id)
    if panel.state is not PanelState.CONFIRMED:
        raise Invalid(N_("Only a confirmed panel that is not closed yet can be closed."))
    for each in obstacles(session, panel, now=now):
        raise Invalid(each.message, **each.params)
    closing = PanelClosing(
        panel_id=panel.id, minutes=_text(minutes), closed_by_id=actor.user_id, closed_at=now
    )
    session.add(closing)
    credited = _credit(session, panel, now)
    panel.state, panel.updated_at = PanelState.CLOSED, now
    session.flush()
    record(session, PanelClosed(panel.id, credited=credited), actor=actor, now=now)
    session.flush()
    return closing


def closing_of(session: Session, panel: Panel) -> PanelClosing | None:
    """Return how and when the panel was closed, if it was."""
    return session.scalar(sa.select(PanelClosing).where(PanelClosing.panel_id == panel.id))


def _missing_conclusions(session: Session, panel: Panel) -> int:
    if conclusions.decision_of(panel).ballot is None:
        return 0
    known = conclusions.of_panel(session, panel)
    return sum((item.id if item else None) not in known for item in conclusions.agenda(panel))


def _credit(session: Session, panel: Panel, now: datetime) -> dict[str, int]:
    """Credit everybody who came; whoever came without an invitation on file has accepted by coming."""
    credited = {}
    noted = attendance.of_panel(session, panel)
    for seat in holders(panel):
        row = noted[seat.id]
        if row.attendance not in attendance.CAME:
            continue
        seat.state = SeatState.ACCEPTED
        minutes = attendance.whole_minutes(panel) if row.minutes is None else row.minutes
        if minutes:
            _credit_one(session, panel, seat, minutes, now)
            credited[str(seat.person_id)] = minutes
    return credited


def _credit_one(session: Session, panel: Panel, seat: Seat, minutes: int, now: datetime) -> None:
    ledger.credit(
        session,
        seat.person_id,
        HourKind.SERVICE,
        minutes,
        (panel.starts or now).astimezone(OFFICE_ZONE).date(),
        source_kind=SOURCE,
        source_id=panel.id,
        title=f"{panel.number} {panel.title}",
        now=now,
    )


def _text(minutes: str) -> str:
    minutes = minutes.strip()
    if len(minutes) > LONGEST_MINUTES:
        raise Invalid(N_("Longer than %(most)s characters."), field="minutes", most=LONGEST_MINUTES)
    return minutes
