"""The demo's panels by lot: one drawn, one that waits for its sources, one whose roster is sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.accounts.models import User
from expertpool.demo.accounts import organisation
from expertpool.demo.panels import FIRST_DIVISION, skill, slot
from expertpool.draws.record import Report
from expertpool.events import Actor
from expertpool.items.models import Item
from expertpool.panels import confirmation, draw_fixing, drawing, presets_service, request, runs, sealing
from expertpool.panels.draw_models import Draw
from expertpool.panels.draw_plan import Occasion, Seats, Wish
from expertpool.panels.models import ChoiceMode, Panel

DAY = timedelta(days=1)
REPORTED = (Report("3 8 14 21 27 30"), Report("2 6 6 1 4"))
"""What the lottery and the dice show, in the order of the sources that `fix` names."""


@dataclass(frozen=True)
class People:
    """Who holds the demo's draws: the organiser, a colleague who keeps sealed rosters too, the supervisor."""

    organiser: Actor
    colleague: User
    supervisor: Actor


def create(session: Session, people: People, *, now: datetime) -> None:
    """Make the three panels, as these people would."""
    drawn = panel_of(session, "硬度标准块企业标准审查", "BZ-2026-009", people, now - 5 * DAY)
    _hold(session, drawn, fix(session, drawn, people, now - 5 * DAY), people, now - 4 * DAY)
    waiting = panel_of(session, "动力电池包检验规则审查", "BZ-2026-010", people, now - DAY)
    fix(session, waiting, people, now - DAY, sources_in=4 * DAY, has_secrets=True)
    tender = panel_of(session, "再生水回用设备采购评标", "BZ-2026-020", people, now - 3 * DAY)
    sealing.seal(session, tender, now + 30 * DAY, people.colleague, actor=people.organiser, now=now - 3 * DAY)
    _hold(session, tender, fix(session, tender, people, now - 3 * DAY), people, now - 2 * DAY)


def panel_of(session: Session, title: str, item: str, people: People, now: datetime) -> Panel:
    """Make a draft of five seats that one date suits."""
    reviewed = session.scalars(sa.select(Item).where(Item.number == item)).one()
    preset = presets_service.current(session, "general-review")
    made = request.create_panel(
        session,
        title=title,
        owner_id=organisation(session, FIRST_DIVISION).id,
        item_ids=[reviewed.id],
        preset=preset,
        place="青原市标准化促进中心 305 会议室",
        actor=people.organiser,
        now=now,
    )
    asked = {"actor": people.organiser, "now": now}
    request.ask_for(
        session,
        made,
        seat_count=5,
        alternate_count=3,
        skills={skill(session, "17.040"): 1},
        mode=ChoiceMode.BEST,
        **asked,  # type: ignore[arg-type]
    )
    slots = [request.Slot(*slot(now, 12 + made.id % 5))]
    request.set_terms(session, made, preset=preset, rules={}, slots=slots, **asked)  # type: ignore[arg-type]
    return made


def fix(
    session: Session,
    panel: Panel,
    people: People,
    now: datetime,
    *,
    sources_in: timedelta = DAY / 2,
    has_secrets: bool = False,
) -> Draw:
    """Fix a draw of a panel: two strata, a lottery and dice that report some time later.

    With secrets, organiser and supervisor have still to seal theirs, and open them between lottery and dice.
    """
    at = now + sources_in
    metrology = panel.skills[0].skill_id
    wish = Wish(
        (Seats("计量专业", 2, 1, metrology), Seats("其他专家", 3, 2)),
        (
            Occasion("青原数字彩当日开奖号码", at, "6 of 1-33"),
            Occasion("现场骰子，组织者掷三颗、监督员掷两颗", at + timedelta(hours=1), "5 x 1-6"),
        ),
        1,
        at + timedelta(minutes=50) if has_secrets else None,
    )
    return draw_fixing.commit(session, panel, wish, actor=people.organiser, now=now)


def _hold(session: Session, panel: Panel, draw: Draw, people: People, now: datetime) -> None:
    """Have the supervisor confirm, draw, and confirm who was drawn."""
    drawing.witness(session, draw, actor=people.supervisor, now=now)
    drawing.draw(session, draw, REPORTED, actor=people.organiser, now=now)
    newest = runs.latest(session, panel)
    assert newest is not None
    confirmation.confirm(session, panel, newest, actor=people.organiser, now=now + timedelta(minutes=10))
