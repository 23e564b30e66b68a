"""The demo's affinity lists: one about a pasted text, one about some items that wait for review."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.affinity import lists, scoring
from expertpool.demo.accounts import OFFICE, organisation
from expertpool.events import Actor
from expertpool.items.models import Item
from expertpool.skills.resolving import resolve

TITLE = "高速主轴用角接触球轴承疲劳寿命试验方法"
ABSTRACT = """本文件描述了高速主轴用角接触球轴承疲劳寿命的试验条件、试验步骤和数据处理。
给出了温升、振动和表面粗糙度的测量位置与判定方法。
适用于机床主轴轴承的型式检验和状态监测。
Keywords: rolling bearings, high-speed spindles, condition monitoring."""
SKILL = "ICS:21.100"
SEVERAL = "第四季度待审项目"
ITEMS = (4, 5, 11, 13, 19, 21)


def create(session: Session, actor: Actor, *, now: datetime) -> None:
    """Ask for both lists, and work them out as the worker would."""
    owner_id = organisation(session, OFFICE).id
    numbers = [f"BZ-2026-{number:03}" for number in ITEMS]
    ids = session.scalars(sa.select(Item.id).where(Item.number.in_(numbers)).order_by(Item.number)).all()
    asked, later = now - timedelta(hours=3), now - timedelta(hours=2)
    lists.ask_about_text(
        session,
        title=TITLE,
        abstract=ABSTRACT,
        skill_ids=resolve(session, [SKILL]).values(),
        owner_id=owner_id,
        actor=actor,
        now=asked,
    )
    _work_out(session, asked)
    lists.ask_about_items(
        session, title=SEVERAL, item_ids=ids, owner_id=owner_id, experts=10, actor=actor, now=later
    )
    _work_out(session, later)


def _work_out(session: Session, now: datetime) -> None:
    held = scoring.claim(session, now=now)
    assert held is not None
    scoring.work_out(session, held, now=now)
