"""Journey 9: one command, one page, five roles; each finds what it may do, and nothing else."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("newcomer")]

MENUS = {
    "organiser": ["今日", "评审组", "专家", "单位", "项目", "专业", "规则预设", "课程", "培训"],
    "auditor": ["今日", "评审组", "专家", "单位", "项目", "专业", "规则预设", "课程", "培训", "审计"],
    "administrator": ["今日", "专家", "单位", "专业", "规则预设", "课程", "审计", "管理", "设置"],
}


@pytest.mark.parametrize("role", ["organiser", "expert", "trainee", "auditor", "administrator"])
def test_a_newcomer_signs_in_as_each_role_and_sees_where_to_go(visitor: Visitor, role: str) -> None:
    visitor.open("/")
    visitor.page.locator("main a.btn-primary, main a[href*='sign-in']").first.click()
    assert visitor.violations() == []
    visitor.sign_in(role)
    assert visitor.page.url.rstrip("/") == visitor.site.url
    menu = visitor.page.locator(".ep-nav a").all_inner_texts()
    if role in MENUS:
        assert menu == MENUS[role]
    for link in visitor.page.locator(".ep-nav a").all():
        address = link.get_attribute("href") or ""
        answer = visitor.page.request.get(visitor.site.url + address)
        assert (address, answer.status) == (address, 200)
    assert (visitor.violations(), visitor.overflow()) == ([], 0)


@pytest.mark.parametrize("name", ["周岚", "何霁", "方知予", "魏清和", "江一白", "Nora Whitfield"])
def test_the_demo_s_sign_in_page_offers_everybody_at_one_press(visitor: Visitor, name: str) -> None:
    visitor.open("/sign-in")
    assert (visitor.violations(), visitor.overflow()) == ([], 0)
    visitor.page.get_by_role("button", name=name).click()
    visitor.page.wait_for_load_state()
    assert visitor.page.url.rstrip("/") == visitor.site.url
    assert name in visitor.page.locator(".ep-masthead").inner_text()


def test_the_language_changes_in_one_click_and_is_remembered(english_visitor: Visitor) -> None:
    page = english_visitor.page
    english_visitor.open("/")
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("button", name="中文").click()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    english_visitor.open("/sign-in")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
