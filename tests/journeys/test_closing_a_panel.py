"""Journey 5: attendance, votes against the preset's rule, minutes and roster, marks, closing, hours."""

import io
import itertools
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from docx import Document
from pypdf import PdfReader
from sqlalchemy.orm import Session

from expertpool.accounts.models import User
from expertpool.demo import panels
from expertpool.events import Actor
from expertpool.panels import seating
from expertpool.panels.confirmation import holders

pytestmark = pytest.mark.journey

EXPERT = "E0002"
_weeks = itertools.count(3)
"""How many weeks ago a panel met: each another, since the demo's expert sits on all."""


@pytest.fixture
def panel(site, width):
    """A confirmed panel that met some weeks ago; all members accepted. The demo's expert is one of them."""
    days = 7 * next(_weeks)
    wish = panels.Wish(
        f"滚子轴承企业标准审查（{width}）",
        ("BZ-2026-003",),
        panels.FIRST_DIVISION,
        {"21.100": 3},
        "confirmed",
        seats=5,
        days=(-days,),
        days_ago=days + 10,
        lock=EXPERT,
    )
    engine = sa.create_engine(f"sqlite:///{site.instance / 'expertpool.sqlite'}")
    with Session(engine) as session:
        organiser = session.scalars(sa.select(User).where(User.email == site.users["organiser"])).one()
        actor = Actor(organiser.id, organiser.name, via="cli")
        made = panels.make(session, wish, actor, now=datetime.now(UTC))
        for seat in holders(made):
            seating.mark_invited(session, seat)
            seating.mark_accepted(session, seat)
        session.commit()
        found = {"id": made.id, "number": made.number, "names": [seat.person.name for seat in holders(made)]}
    engine.dispose()
    return found


def looked_at(visitor):
    """Check the page as it is now for what a machine can see."""
    assert visitor.violations() == []
    assert visitor.overflow() <= 0


def downloaded(page, name: str) -> io.BytesIO:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name, exact=True).first.click()
    return io.BytesIO(Path(waiting.value.path()).read_bytes())


def test_a_meeting_from_attendance_to_credited_hours(visitor, panel):
    page = visitor.page
    visitor.sign_in("organiser")
    visitor.open(f"/panels/{panel['id']}")
    page.get_by_role("link", name="登记出席、表决与结束").click()

    absent = panel["names"][-1] if panel["names"][-1] != "何霁" else panel["names"][-2]
    looked_at(visitor)
    page.get_by_role("group", name=f"出席情况 {absent}").get_by_label("缺席").check()
    page.get_by_role("button", name="登记出席情况").click()

    page.get_by_text("到会 4 人，须有 3 票同意").wait_for()
    looked_at(visitor)
    page.get_by_role("link", name="记录").click()
    page.get_by_label("同意", exact=True).fill("5")
    page.get_by_label("反对", exact=True).fill("0")
    page.get_by_label("评审结论", exact=True).fill("同意通过审查，修改后报批。")
    page.get_by_role("button", name="记录结论").click()
    page.get_by_text("共有 5 票，但到会且可表决的只有 4 人。").first.wait_for()
    looked_at(visitor)
    page.get_by_label("同意", exact=True).fill("3")
    page.get_by_label("反对", exact=True).fill("1")
    page.get_by_role("button", name="记录结论").click()
    page.get_by_text("到会 4 人，同意 3（不少于 2/3，即 3）").wait_for()
    assert page.locator(".ep-state.is-passed").inner_text() == "通过"

    page.get_by_role("link", name="继续评价成员").click()
    looked_at(visitor)
    for mark in ("专业能力", "工作态度", "公正性"):
        page.get_by_label(f"{mark} {panel['names'][0]}").select_option("5")
    page.get_by_role("button", name="保存评价").click()

    page.get_by_text("5 名成员中已评价 1 名").wait_for()
    looked_at(visitor)
    page.get_by_label("纪要补充内容").fill("会议要求两周内报送修改稿。")
    page.get_by_role("button", name="结束评审组").click()
    page.get_by_text("评审组已结束，服务时长已记入。").wait_for()
    looked_at(visitor)

    minutes = "".join(each.extract_text() for each in PdfReader(downloaded(page, "会议纪要（PDF）")).pages)
    for part in (
        panel["number"],
        "应到成员 5 人",
        "同意 3 票，反对 1 票",
        "会议要求两周内报送修改稿。",
        *panel["names"],
    ):
        assert "".join(part.split()) in "".join(minutes.split())
    word = Document(downloaded(page, "会议纪要（Word）"))
    assert "同意通过审查，修改后报批。" in [each.text for each in word.paragraphs]
    sheet = openpyxl.load_workbook(downloaded(page, "成员名册（Excel）")).active
    came = {
        row[1].value: row[6].value for row in sheet.iter_rows(min_row=1) if row[1].value in panel["names"]
    }
    assert came == {name: "缺席" if name == absent else "到会" for name in panel["names"]}

    page.context.clear_cookies()
    visitor.sign_in("expert")
    visitor.open("/me/profile")
    page.get_by_text("逐次明细").click()
    assert page.get_by_role("row", name=panel["number"]).get_by_role("cell").last.inner_text() == "180"
    looked_at(visitor)


def test_a_meeting_that_is_moved_tells_what_that_brings(visitor, panel, width):
    page, day = visitor.page, {"desk": 1, "phone": 2}[width]
    visitor.sign_in("organiser")
    visitor.open(f"/panels/{panel['id']}")
    page.get_by_role("link", name="改期或换地点").click()
    page.get_by_label("开始").fill(f"2031-10-0{day}T09:00")
    page.get_by_label("结束").fill(f"2031-10-0{day}T12:00")
    page.get_by_role("button", name="查看变更的影响").click()
    page.get_by_role("heading", name="变更的影响").wait_for()
    looked_at(visitor)
    page.get_by_role("button", name="确定变更").click()
    page.get_by_text("已改期或更换地点").wait_for()
    assert f"2031 年 10 月 {day} 日" in page.locator(".ep-lead").inner_text()
