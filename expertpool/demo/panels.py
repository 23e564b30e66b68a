"""The demo's panels: one in every state that an organiser meets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.availability.service import add_busy_time
from expertpool.demo import changed_facts, closed, invitations
from expertpool.demo.accounts import AGENCY, OFFICE, organisation
from expertpool.demo.invitations import Answers
from expertpool.events import Actor
from expertpool.invitations.models import DeclineReason, OnVacancy
from expertpool.items.models import Item
from expertpool.matching.problem import Mode
from expertpool.panels import (
    choices,
    composition,
    confirmation,
    presets_service,
    question,
    request,
    runs,
    sharing,
    solving,
    waivers,
)
from expertpool.panels.models import Choice, ChoiceMode, Panel, Run
from expertpool.people.models import Person
from expertpool.skills.models import Skill, Taxonomy

ZONE = ZoneInfo("Asia/Shanghai")
FIRST_DIVISION = f"{OFFICE}审查一处"
SECOND_DIVISION = f"{OFFICE}审查二处"


@dataclass(frozen=True)
class Wish:
    """What a demo panel asks for; `until` is draft, proposed, confirmed, met, closed or cancelled."""

    title: str
    items: tuple[str, ...]
    office: str
    skills: dict[str, int]
    until: str
    seats: int = 7
    days: tuple[int, ...] = (9, 10, 14)
    rules: dict[str, Any] = field(default_factory=dict)
    mode: Mode = Mode.BEST
    place: str = "青原市标准化促进中心 302 会议室"
    decides: bool = False
    """Whether the organiser already locked, excluded and waived."""
    days_ago: int = 0
    """When it was formed."""
    lock: str = ""
    """Number of somebody who must sit."""
    answers: Answers | None = None
    """What the invited answered; None when nobody was invited yet."""
    declares: bool = False
    """Whether somebody who accepted declares an interest since."""


WISHES = (
    Wish(
        "角接触球轴承企业标准审查",
        ("BZ-2026-001",),
        FIRST_DIVISION,
        {"21.100": 3, "25.060": 1, "17.040": 1},
        "proposed",
        rules={"min_regions": 2},
        decides=True,
    ),
    Wish(
        "圆锥滚子轴承企业标准备案审查",
        ("BZ-2026-002",),
        FIRST_DIVISION,
        {"21.100": 3},
        "confirmed",
        seats=5,
        days_ago=4,
        lock="E0002",
        answers=Answers(
            OnVacancy.INVITE, accepted=2, declined=DeclineReason.BUSY_THEN, text="当天在外地出差", but="E0002"
        ),
    ),
    Wish(
        "动力电池团体标准评审会",
        ("BZ-2026-011", "BZ-2026-012"),
        SECOND_DIVISION,
        {"29.220": 3, "43.120": 2},
        "confirmed",
        days=(16, 17),
        days_ago=4,
        answers=Answers(OnVacancy.PHONE, accepted=4, declined=DeclineReason.NOT_MY_FIELD, text=""),
        declares=True,
    ),
    Wish("工业数据分类分级评审", ("BZ-2026-018",), FIRST_DIVISION, {"35.030": 4}, "draft"),
    Wish(
        "再生水监测数据安全论证",
        ("BZ-2026-021",),
        FIRST_DIVISION,
        {"13.060": 6, "35.030": 6},
        "proposed",
        seats=9,
    ),
    Wish("预制菜冷链运输地方标准审查", ("BZ-2026-014",), SECOND_DIVISION, {"67.040": 2}, "cancelled"),
    Wish(
        "Condition monitoring of high-speed spindles: project review",
        ("BZ-2026-900",),
        AGENCY,
        {"21.100": 2, "25.060": 2},
        "confirmed",
        mode=Mode.RANDOM,
        days=(11, 12),
        place="Linchuan Assessment Service, room 5",
    ),
    Wish(
        "滚珠丝杠企业标准审查",
        ("BZ-2026-005",),
        FIRST_DIVISION,
        {"25.060": 2, "21.100": 1},
        "met",
        seats=5,
        days=(-3,),
        days_ago=20,
    ),
    Wish(
        "滚动支承与量具企业标准审查",
        ("BZ-2026-004", "BZ-2026-008"),
        FIRST_DIVISION,
        {"21.100": 2, "17.040": 2},
        "closed",
        days=(-12,),
        days_ago=25,
        lock="E0002",
    ),
)


def create(session: Session, organiser: Actor, agency: Actor, *, now: datetime) -> list[Panel]:
    """Make the demo's panels, as the two organisers would."""
    keep_busy(session, actor=organiser, now=now)
    made = [make(session, wish, agency if wish.office == AGENCY else organiser, now=now) for wish in WISHES]
    sharing.share(
        session,
        made[0],
        organisation(session, AGENCY).id,
        may_edit=False,
        actor=organiser,
        now=now,
    )
    return made


