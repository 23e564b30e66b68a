import datetime as dt

import pytest
import sqlalchemy as sa

from expertpool.exchange.models import WaitingRow
from expertpool.interests.models import Relation
from expertpool.items.models import Item
from expertpool.people.models import Employment, Person


@pytest.fixture
def people(imported):
    return imported(
        "experts", [["编号", "姓名", "邮箱"], ["A1", "周岚", "zhou@mail.example"], ["A2", "吴越", ""]]
    )


def outcomes(plan):
    return [entry.outcome.value for entry in plan.entries]


def test_history_keeps_months_whole_and_unknown_columns(session, people, imported, exported):
    rows = [
        ["编号", "单位", "起", "止", "证明人"],
        ["zhou@mail.example", "青原大学", "2021-07", "2023-06", "=王"],
    ]
    assert outcomes(imported("history", rows)) == ["create"]
    work = session.scalar(sa.select(Employment))
    assert (work.since, work.until, work.is_current) == (dt.date(2021, 7, 1), dt.date(2023, 6, 30), False)
    assert outcomes(imported("history", rows)) == ["same"]
    out = exported("history")
    assert out.decode().splitlines() == [
        "编号,单位,职务,起,止,证明人",
        "A1,青原大学,,2021-07-01,2023-06-30,'=王",
    ]
    assert outcomes(imported("history", out)) == ["same"]
    rows[1][4] = "李"
    assert outcomes(imported("history", rows)) == ["change"]


def test_dates_of_a_known_employer_are_filled_in_and_wrong_ones_refused(session, imported):
    imported("experts", [["编号", "姓名", "工作单位"], ["A1", "周岚", "青原大学"]])
    head = ["编号", "单位", "起", "止"]
    plan = imported(
        "history", [head, ["A1", "青原大学", "2020-01", "至今"], ["A1", "旧单位", "2020-01", "2019-01"]]
    )
    assert outcomes(plan) == ["change", "refuse"]
    assert [(e.since, e.is_current) for e in session.scalars(sa.select(Employment))] == [
        (dt.date(2020, 1, 1), True)
    ]


def test_a_relation_reads_the_same_from_both_sides_and_keeps_unknown_columns(
    session, people, imported, exported
):
    head = ["甲", "乙", "关系", "起", "备注"]
    assert outcomes(imported("relations", [head, ["A1", "A2", "导师", "2017-01", "x"]])) == ["create"]
    assert outcomes(
        imported("relations", [head, ["A2", "周岚<zhou@mail.example>", "学生", "2017-01", "x"]])
    ) == ["same"]
    assert outcomes(imported("relations", exported("relations"))) == ["same"]
    relation = session.scalar(sa.select(Relation))
    assert (relation.kind.value, relation.since) == ("advisor", dt.date(2017, 1, 1))


def test_rows_about_people_who_are_not_in_the_pool_wait_for_them(session, people, imported, exported):
    head = ["甲", "乙", "关系"]
    rows = [head, ["new@mail.example", "org:青原大学", "持股"], ["new@mail.example", "A1", "配偶"]]
    assert outcomes(imported("relations", rows)) == ["wait", "create"]
    assert outcomes(imported("relations", exported("relations"))) == ["same", "same"]
    imported("experts", [["姓名", "邮箱"], ["郑一", "new@mail.example"]])
    assert session.scalars(sa.select(WaitingRow)).all() == []
    new = session.scalar(sa.select(Person.id).where(Person.name == "郑一"))
    found = session.execute(sa.select(Relation.kind, Relation.person_id, Relation.other_person_id)).all()
    first = session.scalar(sa.select(Person.id).where(Person.number == "A1"))
    assert {(kind.value, one, other) for kind, one, other in found} == {
        ("spouse", first, new),
        ("shareholder", new, None),
    }
    assert outcomes(imported("relations", rows)) == ["same", "same"]


def test_relations_that_make_no_sense_are_refused(people, imported):
    head = ["甲", "乙", "关系"]
    rows = [head, ["A1", "A1", "亲属"], ["A1", "org:青原大学", "配偶"], ["A1", "A2", "邻居"]]
    rows.append(["A1", "别人<zhou@mail.example>", "亲属"])
    assert outcomes(imported("relations", rows)) == ["refuse"] * 4


def test_items_are_found_by_number_and_their_lists_grow(session, people, imported, exported):
    head = ["编号", "名称", "专业领域", "申报单位", "负责人", "申请回避", "日期"]
    first = [head, ["X1", "甲规范", "计量", "青原大学", "周岚<zhou@mail.example>；A2", "钱某", "2026-10-06"]]
    assert outcomes(imported("items", first)) == ["create"]
    assert outcomes(imported("items", exported("items"))) == ["same"]
    second = [head, ["X1", "乙规范", "储能", "青原大学", "A1", "", ""]]
    plan = imported("items", second)
    assert [(c.field, c.new) for c in plan.entries[0].changes] == [("title", "乙规范"), ("skills", "储能")]
    item = session.scalar(sa.select(Item))
    assert (item.title, len(item.skills), len(item.applicants), len(item.people)) == ("乙规范", 2, 1, 3)


def test_organisations_find_their_parents_in_any_order_and_circles_are_refused(imported, exported):
    head = ["名称", "上级", "别名", "类型", "联盟"]
    rows = [
        head,
        ["青原研究院", "青原集团", "青研", "科研院所", "青原联盟"],
        ["青原集团", "", "", "企业", ""],
        ["甲公司", "乙公司", "", "", ""],
        ["乙公司", "甲公司", "", "", ""],
        ["计量处", "青原集团", "", "部门", ""],
        ["计量处", "青原研究院", "", "部门", ""],
        ["丙公司", "不知何处", "", "事业单位", ""],
    ]
    assert outcomes(imported("organisations", rows)) == [
        "create", "create", "refuse", "refuse", "create", "create", "create",
    ]  # fmt: skip
    assert set(outcomes(imported("organisations", rows))) == {"same", "refuse"}
    assert set(outcomes(imported("organisations", exported("organisations")))) == {"same"}
