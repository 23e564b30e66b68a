"""Journey 1, first half: an office's spreadsheet, its row errors, and the people who came in."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import expect

from tests.journeys.conftest import ROOT, Visitor

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("import")]

REAL = Path(os.environ.get("EXPERTPOOL_SHARED_DATA", ROOT.parent / "shared" / "data")) / "pool"


def workbook(suffix: str) -> bytes:
    """Return a spreadsheet as offices keep them: a title, a section, a bad address, a repeated row."""
    rows = [
        ["专家信息汇总表"],
        ["序号", "姓 名", "工作单位", "专业领域（可多填）", "联系电话\n（手机）", "电子邮箱"],
        ["一、先进制造类"],
        [
            1,
            f"甲 试{suffix}",
            "青原轴承有限公司",
            "轴承；热处理",
            "139-1203-4628",
            f"jia-{suffix}@pool.example",
        ],
        [2, f"乙试{suffix}", "临川理工大学", "计量", "+86 139 5343 8575", f"YI-{suffix}＠pool.example"],
        [3, f"丙试{suffix}", "临川理工大学", "计量", "13953438576", "b@@pool.example"],
        [4, f"甲试{suffix}", "青原轴承有限公司", "轴承", "139-1203-4628", f"jia-{suffix}@pool.example"],
        ["填表人：　　审核人："],
    ]
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("汇总表")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def upload(visitor: Visitor, name: str, content: bytes) -> None:
    visitor.open("/import/?kind=experts")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    visitor.page.set_input_files(
        "input[type=file]", files=[{"name": name, "mimeType": kind, "buffer": content}]
    )
    visitor.page.locator("main form .btn-primary").first.click()
    visitor.page.wait_for_load_state()


def test_a_spreadsheet_comes_in_with_each_bad_row_named(visitor: Visitor, width: str) -> None:
    suffix = {"phone": "丁", "desk": "戊"}[width]
    page = visitor.page
    visitor.sign_in("organiser")
    visitor.open("/people/")
    page.locator("a[href^='/import']").first.click()
    assert (visitor.violations(), visitor.overflow()) == ([], 0)
    upload(visitor, "名册.xlsx", workbook(suffix))
    shown = page.inner_text("main")
    assert "b@@pool.example" in shown
    assert (visitor.violations(), visitor.overflow()) == ([], 0)

    page.locator("main a.btn-primary").first.click()
    page.locator("input[value=skip]").check()
    assert (visitor.violations(), visitor.overflow()) == ([], 0)
    page.locator("main form .btn-primary").last.click()
    page.wait_for_load_state()
    assert (visitor.violations(), visitor.overflow()) == ([], 0)

    visitor.open(f"/people/?q=甲试{suffix}")
    expect(page.locator("table tbody tr")).to_have_count(1)
    expect(page.locator("table tbody tr")).to_contain_text("青原轴承有限公司")
    visitor.open(f"/people/?q=丙试{suffix}")
    expect(page.locator("table tbody tr")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("truncated.xlsx", workbook("己")[:900]),
        ("empty.xlsx", b""),
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(200)),
        ("page.xls", b"<html><table><tr><td>x</td></tr></table></html>"),
    ],
    ids=["truncated", "empty", "another type", "a web page"],
)
def test_a_file_that_lies_is_refused_at_its_field(visitor: Visitor, name: str, content: bytes) -> None:
    visitor.sign_in("organiser")
    upload(visitor, name, content)
    expect(visitor.page.locator("#file")).to_have_attribute("aria-invalid", "true")
    expect(visitor.page.locator(".ep-notice.is-conflict")).to_be_visible()
    assert (visitor.violations(), visitor.overflow()) == ([], 0)


def test_the_pool_of_an_office_is_counted_before_it_comes_in(visitor: Visitor) -> None:
    path = REAL / "专家信息汇总表.xlsx"
    if not path.exists():
        pytest.skip("the sample pool is not here: name its folder in EXPERTPOOL_SHARED_DATA")
    visitor.sign_in("organiser")
    upload(visitor, path.name, path.read_bytes())
    shown = visitor.page.inner_text("main")
    assert "306" in shown
    assert "14" in shown
