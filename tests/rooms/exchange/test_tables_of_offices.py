"""A miniature of the spreadsheets that offices keep: every rule of reading in a few rows."""

import datetime as dt

import pytest

from expertpool.errors import Invalid
from expertpool.exchange import reports, words
from expertpool.exchange.tables import Skip
from expertpool.people.models import InterestParty
from tests.builders.files import make_csv, make_xlsx

MINIATURE = make_xlsx(
    [
        ["标准化专家库汇总表", "", "", "", "", ""],
        ["序号", "姓 名", "工作单位", "联系电话\n（手机）", "专业领域（可多填）", "备注"],
        ["一、先进制造类", "", "", "", "", ""],
        [1, "周岚", "青原大学", 13800000001, "计量；储能", "组长"],
        [2, "吴越", "", "138-0000-0002", "计量", ""],
        ["", "", "", "", "", ""],
        [3, "", "青原大学", "见备注", "计量", ""],
        [4, "", "", "", "", ""],
        ["填表人：　　审核人：", "", "", "", "", ""],
    ],
    merges=[(0, 0, 0, 5), (2, 0, 2, 5), (3, 2, 4, 2), (8, 0, 8, 5)],
    others={"字典": [["研究员"], ["教授"]]},
)


def test_a_miniature_comes_in_by_every_rule(imported):
    plan = imported("experts", MINIATURE)
    assert plan.table.names == {
        "name": "姓 名",
        "organisation": "工作单位",
        "phone": "联系电话\n（手机）",
        "skills": "专业领域（可多填）",
    }
    assert [(s.row, s.reason) for s in plan.skipped] == [
        (1, Skip.ABOVE),
        (3, Skip.SECTION),
        (6, Skip.BLANK),
        (8, Skip.NUMBERED),
        (9, Skip.FOOTER),
        (0, Skip.SHEET),
    ]
    assert [(e.record.row, e.outcome.value) for e in plan.entries] == [
        (4, "create"),
        (5, "create"),
        (7, "refuse"),
    ]
    assert [e.record.values.get("organisation") for e in plan.entries] == ["青原大学"] * 3
    assert plan.entries[0].record.extra == {"序号": "1", "备注": "组长"}
    assert [(f.column, f.value) for f in plan.refused[0].faults] == [
        ("联系电话\n（手机）", "见备注"),
        ("姓 名", ""),
    ]


def test_a_report_is_corrected_and_imported_again(imported, exported):
    plan = imported("experts", MINIATURE)
    report = reports.refused(plan, "report.csv", str).decode()
    lines = report.splitlines()
    assert lines[0].startswith("row,column,value,problem,remedy,序号,姓 名")
    corrected = report.replace("3,,青原大学,见备注", "3,郑一,青原大学,13800000003")
    assert corrected != report
    again = imported("experts", corrected.encode())
    assert [(e.outcome.value, e.label, e.record.extra) for e in again.entries] == [
        ("create", "郑一", {"序号": "3"})
    ]
    assert "problem" not in exported("experts").decode().splitlines()[0]


def test_unknown_columns_are_kept_told_and_exported_again(imported, exported):
    plan = imported("experts", [["姓名", "备注", "备注", "微信"], ["周岚", "=1+1", "b", ""]])
    assert plan.table.unknown == ["备注", "备注 (2)", "微信"]
    out = exported("experts").decode()
    assert out.splitlines()[0].endswith(",备注,备注 (2)")
    assert out.splitlines()[1].endswith(",'=1+1,b")
    again = imported("experts", out.encode())
    assert again.counts["same"] == 1


def test_a_header_of_two_rows_is_named_by_the_lower_one(planned):
    content = make_xlsx(
        [["姓名", "联系方式", ""], ["", "手机", "邮箱"], ["周岚", "13800000001", "zhou@mail.example"]],
        merges=[(0, 0, 1, 0), (0, 1, 0, 2)],
    )
    values = planned("experts", content).entries[0].record.values
    assert values == {"name": "周岚", "phone": "13800000001", "email": ["zhou@mail.example"]}


