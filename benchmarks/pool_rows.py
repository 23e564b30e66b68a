"""Rows of an invented office: seeded, with the skew of real pools. No person or body in it exists."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from expertpool.availability.models import BusyTime
from expertpool.conflicts.names import organisation_key, person_key
from expertpool.interests.models import Relation, RelationKind
from expertpool.items.models import Item, ItemApplicant, ItemPerson, ItemRole, ItemSkill
from expertpool.organisations.models import Alliance, AllianceMember, Organisation, OrganisationKind
from expertpool.panels.models import ChoiceMode, Panel, PanelItem, PanelState, Seat, SeatRole, SeatState
from expertpool.people.models import (
    EmailAddress,
    Employment,
    Grade,
    InterestParty,
    Person,
    PersonSkill,
    Status,
)
from expertpool.people.names import name_key, pinyin_key

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TODAY = NOW.date()
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
)
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰文斌宇浩凯健俊帆雪梅岩松柏清源泽瑞安宁远志承恩嘉"
PLACES = "衡岳青原云川北辰南屏东临西陵江左海右山阳河洛长汀太行"
TRADES = ("轴承", "数控装备", "新材料", "智能制造", "计量检测", "纺织", "食品", "信息技术", "环境", "交通")
ENDINGS = ("有限公司", "股份有限公司", "研究院", "检测中心", "大学", "协会")
REGIONS = tuple(f"第{number}地区" for number in range(1, 32))
OFFICE = 1
"""Id of the organisation that convenes the panels."""

Rows = Iterator[tuple[type, list[dict[str, Any]]]]


@dataclass(frozen=True)
class Shape:
    """How large the office is; what else there is grows with its people."""

    people: int
    skills: Sequence[int]
    preset_id: int

    @property
    def organisations(self) -> int:
        return max(60, self.people // 4)

    @property
    def items(self) -> int:
        return max(40, self.people // 5)

    @property
    def panels(self) -> int:
        return max(10, self.people // 50)


def skewed(rng: random.Random, count: int) -> int:
    """Return an index below `count`, small ones far more often."""
    return int(count * rng.random() ** 2)


def _day(rng: random.Random, years: float) -> date:
    return TODAY - timedelta(days=int(rng.random() * years * 365))


def organisations(shape: Shape, rng: random.Random) -> Rows:
    """Yield bodies: a tenth hold others, a fifth are departments; and alliances of ten."""
    rows = []
    for id_ in range(1, shape.organisations + 1):
        place = PLACES[2 * (id_ % 10) : 2 * (id_ % 10) + 2]
        name = f"{place}{rng.choice(TRADES)}{id_}{rng.choice(ENDINGS)}"
        is_department = id_ > 20 and rng.random() < 0.2
        has_parent = is_department or (id_ > 20 and rng.random() < 0.3)
        rows.append(
            {
                "id": id_,
                "version": 1,
                "code": f"U{id_:07}",
                "name": f"{name}检验部" if is_department else name,
                "name_key": organisation_key(f"{name}检验部" if is_department else name),
                "kind": OrganisationKind.DEPARTMENT if is_department else OrganisationKind.COMPANY,
                "parent_id": rng.randrange(1, min(id_, shape.organisations // 10 + 2))
                if has_parent
                else None,
                "region": REGIONS[skewed(rng, len(REGIONS))],
                "mail_domains": [f"u{id_}.example.org"],
                "extra": {},
                "created_at": NOW,
            }
        )
    yield Organisation, rows
    alliances = range(1, shape.organisations // 100 + 2)
    yield Alliance, [{"id": id_, "name": f"第{id_}标准创新联盟"} for id_ in alliances]
    pairs = {(id_, rng.randrange(1, shape.organisations + 1)) for id_ in alliances for _ in range(10)}
    yield AllianceMember, [{"alliance_id": one, "organisation_id": other} for one, other in sorted(pairs)]


def names(count: int, rng: random.Random) -> list[str]:
    """Return names of two or three characters; some are borne by several people."""
    return [
        SURNAMES[skewed(rng, len(SURNAMES))] + "".join(rng.choices(GIVEN, k=rng.choice((1, 2, 2, 2))))
        for _ in range(count)
    ]


def people(shape: Shape, named: Sequence[str], rng: random.Random) -> Rows:
    """Yield people with addresses, present and former employers, and skills of the classification."""
    yield Person, [_person(id_, name, rng) for id_, name in enumerate(named, 1)]
    ids = range(1, len(named) + 1)
    yield EmailAddress, [{"person_id": id_, "address": f"e{id_}@mail.example.org"} for id_ in ids]
    yield Employment, [row for id_ in ids for row in _employments(id_, shape, rng)]
    held = (
        (id_, skill)
        for id_ in ids
        for skill in {shape.skills[skewed(rng, len(shape.skills))] for _ in range(3)}
    )
    yield PersonSkill, [{"person_id": id_, "skill_id": skill, "source": "invented"} for id_, skill in held]
    yield BusyTime, [row for id_ in ids if rng.random() < 0.2 for row in _busy_times(id_, rng)]


def _person(id_: int, name: str, rng: random.Random) -> dict[str, Any]:
    return {
        "id": id_,
        "version": 1,
        "number": f"E{id_:06}",
        "name": name,
        "name_key": name_key(name),
        "name_pinyin": pinyin_key(name),
        "region": REGIONS[skewed(rng, len(REGIONS))],
        "interest_party": rng.choice(tuple(InterestParty)[:5]),
        "grade": rng.choice((Grade.CANDIDATE, Grade.EXPERT, Grade.EXPERT, Grade.SENIOR)),
        "status": Status.ACTIVE if rng.random() < 0.95 else Status.RESTING,
        "languages": ["zh"],
        "extra": {},
        "created_at": NOW,
        "updated_at": NOW,
    }


def _employments(person: int, shape: Shape, rng: random.Random) -> Iterator[dict[str, Any]]:
    since = _day(rng, 10)
    for place in range(rng.choice((1, 2, 2, 3))):
        organisation = 1 + skewed(rng, shape.organisations)
        is_known = rng.random() < 0.9
        text = f"第{organisation}单位" if is_known else f"未登记单位{organisation}"
        yield {
            "person_id": person,
            "organisation_id": organisation if is_known else None,
            "organisation_text": text,
            "organisation_key": organisation_key(text),
            "since": since,
            "until": since + timedelta(days=900) if place else None,
            "is_current": place == 0,
            "source": "invented",
        }
        since -= timedelta(days=900)


def _busy_times(person: int, rng: random.Random) -> Iterator[dict[str, Any]]:
    for _ in range(3):
        starts = NOW + timedelta(days=rng.randrange(60), hours=rng.randrange(9))
        ends = starts + timedelta(hours=rng.randrange(2, 60))
        yield {"person_id": person, "starts": starts, "ends": ends, "created_at": NOW}


def relations(shape: Shape, rng: random.Random) -> Rows:
    """Yield a relation for each second person: to people, to bodies, and to names that nobody resolved."""
    kinds = [kind for kind in RelationKind if kind not in (RelationKind.EMPLOYER, RelationKind.DECLARED)]
    rows = []
    for _ in range(shape.people // 2):
        person, other = rng.sample(range(1, shape.people + 1), 2)
        kind, draw = rng.choice(kinds), rng.random()
        to_body = kind in (RelationKind.SHAREHOLDER, RelationKind.CONSULTANT, RelationKind.COMPETITOR)
        known = draw < 0.8
        rows.append(
            {
                "version": 1,
                "person_id": person,
                "kind": kind,
                "other_person_id": other if known and not to_body else None,
                "organisation_id": 1 + skewed(rng, shape.organisations) if known and to_body else None,
                "other_text": None if known else (f"未登记单位{other}" if to_body else names(1, rng)[0]),
                "other_is_organisation": to_body,
                "since": _day(rng, 8),
                "source": "invented",
                "created_at": NOW,
            }
        )
    yield Relation, rows


def items(shape: Shape, named: Sequence[str], rng: random.Random) -> Rows:
    """Yield items with applicants, leaders, contributors (a third only names) and skills."""
    ids = range(1, shape.items + 1)
    yield (
        Item,
        [
            {
                "id": id_,
                "version": 1,
                "number": f"XM-{id_:06}",
                "title": f"{rng.choice(TRADES)}企业标准 {id_}",
                "kind": "企业标准",
                "dated": _day(rng, 6),
                "extra": {},
                "created_at": NOW,
                "updated_at": NOW,
            }
            for id_ in ids
        ],
    )
    bodies = [(id_, 1 + skewed(rng, shape.organisations)) for id_ in ids]
    yield (
        ItemApplicant,
        [
            {
                "item_id": id_,
                "organisation_id": body,
                "organisation_text": f"第{body}单位",
                "organisation_key": organisation_key(f"第{body}单位"),
            }
            for id_, body in bodies
        ],
    )
    yield ItemPerson, [row for id_ in ids for row in _item_people(id_, named, rng)]
    wanted = (
        (id_, skill)
        for id_ in ids
        for skill in {shape.skills[skewed(rng, len(shape.skills))] for _ in range(2)}
    )
    yield ItemSkill, [{"item_id": id_, "skill_id": skill} for id_, skill in wanted]


def _item_people(item: int, named: Sequence[str], rng: random.Random) -> Iterator[dict[str, Any]]:
    roles = (ItemRole.LEADER, *[ItemRole.CONTRIBUTOR] * 3)
    for role, person in zip(roles, rng.sample(range(1, len(named) + 1), len(roles)), strict=True):
        yield {
            "item_id": item,
            "role": role,
            "person_id": person if rng.random() < 2 / 3 else None,
            "name": named[person - 1],
            "name_key": person_key(named[person - 1]),
            "address": f"p{item}-{person}@elsewhere.example.org",
        }


def panels(shape: Shape, rng: random.Random) -> Rows:
    """Yield closed panels of the last three years, of one item and seven people each."""
    ids = range(1, shape.panels + 1)
    yield Panel, [_panel(id_, shape, NOW - timedelta(days=rng.randrange(10, 1_000))) for id_ in ids]
    on = [(id_, rng.randrange(1, shape.items + 1)) for id_ in ids]
    yield PanelItem, [{"panel_id": id_, "item_id": item} for id_, item in on]
    yield (
        Seat,
        [
            {
                "version": 1,
                "panel_id": id_,
                "person_id": person,
                "role": SeatRole.MEMBER if position else SeatRole.CHAIR,
                "state": SeatState.ACCEPTED,
                "position": position,
                "why": {},
                "findings": [],
                "created_at": NOW,
            }
            for id_ in ids
            for position, person in enumerate(rng.sample(range(1, shape.people + 1), 7))
        ],
    )


def _panel(id_: int, shape: Shape, starts: datetime) -> dict[str, Any]:
    return {
        "id": id_,
        "version": 1,
        "number": f"P-{id_:05}",
        "title": f"第{id_}次审查",
        "owner_id": OFFICE,
        "preset_id": shape.preset_id,
        "state": PanelState.CLOSED,
        "seat_count": 7,
        "alternate_count": 3,
        "mode": ChoiceMode.BEST,
        "rules": {},
        "starts": starts,
        "ends": starts + timedelta(hours=3),
        "created_at": starts,
        "updated_at": starts,
    }


def everything(shape: Shape, seed: int) -> Rows:
    """Yield all rows, those that others refer to first."""
    rng = random.Random(seed)
    named = names(shape.people, rng)
    yield from organisations(shape, rng)
    yield from people(shape, named, rng)
    yield from relations(shape, rng)
    yield from items(shape, named, rng)
    yield from panels(shape, rng)
