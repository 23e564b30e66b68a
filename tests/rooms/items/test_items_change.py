from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.errors import Invalid, Stale
from expertpool.items import queries, service
from expertpool.items.facts import Applicant, Party, facts_of
from expertpool.items.models import Item, ItemRole, Stage
from tests.builders.items import make_item
from tests.builders.organisations import make_organisation
from tests.builders.skills import make_skill, make_taxonomy


def trail(session, item):
    query = (
        sa.select(AuditEntry.event, AuditEntry.facts, AuditEntry.personal)
        .where(AuditEntry.subject_kind == "item", AuditEntry.subject_id == item.id)
        .order_by(AuditEntry.id)
    )
    return [tuple(row) for row in session.execute(query)]


def test_an_item_keeps_its_applicants_people_and_skills(session):
    skill = make_skill(session, make_taxonomy(session), "21.100", "轴承")
    known = make_organisation(session, "远帆轴承有限公司")
    item = make_item(
        session,
        number="Q/YF 001",
        kind="企业标准",
        stage=Stage.REVIEW,
        dated=date(2026, 11, 1),
        skill_ids=(skill.id, skill.id),
        applicants=(
            Applicant("远帆轴承有限公司", known.id),
            Applicant("无名作坊"),
            Applicant("无名 作坊"),
        ),
        people=(
            Party(ItemRole.LEADER, "唐以宁", "Tang@Example.org"),
            Party(ItemRole.EXCLUDED, "何霁", reason="师生"),
        ),
    )
    found = queries.get(session, item.id)
    assert [row.skill_id for row in found.skills] == [skill.id]
    assert [(row.organisation_text, row.organisation_id) for row in found.applicants] == [
        ("远帆轴承有限公司", known.id),
        ("无名作坊", None),
    ]
    assert [(row.role, row.name, row.address, row.reason) for row in found.people] == [
        ("leader", "唐以宁", "tang@example.org", None),
        ("excluded", "何霁", "", "师生"),
    ]


def test_items_without_a_number_get_the_next_one(session):
    assert [make_item(session, number=given).number for given in (None, "ITEM-7", None, "X")] == [
        "ITEM-1",
        "ITEM-7",
        "ITEM-8",
        "X",
    ]


def test_a_change_is_recorded_with_names_apart_and_only_once(session, actor, now):
    item = make_item(session, number="I1", people=(Party(ItemRole.LEADER, "唐以宁"),))
    kept = item.people[0].id
    facts = replace(
        facts_of(item),
        stage=Stage.REVIEW,
        applicants=(Applicant("甲厂"),),
        people=(Party(ItemRole.CONTRIBUTOR, "何霁", "he@example.org"), Party(ItemRole.LEADER, "唐以宁")),
    )
    assert service.change(session, item, facts, version=item.version, actor=actor, now=now)
    assert not service.change(session, item, facts, actor=actor, now=now)
    assert {row.name: row.id == kept for row in item.people} == {"唐以宁": True, "何霁": False}
    assert trail(session, item) == [
        ("item.item-created", {"number": "I1", "title": "滚动轴承 通用技术条件"}, None),
        (
            "item.item-changed",
            {"number": "I1", "changes": {"stage": ["none", "40"], "applicants": [[], ["甲厂"]]}},
            {"people": {"contributor": [[], ["何霁<he@example.org>"]]}},
        ),
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 301}, "title"),
        ({"number": "I1"}, "number"),
        ({"applicants": (Applicant("厂" * 201),)}, "applicants"),
        ({"people": (Party(ItemRole.EXCLUDED, "何霁", reason="因" * 301),)}, "excluded"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(session, wrong, field):
    make_item(session, number="I1")
    with pytest.raises(Invalid) as error:
        make_item(session, **{"title": "轴承", **wrong})
    assert error.value.field == field


def test_a_stale_change_is_refused(session, actor, now):
    item = make_item(session)
    with pytest.raises(Stale):
        service.change(session, item, facts_of(item), version=item.version - 1, actor=actor, now=now)


def test_a_retired_item_leaves_the_list_and_can_come_back(session, actor, now):
    item = make_item(session)
    service.retire(session, item, actor=actor, now=now)
    assert session.scalars(queries.search(queries.Wanted())).all() == []
    assert session.scalars(queries.search(queries.Wanted(retired=True))).all() == [item]
    service.bring_back(session, item, actor=actor, now=now)
    assert session.scalars(queries.search(queries.Wanted())).all() == [item]


def test_lists_of_items_are_narrowed_by_each_condition(session):
    ics = make_taxonomy(session)
    skill = make_skill(session, ics, "21.100", "轴承")
    works = make_organisation(session, "远帆轴承有限公司")
    first = make_item(
        session,
        "滚动轴承",
        number="A-1",
        kind="企业标准",
        stage=Stage.REVIEW,
        dated=date(2026, 3, 1),
        skill_ids=(skill.id,),
        applicants=(Applicant("远帆轴承有限公司", works.id),),
    )
    second = make_item(session, "润滑脂 100% 测定", number="B-2", kind="科技项目", dated=date(2026, 9, 1))

    def found(**conditions):
        order = queries.search(queries.Wanted(**conditions)).order_by(Item.id)
        return session.scalars(order).all()

    assert found() == [first, second]
    for conditions in (
        {"text": "滚动"},
        {"text": "a-1 远帆"},
        {"kind": "企业标准"},
        {"stage": Stage.REVIEW},
        {"skill_ids": frozenset({skill.id})},
        {"organisation_id": works.id},
        {"until": date(2026, 3, 1)},
    ):
        assert found(**conditions) == [first]
    assert found(since=date(2026, 9, 1)) == [second]
    assert found(text="100%") == [second]
    assert found(skill_ids=frozenset()) == []
    assert queries.counts(session, queries.Wanted(), Item.kind) == {"企业标准": 1, "科技项目": 1}
    assert queries.count(session, queries.Wanted(kind="企业标准")) == 1