def test_a_name_in_another_language_is_not_the_name(planned):
    plan = planned("experts", [["姓名（英文）", "专家姓名（必填）"], ["Zhou Lan", "周岚"]])
    assert plan.entries[0].record.values["name"] == "周岚"
    assert plan.table.unknown == [] or "姓名（英文）" in plan.table.names["name_en"]


def test_map_names_the_columns_of_a_strange_header(planned):
    plan = planned(
        "experts", [["谁", "何处"], ["周岚", "青原大学"]], mapping={"谁": "name", "何处": "organisation"}
    )
    assert plan.entries[0].record.values == {"name": "周岚", "organisation": "青原大学"}
    with pytest.raises(Invalid, match="can't be read as nonsense"):
        planned("experts", [["谁"], ["周岚"]], mapping={"谁": "nonsense"})


def test_a_table_without_header_or_required_column_is_refused(planned):
    with pytest.raises(Invalid, match="姓名/name"):
        planned("experts", [["谁"], ["周岚"]])
    with pytest.raises(Invalid, match="单位/organisation"):
        planned("history", [["编号"], ["A1"]])


def test_a_header_below_row_20_is_not_looked_for(planned):
    above = [["x"]] * 19
    assert planned("experts", [*above, ["姓名"], ["周岚"]]).counts["create"] == 1
    with pytest.raises(Invalid):
        planned("experts", [*above, ["x"], ["姓名"], ["周岚"]])


def test_a_person_who_is_only_a_name_is_not_taken_for_a_section(planned):
    rows = [
        ["姓名", "职务"],
        ["万一", ""],
        ["一、综合类", ""],
        ["合计：2人", ""],
        ["姓名", "职务"],
        ["周岚", "教授"],
    ]
    plan = planned("experts", rows)
    assert [e.label for e in plan.entries] == ["万一", "周岚"]
    assert [s.reason for s in plan.skipped] == [Skip.SECTION, Skip.FOOTER, Skip.HEADER]


def test_sheets_with_the_same_columns_are_all_read(planned):
    head = ["姓名", "职务"]
    content = make_xlsx(
        [head, ["周岚", "教授"]], others={"二": [head, ["吴越", "教授"]], "三": [["姓名"], ["x"]]}
    )
    plan = planned("experts", content)
    assert [(e.record.sheet, e.label) for e in plan.entries] == [("", "周岚"), ("二", "吴越")]
    assert [s.sheet for s in plan.skipped] == ["三"]


def test_a_word_that_is_no_choice_is_kept_as_text_unless_it_decides_about_invitations(
    imported, exported, planned
):
    plan = imported("experts", [["姓名", "性别"], ["周岚", "不详"]])
    assert plan.entries[0].record.extra == {"性别": "不详"}
    assert imported("experts", exported("experts")).counts["same"] == 1
    plan = planned("experts", [["姓名", "状态"], ["吴越", "不知道"]])
    assert [str(f.problem) for f in plan.entries[0].faults] == ["This is none of the words for this column."]


def test_texts_too_long_for_their_place_are_refused(planned):
    plan = planned(
        "experts", make_csv([["姓名", "职务"], ["周" * 121, ""], ["ß" * 61, ""], ["周岚", "x" * 121]])
    )
    assert [str(e.faults[0].problem) for e in plan.entries] == ["This is longer than 120 characters."] * 3


def test_excel_dates_and_numbers_are_read_as_shown(planned):
    content = make_xlsx([["姓名", "出生年月", "工号", "备注"], ["周岚", dt.date(1994, 9, 1), 1024, 3.5]])
    record = planned("experts", content).entries[0].record
    assert (record.values["birth"], record.values["external_id"]) == ("1994-09-01", "1024")
    assert record.extra == {"备注": "3.5"}


@pytest.mark.parametrize(
    ("written", "party"),
    [
        ("研究与教学", InterestParty.RESEARCH),
        ("检测认证", InterestParty.TESTING),
        ("财经方", InterestParty.ECONOMIC),
    ],
)
def test_the_words_of_the_pages_are_read_back(written, party):
    assert words.words_of(InterestParty)[words.key(written)] == party
