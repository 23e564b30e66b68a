"""Journey 7: a trainee finds a course, waits, gets a freed place, checks in, passes; anybody verifies it."""

from __future__ import annotations

import email
import re
import time
from datetime import UTC, datetime, timedelta
from email.policy import default
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from expertpool.training.models import Lesson
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("learning")]

ZONE = ZoneInfo("Asia/Shanghai")


def clean(visitor: Visitor) -> None:
    """Assert that the page is accessible and not wider than its window."""
    visitor.page.wait_for_load_state()
    assert (visitor.violations(), visitor.overflow()) == ([], 0)


def press(visitor: Visitor, name: str) -> None:
    """Press the button or link that bears this name."""
    page = visitor.page
    page.get_by_role("button", name=name, exact=True).or_(
        page.get_by_role("link", name=name, exact=True)
    ).click()
    page.wait_for_load_state()


def fill(visitor: Visitor, **fields: str) -> None:
    """Fill the fields of the page's form, look at it, and send it."""
    for name, value in fields.items():
        box = visitor.page.locator(f"main form [name={name}]")
        is_choice = box.evaluate("box => box.tagName") == "SELECT"
        box.select_option(label=value) if is_choice else box.fill(value)
    clean(visitor)
    visitor.page.locator("main form .btn-primary").click()
    visitor.page.wait_for_load_state()


def leave(visitor: Visitor) -> None:
    """Sign out; what is read stays Chinese."""
    visitor.page.context.clear_cookies()


def link_in_mail(visitor: Visitor, address: str, words: str, path: str) -> str:
    """Wait for a mail to `address` that says `words`; return its link that begins with `path`."""
    for _attempt in range(240):
        for file in sorted((visitor.site.instance / "mail").glob("*.eml"), reverse=True):
            mail = email.message_from_bytes(file.read_bytes(), policy=default)
            body = mail.get_body(("plain",))
            text = body.get_content() if body else ""
            found = re.search(rf"https?://[^/\s]+{path}[\w-]+", text)
            if address in str(mail["To"]) and words in str(mail["Subject"]) + text and found:
                return found[0]
        time.sleep(0.25)
    raise AssertionError(f"no mail to {address} that says {words}")


def plan_course(visitor: Visitor, title: str) -> str:
    """Enter and publish a course with one place and a lesson that begins soon; return the cohort's path."""
    visitor.sign_in("organiser")
    visitor.open("/training/")
    clean(visitor)
    visitor.open("/training/courses")
    clean(visitor)
    press(visitor, "登记课程")
    fill(
        visitor, owner="青原市标准化促进中心", title_zh=title, level="初级", minutes="90", skills="ICS:21.100"
    )
    press(visitor, "发布课程")
    press(visitor, "建立班次")
    now = datetime.now(ZONE)
    fill(
        visitor,
        title="试点班",
        capacity="1",
        opens_at=f"{now - timedelta(days=1):%Y-%m-%dT%H:%M}",
        closes_at=f"{now + timedelta(days=1):%Y-%m-%dT%H:%M}",
    )
    path = visitor.page.url.removeprefix(visitor.site.url)
    press(visitor, "排课")
    begins = now + timedelta(minutes=10)
    fill(
        visitor,
        title="轴承术语",
        starts=f"{begins:%Y-%m-%dT%H:%M}",
        ends=f"{begins + timedelta(minutes=90):%Y-%m-%dT%H:%M}",
        room_id="302 会议室 (16)" if title.endswith("desk") else "第二教室 (24)",
    )
    press(visitor, "发布班次")
    expect(visitor.page.locator("h1 .ep-state")).to_have_text("已发布")
    clean(visitor)
    return path