def make(session: Session, wish: Wish, actor: Actor, *, now: datetime) -> Panel:
    """Open one panel and bring it as far as its wish says."""
    today, now = now, now - timedelta(days=wish.days_ago)
    items = [session.scalars(sa.select(Item).where(Item.number == number)).one() for number in wish.items]
    preset = presets_service.default_for(session, [item.kind for item in items])
    panel = request.create_panel(
        session,
        title=wish.title,
        owner_id=organisation(session, wish.office).id,
        item_ids=[item.id for item in items],
        preset=preset,
        place=wish.place,
        actor=actor,
        now=now,
    )
    request.ask_for(
        session,
        panel,
        seat_count=wish.seats,
        alternate_count=3,
        skills={skill(session, code): seats for code, seats in wish.skills.items()},
        mode=ChoiceMode(wish.mode.value),
        actor=actor,
        now=now,
    )
    slots = [request.Slot(*slot(today, days)) for days in wish.days]
    request.set_terms(session, panel, preset=preset, rules=wish.rules, slots=slots, actor=actor, now=now)
    if wish.decides:
        decide_about_people(session, panel, actor=actor, now=now)
    if wish.lock:
        choices.choose(session, panel, person(session, wish.lock), Choice.LOCK, actor=actor, now=now)
    if wish.until in ("proposed", "confirmed", "met", "closed"):
        run = propose(session, panel, actor=actor, now=now)
        if wish.until != "proposed":
            confirmation.confirm(session, panel, run, actor=actor, now=now)
    if wish.until == "met":
        closed.meet(session, panel, actor=actor)
    if wish.until == "closed":
        closed.close(session, panel, actor=actor)
    if wish.answers:
        invitations.invite(session, panel, wish.answers, actor=actor, now=today)
    if wish.declares:
        changed_facts.declare(session, panel, now=today)
    if wish.until == "cancelled":
        confirmation.cancel(session, panel, "申报单位撤回了申请。", actor=actor, now=now)
    return panel


def propose(session: Session, panel: Panel, *, actor: Actor, now: datetime) -> Run:
    """Ask the engine and store its answer, as the worker would."""
    run = runs.request_run(session, panel, seed=20261122, actor=actor, now=now)
    held = runs.claim(session, now=now)
    assert held is not None
    composed = composition.compose(session, question.of_panel(panel, run.seed), now=now)
    runs.record_answer(session, held, answered=solving.solve(composed), now=now)
    session.refresh(run)
    return run


def decide_about_people(session: Session, panel: Panel, *, actor: Actor, now: datetime) -> None:
    """Lock one person, exclude one, and admit one in spite of a paid consultancy."""
    choices.choose(session, panel, person(session, "E0003"), Choice.LOCK, actor=actor, now=now)
    choices.choose(
        session,
        panel,
        person(session, "E0016"),
        Choice.EXCLUDE,
        reason="本月已两次请其审查同类项目。",
        actor=actor,
        now=now,
    )
    waivers.waive(
        session,
        panel,
        person(session, "E0006"),
        "consultant",
        "金额小，且为使用方代表，准予入席。",
        actor=actor,
        now=now,
    )


def keep_busy(session: Session, *, actor: Actor, now: datetime) -> None:
    """Have some people say that they are away on days at which panels could meet."""
    for number, days in (("E0001", 9), ("E0010", 9), ("E0011", 10), ("E0037", 9), ("E0046", 14)):
        starts, ends = slot(now, days)
        add_busy_time(
            session,
            person(session, number),
            starts - timedelta(hours=1),
            ends + timedelta(hours=4),
            reason="出差",
            actor=actor,
            now=now,
        )


def slot(now: datetime, days: int) -> tuple[datetime, datetime]:
    """Return 09:00 to 12:00 some days from now; a Saturday or Sunday becomes the Monday after."""
    day = now.astimezone(ZONE).date() + timedelta(days=days)
    day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
    return datetime.combine(day, time(9), ZONE), datetime.combine(day, time(12), ZONE)


def person(session: Session, number: str) -> Person:
    """Return the person with this number."""
    return session.scalars(sa.select(Person).where(Person.number == number)).one()


def skill(session: Session, code: str) -> int:
    """Return the id of an ICS group."""
    return session.scalars(
        sa.select(Skill.id).join(Taxonomy).where(Taxonomy.slug == "ics", Skill.code == code)
    ).one()
