"""Journeys 2 and 3: experts answer by the mailed link; when one declines the next is asked, or phoned."""

from __future__ import annotations

import email
import re
import time
from email.message import EmailMessage
from email.policy import default

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor
from tests.journeys.test_forming_a_panel import ask, clean, say_what_is_reviewed, say_when, say_which_people

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("invitations")]

INVITE, OFFER, PHONE = "invite", "offer", "phone"


def confirmed_panel(visitor: Visitor, title: str, days: int) -> str:
    """Form and confirm a panel of five as the organiser; return its path."""
    visitor.sign_in("organiser")
    say_what_is_reviewed(visitor, title)
    say_which_people(visitor, 5, 2)
    say_when(visitor, days)
    ask(visitor)
    visitor.page.locator(".ep-bar a.btn-primary").click()
    visitor.page.get_by_role("checkbox").check()
    visitor.page.locator("main form .btn-primary").click()
    expect(visitor.page.locator(".ep-state.is-boxed")).to_contain_text("已确认")
    return visitor.page.url.removeprefix(visitor.site.url)


def invite_everybody(visitor: Visitor, on_vacancy: str) -> None:
    """Write the text, look at the mail, send it."""
    page = visitor.page
    page.get_by_role("link", name="邀请", exact=True).click()
    page.fill("[name=fee]", "税前 800 元")
    page.locator(f"[name=on_vacancy][value={on_vacancy}]").check()
    clean(visitor)
    page.locator("main form .btn-primary").click()
    expect(page.locator("pre").first).to_contain_text("税前 800 元")
    clean(visitor)
    page.locator(".ep-bar button").click()
    page.wait_for_load_state()
    expect(page.locator("section[aria-labelledby=roster] .is-invited").first).to_be_visible()
    clean(visitor)


def members(visitor: Visitor) -> list[str]:
    """Return the names in the seats, chair first."""
    return visitor.page.locator("section[aria-labelledby=roster] tbody th a").all_inner_texts()


def mail_about(visitor: Visitor, title: str, name: str) -> EmailMessage:
    """Wait for the newest mail about a panel that greets `name`, and return it."""
    for _attempt in range(240):
        found = []
        for path in sorted((visitor.site.instance / "mail").glob("*.eml")):
            mail = email.message_from_bytes(path.read_bytes(), policy=default)
            body = mail.get_body(("plain",))
            text = body.get_content() if body else ""
            if title in text and name in text and "/i/" in text:
                found.append(mail)
        if found:
            return found[-1]
        time.sleep(0.25)
    raise AssertionError(f"no mail about {title} to {name}")


def open_link(visitor: Visitor, mail: EmailMessage) -> None:
    """Follow the link of a mail in a browser that is not signed in; read the page in Chinese.

    It begins in the language of the mail, which is English for names without a Chinese character.
    """
    body = mail.get_body(("plain",))
    assert body is not None
    link = re.search(r"https?://\S+/i/\S+", body.get_content())
    assert link is not None
    visitor.page.context.clear_cookies()
    visitor.page.goto(link[0])
    assert visitor.page.url == f"{visitor.site.url}/invitation"
    language = body["Content-Language"]
    assert visitor.page.locator("html").get_attribute("lang") == language
    if language == "en":
        visitor.page.get_by_role("button", name="中文").click()
        expect(visitor.page.locator("html")).to_have_attribute("lang", "zh-Hans")


def answer_questions(visitor: Visitor) -> None:
    """Say no three times."""
    for name in ("employed", "related", "other"):
        visitor.page.locator(f"[name={name}][value=no]").check()


def decline(visitor: Visitor, reason: str) -> None:
    page = visitor.page
    page.locator("summary", has_text="不能参加").click()
    page.locator(f"[name=reason][value={reason}]").check()
    clean(visitor)
    page.get_by_role("button", name="谢绝").click()
    page.wait_for_load_state()