def join(visitor: Visitor, title: str, name: str, address: str) -> None:
    """Find the course as a stranger, register, follow the mailed link, and enrol in one click."""
    leave(visitor)
    page = visitor.page
    visitor.open("/courses")
    page.fill("[name=q]", title)
    press(visitor, "查找课程")
    clean(visitor)
    press(visitor, title)
    clean(visitor)
    press(visitor, "首次使用？注册")
    page.get_by_role("checkbox").check()
    fill(visitor, name=name, email=address)
    clean(visitor)
    page.goto(link_in_mail(visitor, address, name, "/link/"))
    page.locator("main .btn-primary").click()
    page.wait_for_load_state()
    expect(page.locator("h1")).to_have_text(f"{title}试点班")
    page.locator("aside form .btn-primary").click()
    page.wait_for_load_state()
    clean(visitor)


def lessons_are_over(visitor: Visitor, title: str) -> None:
    """Let time pass: the course's lessons were yesterday."""
    engine = sa.create_engine(f"sqlite:///{visitor.site.instance / 'expertpool.sqlite'}")
    with Session(engine) as session:
        lesson = session.scalars(sa.select(Lesson).order_by(Lesson.id.desc())).first()
        assert lesson is not None
        yesterday = datetime.now(UTC) - timedelta(days=1)
        lesson.starts, lesson.ends = yesterday, yesterday + timedelta(minutes=90)
        session.commit()
    engine.dispose()


def test_from_the_catalogue_to_a_verified_certificate(visitor: Visitor, width: str) -> None:
    page, title = visitor.page, f"轴承标准入门 {width}"
    first, second = f"wang-{width}@trainee.example", f"li-{width}@trainee.example"
    cohort = plan_course(visitor, title)

    join(visitor, title, "王先行", first)
    expect(page.locator("main")).to_contain_text(f"您已被录取到“{title}”，名额已确定。")
    join(visitor, title, "李候补", second)
    expect(page.locator("main")).to_contain_text(f"您在“{title}”的候补名单中排第 1 位。")
    signed_in = page.context.cookies()

    leave(visitor)
    page.goto(link_in_mail(visitor, first, "名额已确定", "/offer/"))
    clean(visitor)
    page.locator("summary", has_text="我不能参加").click()
    press(visitor, "确认退回名额")
    expect(page.locator("h1")).to_have_text("您不在此班次中")

    leave(visitor)
    page.goto(link_in_mail(visitor, second, "为您保留", "/offer/"))
    clean(visitor)
    press(visitor, "接受名额")
    expect(page.locator("h1")).to_have_text("您已被录取")
    clean(visitor)

    leave(visitor)
    visitor.sign_in("organiser")
    visitor.open(cohort)
    press(visitor, "投影签到码 轴承术语")
    clean(visitor)
    address = page.locator("p.ep-hash").inner_text()

    leave(visitor)
    page.context.add_cookies(signed_in)  # type: ignore[arg-type]
    visitor.open("/me/calendar")
    expect(page.locator("main")).to_contain_text("轴承术语")
    page.goto(address)
    clean(visitor)
    press(visitor, "我已到场：李候补")
    expect(page.locator(".ep-notice")).to_contain_text("签到完成")

    lessons_are_over(visitor, title)
    leave(visitor)
    visitor.sign_in("organiser")
    visitor.open(cohort)
    press(visitor, "结业发证")
    clean(visitor)
    expect(page.get_by_label("李候补")).to_be_checked()
    press(visitor, "确认结业")
    clean(visitor)
    page.locator("section[aria-labelledby=roster] a", has_text="T-").click()
    clean(visitor)
    code = page.locator("dd", has_text=re.compile(r"^\w{4}(-\w{4}){3}$")).inner_text()

    leave(visitor)
    visitor.open("/certificates")
    clean(visitor)
    page.fill("[name=code]", code.lower().replace("-", ""))
    press(visitor, "核验")
    expect(page.locator("h1")).to_have_text("此证书有效")
    expect(page.locator("main")).to_contain_text("李*补")
    expect(page.locator("main")).not_to_contain_text("李候补")
    clean(visitor)
