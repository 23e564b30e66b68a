"""Make panels for tests, with what they need."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from expertpool.accounts.models import User
from expertpool.events import Actor
from expertpool.items.models import Item, ItemApplicant, ItemPerson, ItemRole, ItemSkill
from expertpool.organisations.models import Organisation
from expertpool.panels import presets_service, request, runs, solving
from expertpool.panels.composition import compose
from expertpool.panels.models import ChoiceMode, Panel, Run
from expertpool.panels.question import of_panel
from expertpool.people.models import InterestParty, Person
from expertpool.people.names import name_key
from expertpool.skills.models import Skill
from tests.builders.organisations import make_organisations
from tests.builders.people import make_people, make_person, new_person
from tests.builders.skills import make_skill, make_taxonomy
from tests.conftest import NOW

ACTOR = Actor(user_id=None, label="测试者", via="cli")
_numbers = itertools.count(1)
NAMES = (
    "陆文澜",
    "何霁",
    "唐以宁",
    "苏砚",
    "欧阳澈",
    "曾一诺",
    "韩松",
    "贺承",
    "程以南",
    "白鹿鸣",
    "顾南星",
    "魏清和",
)
REGIONS = ("郑州", "洛阳", "新乡")
PARTIES = tuple(InterestParty)[:4]


def make_user(session: Session, name: str = "周岚") -> User:
    """Make somebody who can sign in."""
    user = User(
        email=f"user-{secrets.token_hex(4)}@example.org",
        name=name,
        created_at=NOW,
        confirmed_at=NOW,
        active=True,
        fs_uniquifier=secrets.token_hex(16),
    )
    session.add(user)
    session.flush()
    return user


def make_actor(session: Session, name: str = "周岚") -> Actor:
    """Make a signed-in user who acts."""
    return Actor(user_id=make_user(session, name).id, label=name)


def make_item(
    session: Session,
    title: str = "角接触球轴承",
    *,
    applicant: Organisation | None = None,
    leaders: Sequence[Person] = (),
    skills: Sequence[Skill] = (),
    kind: str = "企业标准",
) -> Item:
    """Make an item with one applicant."""
    item = Item(
        number=f"XM-{next(_numbers):05}", title=title, kind=kind, created_at=NOW, updated_at=NOW, extra={}
    )
    item.skills = [ItemSkill(skill=skill) for skill in skills]
    item.people = [
        ItemPerson(role=ItemRole.LEADER, person=each, name=each.name, name_key=each.name_key)
        for each in leaders
    ]
    if applicant is not None:
        item.applicants = [
            ItemApplicant(
                organisation=applicant,
                organisation_text=applicant.name,
                organisation_key=name_key(applicant.name),
            )
        ]
    session.add(item)
    session.flush()
    return item


class Scene:
    """An office, an applicant, an item, a skill and twelve experts of twelve employers who hold it."""

    def __init__(self, session: Session, people: int = 12) -> None:
        self.session = session
        presets_service.ensure_shipped(session, now=NOW)
        names = [f"标准处{next(_numbers)}", f"衡岳数控装备有限公司{next(_numbers)}"]
        institutes = [f"第{next(_numbers)}研究院" for _ in range(people)]
        self.office, self.applicant, *employers = make_organisations(session, names + institutes)
        taxonomy = make_taxonomy(session, f"t{next(_numbers)}")
        self.skill = make_skill(session, taxonomy, "21.100", f"轴承{next(_numbers)}")
        self.people = make_people(
            session,
            [
                new_person(
                    NAMES[index % len(NAMES)],
                    employer=employer,
                    skills=(self.skill,),
                    region=REGIONS[index % len(REGIONS)],
                    interest_party=PARTIES[index % len(PARTIES)],
                )
                for index, employer in enumerate(employers)
            ],
        )
        self.item = make_item(session, applicant=self.applicant, skills=[self.skill])

    def person_of_applicant(self, name: str = "沈知远") -> Person:
        """Make an expert whom the preset bars: employed by the applicant."""
        return make_person(self.session, name, employer=self.applicant, skills=(self.skill,))

    def panel(self, *, seats: int = 5, slots: int = 0, **options: Any) -> Panel:
        """Make a draft panel that asks for `seats` people with the skill."""
        values = {
            "title": "角接触球轴承企业标准审查",
            "owner_id": self.office.id,
            "item_ids": [self.item.id],
            "preset": presets_service.current(self.session, "enterprise-standard-filing"),
        }
        panel = request.create_panel(self.session, **(values | options), actor=ACTOR, now=NOW)
        request.ask_for(
            self.session,
            panel,
            seat_count=seats,
            alternate_count=2,
            skills={self.skill.id: 2},
            mode=ChoiceMode.BEST,
            actor=ACTOR,
            now=NOW,
        )
        if slots:
            request.set_terms(
                self.session, panel, preset=panel.preset, rules={}, slots=days(slots), actor=ACTOR, now=NOW
            )
        return panel


def days(count: int) -> list[request.Slot]:
    """Return mornings of the days after tomorrow."""
    start = NOW + timedelta(days=11)
    return [
        request.Slot(start + timedelta(days=day), start + timedelta(days=day, hours=3))
        for day in range(count)
    ]


def propose(session: Session, panel: Panel, *, seed: int = 7, now: datetime = NOW) -> Run:
    """Ask for a proposal and answer it here."""
    run = runs.request_run(session, panel, seed=seed, actor=ACTOR, now=now)
    answer(session, run, now=now)
    return run


def answer(session: Session, run: Run, *, now: datetime = NOW) -> None:
    """Do a worker's work in the test's own transaction."""
    held = runs.claim(session, now=now)
    assert held is not None
    assert held.run_id == run.id
    panel = session.get_one(Panel, run.panel_id)
    answered = solving.solve(compose(session, of_panel(panel, run.seed), now=now))
    assert runs.record_answer(session, held, answered=answered, now=now)