def test_an_expert_answers_by_phone_without_a_password(visitor: Visitor, width: str) -> None:
    title = f"邀请专家的评审 {width}"
    address = confirmed_panel(visitor, title, 61 if width == "phone" else 68)
    invite_everybody(visitor, OFFER)
    first, second = members(visitor)[:2]
    page = visitor.page

    open_link(visitor, mail_about(visitor, title, first))
    clean(visitor)
    page.locator("form .btn-primary").click()
    expect(page.locator("#errors")).to_be_visible()
    clean(visitor)
    answer_questions(visitor)
    page.locator("form .btn-primary").click()
    expect(page.locator(".ep-notice.is-passed")).to_be_visible()
    clean(visitor)
    with page.expect_download() as download:
        page.get_by_role("link", name="写入我的日历").click()
    content = download.value.path().read_text(encoding="utf-8")
    assert "STATUS:CONFIRMED" in content
    assert "BEGIN:VEVENT" in content
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".ep-notice.is-passed")).to_be_visible()

    open_link(visitor, mail_about(visitor, title, second))
    page.locator("summary", has_text="推荐").click()
    page.fill("[name=person_name]", "穆云开")
    page.fill("[name=contact]", "mu@colleague.example")
    page.get_by_role("button", name="提交推荐").click()
    expect(page.locator(".ep-notice.is-passed")).to_be_visible()
    for name in ("employed", "other"):
        page.locator(f"[name={name}][value=no]").check()
    page.locator("[name=related][value=yes]").check()
    page.fill("[name=related_text]", "同一课题组，2025 年")
    clean(visitor)
    page.locator("form .btn-primary").first.click()
    expect(page.locator("form .btn-primary")).to_have_count(0)
    clean(visitor)

    page.context.clear_cookies()
    visitor.sign_in("organiser")
    visitor.open(address)
    expect(page.locator("section[aria-labelledby=suggested]")).to_contain_text("穆云开")
    expect(page.locator("section[aria-labelledby=roster] .is-accepted")).not_to_have_count(0)
    clean(visitor)
    page.get_by_role("button", name="已处理 穆云开").click()
    expect(page.locator("section[aria-labelledby=suggested]")).to_have_count(0)


def test_when_somebody_declines_the_next_is_invited_and_one_line_says_so(
    visitor: Visitor, width: str
) -> None:
    title = f"有人谢绝的评审 {width}"
    address = confirmed_panel(visitor, title, 75 if width == "phone" else 82)
    invite_everybody(visitor, INVITE)
    leaving = members(visitor)[2]
    page = visitor.page
    open_link(visitor, mail_about(visitor, title, leaving))
    decline(visitor, "busy-then")
    clean(visitor)

    visitor.sign_in("organiser")
    visitor.open(address)
    line = page.locator(".ep-notice", has_text=f"{leaving}谢绝（时间不合适）")
    expect(line).to_contain_text("已改邀")
    came = next(name for name in members(visitor) if name in line.inner_text() and name != leaving)
    clean(visitor)

    open_link(visitor, mail_about(visitor, title, came))
    answer_questions(visitor)
    page.locator("form .btn-primary").click()
    expect(page.locator(".ep-notice.is-passed")).to_be_visible()
    page.locator("summary", has_text="临时不能参加").click()
    page.locator("[name=reason][value=not-my-field]").check()
    page.get_by_role("button", name="退出席位").click()
    expect(page.locator("main")).to_contain_text("您已谢绝")


def test_alternates_are_phoned_one_by_one(visitor: Visitor, width: str) -> None:
    title = f"电话邀请的评审 {width}"
    address = confirmed_panel(visitor, title, 89 if width == "phone" else 96)
    invite_everybody(visitor, PHONE)
    leaving = members(visitor)[1]
    page = visitor.page
    open_link(visitor, mail_about(visitor, title, leaving))
    decline(visitor, "not-my-field")

    visitor.sign_in("organiser")
    visitor.open(address)
    page.get_by_role("link", name=re.compile("给下一位打电话|下一位打电话")).first.click()
    clean(visitor)
    first = page.locator("#who").inner_text()
    shown = page.get_by_role("button", name=re.compile("显示号码"))
    if shown.count():
        shown.click()
        expect(page.locator("aside")).to_contain_text("已记录")
    expect(page.locator("textarea[readonly]")).to_have_value(re.compile(re.escape(title)))
    expect(page.get_by_role("button", name="复制")).to_be_visible()
    page.locator("[name=outcome][value=no-answer]").check()
    page.get_by_role("button", name="记录这次通话").click()
    page.wait_for_load_state()
    second = page.locator("#who").inner_text()
    assert second != first
    expect(page.locator("aside .ep-evidence")).to_contain_text(f"{first} 未接")
    page.locator("[name=outcome][value=accepted]").check()
    clean(visitor)
    page.get_by_role("button", name="记录这次通话").click()
    page.wait_for_load_state()
    assert page.url == visitor.site.url + address
    row = page.locator("section[aria-labelledby=roster] tr", has_text=second)
    expect(row.locator(".is-accepted")).to_be_visible()
    clean(visitor)
