"""Journey 4: an expert who accepted changes the employer; the organiser hears of it within the minute."""

from __future__ import annotations

import email
import time
from email.policy import default

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor
from tests.journeys.test_forming_a_panel import clean
from tests.journeys.test_invitations import answer_questions

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("invitations")]

PANEL = "圆锥滚子轴承企业标准备案审查"
APPLICANT = "南岭轴承有限公司"
MINUTE = 60


def goes_to(visitor: Visitor, employer: str) -> None:
    """Enter a new employer on one's own profile."""
    visitor.open("/me/profile/employer")
    visitor.page.fill("[name=organisation]", employer)
    clean(visitor)
    visitor.page.locator("main form .btn-primary").click()
    expect(visitor.page.locator("main")).to_contain_text(employer)


def accepts(visitor: Visitor) -> None:
    """Accept the open invitation, if it still is one."""
    visitor.open("/me/invitations")
    visitor.page.get_by_role("link", name=PANEL).first.click()
    visitor.page.wait_for_load_state()
    if visitor.page.locator("[name=employed]").count():
        answer_questions(visitor)
        visitor.page.locator("form .btn-primary").first.click()
    expect(visitor.page.locator(".ep-notice.is-passed")).to_be_visible()


def mails(visitor: Visitor) -> int:
    """Return how many mails tell the organiser of a new conflict with the applicant."""
    found = 0
    for path in (visitor.site.instance / "mail").glob("*.eml"):
        mail = email.message_from_bytes(path.read_bytes(), policy=default)
        body = mail.get_body(("plain",))
        text = body.get_content() if body else ""
        found += mail["To"] == visitor.site.users["organiser"] and PANEL in text and APPLICANT in text
    return found


def wait_for(condition: str, visitor: Visitor, path: str) -> None:
    """Open a page until it shows `condition`, for a minute at most."""
    end = time.monotonic() + MINUTE
    while visitor.page.locator(condition).count() == 0:
        assert time.monotonic() < end, f"{condition} did not appear within a minute"
        time.sleep(1)
        visitor.open(path)


def test_a_new_employer_shows_as_a_conflict_with_its_evidence(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("expert")
    goes_to(visitor, "青原第二研究院")
    accepts(visitor)
    goes_to(visitor, APPLICANT)

    page.context.clear_cookies()
    visitor.sign_in("organiser")
    wait_for("text=何霁出现新冲突", visitor, "/")
    clean(visitor)
    page.get_by_role("link", name=PANEL).first.click()
    warning = page.locator(".ep-notice.is-conflict")
    expect(warning).to_contain_text("何霁")
    expect(warning).to_contain_text(f"任职于申报单位{APPLICANT}")
    clean(visitor)
    warning.get_by_role("link", name="处理何霁的情况").click()
    clean(visitor)
    page.locator("main form .btn-primary").click()
    expect(page.locator("#errors")).to_be_visible()
    end = time.monotonic() + MINUTE
    while not mails(visitor):
        assert time.monotonic() < end, "no mail within a minute"
        time.sleep(1)
