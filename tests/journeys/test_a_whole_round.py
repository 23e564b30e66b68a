"""A whole round: from conditions to an assignment, with a ban, run again, compared, and made into panels."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("panel")]

SKILLS = {"phone": "67.050", "desk": "01.120"}
"""Each width reviews items of its own."""
SCORED_BY = {"phone": "skills", "desk": "texts"}
PARTS = {"phone": "专业", "desk": "文本契合度"}


def clean(visitor: Visitor) -> None:
    """Check the page as it stands."""
    assert (visitor.violations(), visitor.overflow()) == ([], 0)


def make_round(visitor: Visitor, width: str) -> None:
    page = visitor.page
    visitor.open("/panels/rounds/new")
    page.fill("[name=title]", f"集中评审 {width}")
    page.select_option("[name=owner]", label="青原市标准化促进中心审查一处")
    page.fill("[name=skill]", SKILLS[width])
    page.uncheck("[name=unreviewed]")
    page.check(f"input[name=scored_by][value={SCORED_BY[width]}]")
    page.locator("button[name=do][value=count]").click()
    expect(page.locator(".ep-notice.is-passed")).to_contain_text("2 个项目")
    clean(visitor)
    page.locator("button[name=do][value=make]").click()
    expect(page.locator(".ep-strip")).to_be_visible(timeout=60_000)
    expect(page.locator(".ep-legend li").first).to_have_text(PARTS[width])
    clean(visitor)


def ban_the_first_reviewer(visitor: Visitor) -> str:
    """Ban the best reviewer of the first item, and run the round again; return the name."""
    page = visitor.page
    page.locator("section[aria-label] tbody th a").first.click()
    reviewer = page.locator("main section li a").first
    name = reviewer.inner_text()
    reviewer.click()
    page.check("input[name=kind][value=ban]")
    page.fill("[name=reason]", "本月已承担两项评审")
    page.locator("main form .btn-primary").click()
    expect(page.locator(".ep-state.is-vacant").first).to_be_visible()
    clean(visitor)
    page.locator("form[action$='/runs'] button").click()
    expect(page.locator(".ep-strip")).to_be_visible(timeout=60_000)
    return name


def compare(visitor: Visitor, name: str, width: str) -> None:
    page = visitor.page
    page.get_by_role("link", name=f"集中评审 {width}").click()
    page.locator("form[action$='/compare'] button").click()
    clean(visitor)
    expect(page.locator("td strong").first).to_be_visible()
    expect(page.locator("td", has_text=name).first).to_be_visible()
    page.locator("thead a[href$='/runs/2']").click()


def test_a_round_is_made_run_again_compared_and_becomes_panels(visitor: Visitor, width: str) -> None:
    page = visitor.page
    visitor.sign_in("organiser")
    make_round(visitor, width)
    name = ban_the_first_reviewer(visitor)
    expect(page.locator(".ep-state.is-locked")).to_be_visible()
    compare(visitor, name, width)
    page.locator("a[href$='/runs/2/confirm']").click()
    clean(visitor)
    page.check("[name=understood]")
    page.locator("main form .btn-primary").click()
    expect(page.locator("section[aria-labelledby=made]")).to_be_visible(timeout=60_000)
    expect(page.locator("section[aria-labelledby=made] tbody tr")).to_have_count(2)
    clean(visitor)
    page.locator("section[aria-labelledby=made] tbody a").first.click()
    expect(page.locator("h1 .ep-state.is-accepted")).to_be_visible()
    expect(page.locator("main .ep-state.is-proposed")).to_have_count(3 + 3)
    assert name not in page.locator("table").first.inner_text()
    clean(visitor)
