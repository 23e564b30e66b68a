"""Journey 1, second half: from a new panel to people who are confirmed; the auditor replays it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("panel")]


def clean(visitor: Visitor) -> None:
    """Check the page as it stands."""
    assert (visitor.violations(), visitor.overflow()) == ([], 0)


def go_on(visitor: Visitor) -> None:
    """Press the button that a wizard's step is for."""
    visitor.page.locator("main button[name=do][value=next]").click()
    visitor.page.wait_for_load_state()


def say_what_is_reviewed(visitor: Visitor, title: str) -> None:
    visitor.open("/panels/new")
    visitor.page.fill("[name=title]", title)
    visitor.page.select_option("[name=owner]", label="青原市标准化促进中心审查一处")
    visitor.page.fill("[name=place]", "302")
    visitor.page.fill("[name=find]", "BZ-2026-001")
    visitor.page.locator("button[name=do][value=find]").click()
    visitor.page.get_by_label("BZ-2026-001").check()
    clean(visitor)
    go_on(visitor)


def say_which_people(visitor: Visitor, seats: int, bearings: int) -> None:
    visitor.page.fill("[name=seat_count]", str(seats))
    visitor.page.locator("tr", has_text="21.100").locator("input").fill(str(bearings))
    clean(visitor)
    go_on(visitor)


def say_when(visitor: Visitor, days: int) -> None:
    day = date.today() + timedelta(days=days)  # noqa: DTZ011  (the browser's own day)
    for name, value in (("date", day.isoformat()), ("from", "09:00"), ("to", "12:00")):
        visitor.page.locator(f"main input[name={name}]").first.fill(value)
    clean(visitor)
    go_on(visitor)


def ask(visitor: Visitor) -> None:
    visitor.page.locator("main form .btn-primary").first.click()
    expect(visitor.page.locator(".ep-drawer")).to_be_visible(timeout=60_000)


def seated(visitor: Visitor) -> list[str]:
    """Return the names of the proposed people, chair first."""
    rows = visitor.page.locator("section[aria-labelledby=seats] > table tbody th a")
    return rows.all_inner_texts()


def test_an_organiser_forms_a_panel_and_an_auditor_replays_it(visitor: Visitor, width: str) -> None:
    page = visitor.page
    visitor.sign_in("organiser")
    say_what_is_reviewed(visitor, f"轴承企业标准审查 {width}")
    say_which_people(visitor, 5, 2)
    say_when(visitor, 40 if width == "phone" else 47)
    ask(visitor)
    first = seated(visitor)
    assert len(first) == 5
    clean(visitor)
    evidence = page.locator(".ep-drawer details").first
    expect(evidence).to_contain_text("欧阳澈")
    expect(evidence).to_contain_text("负责本项目")

    page.get_by_role("button", name=f"锁定 {first[1]}").or_(
        page.get_by_role("button", name=re.compile(f"锁定.*{first[1]}"))
    ).first.click()
    page.get_by_role("button", name=re.compile(f"排除.*{first[0]}")).first.click()
    page.locator(".ep-bar form button").first.click()
    expect(page.locator(".ep-drawer")).to_be_visible(timeout=60_000)
    page.wait_for_load_state()
    second = seated(visitor)
    assert first[1] in second
    assert first[0] not in second

    page.locator(".ep-drawer input[name=who]").fill(first[0])
    page.keyboard.press("Enter")
    expect(page.locator(".ep-drawer section")).to_contain_text(first[0])
    clean(visitor)

    page.locator(".ep-bar a.btn-primary").click()
    clean(visitor)
    page.get_by_role("checkbox").check()
    page.locator("main form .btn-primary").click()
    expect(page.locator(".ep-state.is-boxed")).to_contain_text("已确认")
    clean(visitor)
    address = page.url.removeprefix(visitor.site.url)

    page.context.clear_cookies()
    visitor.sign_in("auditor")
    visitor.open(address)
    page.locator("a[href*='/proposals/']").last.click()
    page.locator("#replay form button").click()
    for _ in range(60):
        if page.locator("#replay .is-passed").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator("#replay .is-passed")).to_be_visible()


def test_where_nothing_fits_the_rule_to_ease_is_named_and_easing_it_makes_a_panel(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("organiser")
    say_what_is_reviewed(visitor, "席位难满的评审")
    say_which_people(visitor, 9, 2)
    page.locator("details.ep-disclose summary").last.click()
    page.fill("[name=min_regions]", "8")
    go_on(visitor)
    ask(visitor)
    expect(page.locator(".ep-notice.is-conflict")).to_be_visible()
    clean(visitor)
    page.locator(".ep-agenda form button").first.click()
    page.wait_for_load_state()
    if page.locator("main form .btn-primary").count():
        page.locator("main form .btn-primary").first.click()
    expect(page.locator("section[aria-labelledby=seats] > table")).to_be_visible(timeout=60_000)
    assert len(seated(visitor)) == 9
