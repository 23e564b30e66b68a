"""The demo's panels that met: one waits for its vote, one voted on two standards and is closed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from expertpool.events import Actor
from expertpool.panels import closing, conclusions, evaluations, seating
from expertpool.panels.attendance import Noted
from expertpool.panels.closing_models import Attendance
from expertpool.panels.conclusions import Ballots
from expertpool.panels.confirmation import holders
from expertpool.panels.evaluations import Marks
from expertpool.panels.models import Panel

TEXTS = (
    "标准文本结构完整，技术内容先进、可操作，同意通过审查。请补充试验方法的测量不确定度要求，修改后报批。",
    "主要技术指标缺少验证数据，与现行国家标准的分级不协调，不同意通过审查，建议补充试验后重新送审。",
)
MINUTES = (
    "会议听取了起草组的汇报，逐条审查了标准送审稿，并对技术指标、试验方法和检验规则进行了质询和讨论。\n"
    "起草组应在十个工作日内提交修改稿和意见汇总处理表。"
)


def meet(session: Session, panel: Panel, *, actor: Actor) -> datetime:
    """Have everybody accept, and note who came: one from afar, one not at all. Return when that was."""
    assert panel.ends is not None
    now = panel.ends + timedelta(hours=1)
    seats = holders(panel)
    for seat in seats:
        seating.mark_invited(session, seat)
        seating.mark_accepted(session, seat)
    sheet = {seat.id: Noted(Attendance.PRESENT) for seat in seats}
    sheet[seats[2].id] = Noted(Attendance.REMOTE)
    absent = next(seat for seat in reversed(seats) if seat.person.user_id is None)
    sheet[absent.id] = Noted(Attendance.ABSENT)
    closing.note_attendance(session, panel, sheet, actor=actor, now=now)
    return now


def close(session: Session, panel: Panel, *, actor: Actor) -> None:
    """Record a vote that passed and one that did not, mark members, and close the panel."""
    now, seats = meet(session, panel, actor=actor), holders(panel)
    present = len(seats) - 1
    for item, text, against in zip(panel.items, TEXTS, (1, 3), strict=True):
        _vote(session, panel, item.id, text, Ballots(present - against, against, 0), actor, now)
    for place, seat in enumerate(seats[:3]):
        marks = Marks(5, 5 - place % 2, 5, "意见具体、中肯。" if place == 0 else None)
        evaluations.evaluate(session, seat, marks, actor=actor, now=now)
    closing.close(session, panel, MINUTES, actor=actor, now=now)


def _vote(
    session: Session, panel: Panel, row_id: int, text: str, ballots: Ballots, actor: Actor, now: datetime
) -> None:
    item = next(each for each in panel.items if each.id == row_id)
    conclusions.conclude(session, panel, item, text=text, ballots=ballots, recused=(), actor=actor, now=now)
