"""An organiser finds experts by what a text is about, then by an item, and takes the scores away."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from expertpool.matching.rounds import reading
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("panel")]


def clean(visitor: Visitor) -> None:
    """Check the page as it stands."""
    assert (visitor.violations(), visitor.overflow()) == ([], 0)


def test_a_text_and_an_item_find_their_experts(visitor: Visitor, width: str) -> None:
    page = visitor.page
    visitor.sign_in("organiser")
    visitor.open("/people/")
    page.locator("a[href='/panels/affinity/new']").click()
    page.locator("main form .btn-primary").click()
    expect(page.locator("#title-error")).to_be_visible()
    clean(visitor)
    page.fill("[name=title]", f"角接触球轴承疲劳寿命 {width}")
    page.fill("[name=abstract]", "规定了机床主轴用角接触球轴承的试验方法。")
    page.fill("[name=skills]", "轴承，没有这个专业")
    page.locator("main form .btn-primary").click()
    expect(page.locator("#skills-error")).to_contain_text("没有这个专业")
    page.fill("[name=skills]", "轴承")
    page.fill("[name=experts]", "5")
    page.locator("main form .btn-primary").click()
    expect(page.locator(".ep-meter").first).to_be_visible(timeout=60_000)
    clean(visitor)
    expect(page.locator("main tbody tr")).to_have_count(5)
    expect(page.locator("main tbody tr").first).to_contain_text("角接触球轴承")
    number = page.locator(".ep-crumbs [aria-current]").inner_text()
    with page.expect_download() as download:
        page.locator("a[href$='/scores.csv']").click()
    scores = reading.scores(Path(download.value.path()).read_text(encoding="utf-8"))
    assert {item for item, _ in scores} == {number}
    assert len(scores) == 5

    visitor.open("/items/3")
    page.locator("a[href*='/panels/affinity/new/items?item=']").click()
    clean(visitor)
    page.locator("button[name=do][value=ask]").click()
    expect(page.locator(".ep-meter").first).to_be_visible(timeout=60_000)
    expect(page.locator("main section h2 a")).to_have_text("轴承套圈表面粗糙度试验方法")
    clean(visitor)
    page.locator("main details summary").last.click()
    page.locator("form[action$='/remove'] button").click()
    expect(page.locator("main")).to_contain_text(number)
    clean(visitor)
