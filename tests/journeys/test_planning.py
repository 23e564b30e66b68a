"""Journey 6: a week of a draft, a lesson dragged or moved by a form, what that breaks, a plan, publishing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("planning")]

LONG = 180_000
"""Milliseconds: the engine is compiled once after an installation."""


def clean(visitor: Visitor) -> None:
    """Assert that what no link leads to is accessible, and not wider than its window.

    Pages that links lead to are looked at by `test_every_page`.
    """
    visitor.page.wait_for_load_state()
    assert (visitor.violations(), visitor.overflow()) == ([], 0)


def entry(visitor: Visitor, title: str) -> Locator:
    """Return the lesson of this title in the table."""
    return visitor.page.locator(f".ep-entry:has(> small:text-is('{title}'))")


def cell_of(visitor: Visitor, day: str | None, clock: str, room: str) -> Locator:
    """Return the cell of a day, time and room."""
    column = visitor.page.locator(f"td[data-room='{room}']").first.get_attribute("data-column")
    return visitor.page.locator(f"td[data-day='{day}'][data-start='{clock}'][data-column='{column}']")


def open_timetable(visitor: Visitor) -> None:
    """Sign in and go to the demo's timetable, as its links lead."""
    visitor.sign_in("organiser")
    visitor.open("/training/")
    visitor.page.get_by_role("link", name="课表", exact=True).click()
    visitor.page.get_by_role("link", name="冬季培训课表").click()
    visitor.page.set_default_timeout(LONG)
    expect(visitor.page.get_by_role("heading", name=re.compile("第 .* 周"))).to_be_visible(timeout=LONG)
    assert visitor.overflow() == 0


def drag(visitor: Visitor) -> None:
    """Drag a lesson out of a clash, look at what that does, and keep it."""
    page = visitor.page
    lesson = entry(visitor, "企业标准化战略")
    day = page.locator("td", has=lesson).last.get_attribute("data-day")
    expect(page.locator("td.is-clash", has=lesson)).to_be_visible()
    lesson.drag_to(cell_of(visitor, day, "14:00", "第二教室"))
    told = page.get_by_role("dialog")
    expect(told).to_contain_text("没有冲突")
    clean(visitor)
    page.keyboard.press("Escape")
    expect(told).to_be_hidden()
    lesson.drag_to(cell_of(visitor, day, "15:50", "302 会议室"))
    expect(told).to_contain_text("302 会议室")
    told.get_by_role("button", name="移到此处").click()
    page.wait_for_load_state()
    expect(page.locator("td.is-clash")).to_have_count(0)
    expect(page.locator("td[data-start='15:50']", has=entry(visitor, "企业标准化战略"))).to_be_visible()


def move_by_form(visitor: Visitor) -> None:
    """Move a lesson on its page: see what a Sunday breaks, then take one of the places offered."""
    page = visitor.page
    page.locator(".ep-entry:not(:has(.is-locked))").first.get_by_role("link").click()
    assert visitor.overflow() == 0
    page.locator("#day").evaluate(
        "box => { const day = new Date(box.value); day.setUTCDate(day.getUTCDate() + 7 - day.getUTCDay());"
        " box.value = day.toISOString().slice(0, 10); }"
    )
    page.get_by_role("button", name="查看影响").click()
    expect(page.locator(".ep-notice.is-conflict")).to_contain_text("不上课")
    expect(page.get_by_role("button", name="仍然移动")).to_be_visible()
    clean(visitor)
    page.get_by_role("button", name=re.compile("移到此处")).first.click()
    expect(page.get_by_text(re.compile("草稿中已移动“.*”。"))).to_be_visible()


def plan_and_publish(visitor: Visitor) -> None:
    """Ask for a plan, be content with the best so far, compare and publish."""
    page = visitor.page
    page.get_by_label("最多计算秒数").fill("20")
    page.get_by_role("button", name="自动排课").click()
    clean(visitor)
    expect(page.locator("[data-told=placed]")).to_have_text(re.compile(r"\d+"), timeout=LONG)
    page.get_by_role("button", name="停止并采用当前最好结果").click()
    expect(page.get_by_role("heading", name="排课结果已写入草稿")).to_be_visible(timeout=LONG)
    page.get_by_role("link", name="返回课表").click()
    expect(page.locator("#unplaced + details")).to_contain_text("上机：编写工具")
    page.get_by_role("link", name="对比并发布").click()
    assert visitor.overflow() == 0
    page.get_by_role("button", name=re.compile("发布 .* 处变动")).click()
    expect(page.get_by_text("每位相关人员只收到一封通知")).to_be_visible()


def test_a_timetable_is_put_right_planned_and_published(visitor: Visitor, width: str) -> None:
    open_timetable(visitor)
    if width == "desk":
        drag(visitor)
        plan_and_publish(visitor)
    else:
        move_by_form(visitor)
