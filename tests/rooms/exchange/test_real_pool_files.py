"""The files of an office as it keeps them: every person comes in once, every fault is found."""

import json
from collections import Counter

import pytest
import sqlalchemy as sa

from expertpool.audit.models import AuditEntry
from expertpool.exchange.models import WaitingRow
from expertpool.exchange.plans import Outcome
from expertpool.people import search
from expertpool.people.models import Employment, Person
from expertpool.skills.models import Skill

FILES = {
    "experts": "专家信息汇总表.xlsx",
    "organisations": "单位.csv",
    "history": "任职经历.csv",
    "relations": "关系.csv",
    "items": "待审项目.csv",
}


@pytest.fixture
def bring_in(imported, pool_folder):
    def run(kind):
        return imported(kind, (pool_folder / FILES[kind]).read_bytes(), filename=FILES[kind])

    return run


def test_the_office_s_spreadsheet_comes_in_as_expected(session, bring_in, pool_folder):
    expected = json.loads((pool_folder / "expected.json").read_text())
    plan = bring_in("experts")

    faults = {name: set(rows) for name, rows in expected["faults"].items() if not name.startswith("repeat")}
    assert {entry.record.row for entry in plan.refused} == set().union(*faults.values())
    by_column = {entry.record.row: plan.table.names for entry in plan.refused}
    columns = {"bad_email": "email", "bad_phone": "phone", "email_of_another": "email", "no_name": "name"}
    columns["bad_birth"] = "birth"
    for name, rows in faults.items():
        found = {e.record.row: [f.column for f in e.faults] for e in plan.refused if e.record.row in rows}
        assert found == {row: [by_column[row][columns[name]]] for row in rows}
    repeats = expected["faults"]["repeat_same"] + expected["faults"]["repeat_other_employer_spelling"]
    assert {e.record.row for e in plan.entries if e.outcome is Outcome.REPEAT} == set(repeats)
    assert plan.counts["rows"] == expected["rows"]
    assert plan.counts["create"] == expected["people"] - len(plan.refused) == 306
    skipped = Counter(each.reason for each in plan.skipped)
    assert skipped["section heading"] == expected["sections"]
    assert skipped["blank"] == expected["blank"]
    assert skipped["footer"] == 1
    assert [each.sheet for each in plan.skipped if not each.row] == ["字典"]
    assert session.scalar(sa.select(sa.func.count(Person.id))) == 306


def test_merged_employers_count_for_each_row_they_span(session, bring_in):
    bring_in("experts")
    employers = dict(
        session.execute(sa.select(Person.name, Employment.organisation_text).join(Person.employments)).all()
    )
    assert [employers[name] for name in ("方平", "刘欣", "林雅")] == ["香雪环保工程有限公司"] * 3


def test_skills_with_signs_and_slashes_stay_whole(session, bring_in):
    bring_in("experts")
    names = {zh or en for zh, en in session.execute(sa.select(Skill.name_zh, Skill.name_en))}
    assert len(names) == 33
    assert {"C++软件测试", "ISO/IEC 国际标准化"} <= names
    assert [name for name in names if "/" in name] == ["ISO/IEC 国际标准化"]
    assert session.scalar(sa.select(sa.func.count(Skill.id)).where(Skill.to_be_placed)) == 33


def test_each_person_is_audited_once_and_found(session, bring_in):
    before = session.scalar(
        sa.select(sa.func.count(AuditEntry.id)).where(AuditEntry.event == "person.person-created")
    )
    bring_in("experts")
    query = sa.select(sa.func.count(AuditEntry.id)).where(AuditEntry.event == "person.person-created")
    assert session.scalar(query) - before == 306
    found = search.find(session, "上官强雅")
    assert [session.get(Person, number).name for number in found] == ["上官强雅"]


@pytest.mark.parametrize("order", [list(FILES), list(FILES)[::-1]], ids=["as listed", "backwards"])
def test_the_five_files_come_in_in_any_order_and_twice_changes_nothing(session, bring_in, exported, order):
    for kind in order:
        bring_in(kind)
    if order[0] == "items":
        assert {row.kind for row in session.scalars(sa.select(WaitingRow))} == {"history"}
    for kind in order:
        plan = bring_in(kind)
        assert (kind, plan.counts["create"], plan.counts["change"], plan.counts["wait"]) == (kind, 0, 0, 0)


def test_exports_are_imported_again_without_changes(bring_in, exported, planned):
    for kind in FILES:
        bring_in(kind)
    for kind in FILES:
        for name in ("out.csv", "out.xlsx"):
            plan = planned(kind, exported(kind, name), filename=name)
            assert plan.counts == {**plan.counts, "same": plan.counts["rows"], "refuse": 0}
            assert plan.counts["rows"] > 0
