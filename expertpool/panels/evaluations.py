"""How organisers found the work of members; read by organisers only."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Forbidden, Invalid, Stale
from expertpool.events import Actor
from expertpool.panels.closing_models import Evaluation, SeatAttendance
from expertpool.panels.events import MemberEvaluated
from expertpool.panels.models import Panel, PanelState, Seat
from expertpool.panels.policy import is_about_oneself

LEAST, MOST, LONGEST_REMARK = 1, 5, 500


@dataclass(frozen=True)
class Marks:
    """Three marks from 1 (poor) to 5 (excellent)."""

    competence: int
    diligence: int
    impartiality: int
    remark: str | None = None


def evaluate(
    session: Session,
    seat: Seat,
    marks: Marks,
    *,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> Evaluation:
    """Mark a member's work at a meeting that was held, or correct the marks.

    Raises Forbidden for one's own seat, Invalid at the field, and Stale when the marks are no longer of
    `version` (0: there were none).
    """
    panel = session.get_one(Panel, seat.panel_id, with_for_update=True)
    _check_seat(session, panel, seat, actor)
    tidied = _tidied(marks)
    known = of_seats(session, [seat.id]).get(seat.id)
    if version is not None and version != (known.version if known else 0):
        raise Stale(N_("Somebody else has marked this member since you opened the page."))
    if known is not None and _marks_of(known) == tidied:
        return known
    row = known or Evaluation(seat_id=seat.id)
    for name, value in asdict(tidied).items():
        setattr(row, name, value)
    row.evaluated_by_id, row.evaluated_at = actor.user_id, now
    session.add(row)
    session.flush()
    event = MemberEvaluated(panel.id, seat_id=seat.id, person_id=seat.person_id, **asdict(tidied))
    record(session, event, actor=actor, now=now)
    session.flush()
    return row


def of_seats(session: Session, seat_ids: list[int]) -> dict[int, Evaluation]:
    """Return the evaluations of seats, by seat."""
    query = sa.select(Evaluation).where(Evaluation.seat_id.in_(seat_ids))
    return {each.seat_id: each for each in session.scalars(query)}


def _check_seat(session: Session, panel: Panel, seat: Seat, actor: Actor) -> None:
    if is_about_oneself(actor.user_id, seat.person):
        raise Forbidden(N_("Nobody evaluates themselves. Ask a colleague."))
    noted = sa.exists().where(SeatAttendance.seat_id == seat.id)
    if panel.state not in (PanelState.CONFIRMED, PanelState.CLOSED) or not session.scalar(sa.select(noted)):
        raise Invalid(N_("Note first who came: only then members are evaluated."))


def _tidied(marks: Marks) -> Marks:
    for name in ("competence", "diligence", "impartiality"):
        if not LEAST <= getattr(marks, name) <= MOST:
            raise Invalid(N_("Give a mark from 1 to 5."), field=name)
    remark = " ".join((marks.remark or "").split()) or None
    if remark and len(remark) > LONGEST_REMARK:
        raise Invalid(N_("Longer than %(most)s characters."), field="remark", most=LONGEST_REMARK)
    return Marks(marks.competence, marks.diligence, marks.impartiality, remark)


def _marks_of(row: Evaluation) -> Marks:
    return Marks(row.competence, row.diligence, row.impartiality, row.remark)
