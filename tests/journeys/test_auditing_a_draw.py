"""Journey 8: a draw is fixed, supervised, made and printed; strangers verify it, the auditor the trail."""

import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from pypdf import PdfReader
from sqlalchemy.orm import Session

from expertpool.accounts.models import User
from expertpool.demo import draws
from expertpool.events import Actor
from expertpool.panels.draw_models import Draw
from expertpool.people.models import Person

pytestmark = pytest.mark.journey

A4 = (595, 842)
"""Points, rounded."""


@pytest.fixture
def panels(site, width):
    """A draft to be drawn, one with a draw whose sources have reported, and one whose draw awaits secrets."""
    engine = sa.create_engine(f"sqlite:///{site.instance / 'expertpool.sqlite'}")
    with Session(engine) as session:
        users = {each.email: each for each in session.scalars(sa.select(User))}
        organiser, auditor = (users[site.users[role]] for role in ("organiser", "auditor"))
        people = draws.People(
            Actor(organiser.id, organiser.name, via="cli"),
            users["colleague@demo.example"],
            Actor(auditor.id, auditor.name, via="cli"),
        )
        before = datetime.now(UTC) - timedelta(hours=2)
        bare = draws.panel_of(session, f"量具抽检方案论证（{width}）", "BZ-2026-009", people, before)
        fixed = draws.panel_of(session, f"量块企业标准审查（{width}）", "BZ-2026-008", people, before)
        made = draws.fix(session, fixed, people, before, sources_in=timedelta(minutes=5))
        secret = draws.panel_of(session, f"量规企业标准审查（{width}）", "BZ-2026-008", people, before)
        draws.fix(session, secret, people, before, sources_in=timedelta(days=2), has_secrets=True)
        session.commit()
        found = {"bare": bare.id, "fixed": fixed.id, "code": made.code, "hash": made.commitment}
        found["secret"] = secret.id
    engine.dispose()
    return found


def recorded(site, code):
    """Return the record of a draw, and the names of the people in it by number."""
    engine = sa.create_engine(f"sqlite:///{site.instance / 'expertpool.sqlite'}")
    with Session(engine) as session:
        record = json.loads(session.scalars(sa.select(Draw.record).where(Draw.code == code)).one())
        names = dict(session.execute(sa.select(Person.number, Person.name)).all())
    engine.dispose()
    return record, names


def become(visitor, role):
    visitor.page.context.clear_cookies()
    if role:
        visitor.sign_in(role)


def looked_at(visitor):
    assert visitor.violations() == []
    assert visitor.overflow() <= 0


def test_a_draw_from_fixing_it_to_the_verified_chain(visitor, panels):
    page, site = visitor.page, visitor.site
    base = f"/panels/{panels['fixed']}/draws"
    become(visitor, "organiser")
    visitor.open(f"/panels/{panels['bare']}/draws/new")
    page.fill("[name=source-0]", "现场三颗骰子")
    page.fill("[name=at-0]", (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"))
    page.fill("[name=range-0]", "3 x 1-6")
    looked_at(visitor)
    page.get_by_role("button", name="封存抽取方案").click()
    page.wait_for_url(re.compile(r"/draws/1$"))
    assert "抽取方案已封存" in page.text_content("main")
    looked_at(visitor)

    become(visitor, "auditor")
    visitor.open(f"{base}/1")
    page.get_by_role("button", name="我已到场监督").click()
    page.wait_for_load_state()

    become(visitor, "organiser")
    visitor.open(f"{base}/1/numbers")
    for row, report in enumerate(draws.REPORTED):
        page.fill(f"[name=value-{row}]", report.value)
    looked_at(visitor)
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(re.compile(r"/screen"))
    record, names = recorded(site, panels["code"])
    numbers = [seat["name"] for seat in record["picked"] + record["alternates"]]
    order = [names[number] for number in numbers]
    visitor.open(f"{base}/1/screen?shown={len(order)}")
    assert page.locator(".ep-lot-screen b").all_text_contents() == order
    looked_at(visitor)
    visitor.open(f"{base}/1/paper")
    looked_at(visitor)
    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert {tuple(round(side) for side in each.mediabox[2:]) for each in paper.pages} == {A4}
    text = re.sub(r"\s", "", "".join(each.extract_text() for each in paper.pages))
    assert [number for number in numbers if number not in text] == []
    shown = page.text_content("main")
    assert [name for name in order if name not in shown] == []
    assert "监督员魏清和" in text

    become(visitor, None)
    visitor.open(f"/draws/{panels['code']}")
    looked_at(visitor)
    assert not any(name in page.text_content("main") for name in order)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="抽取记录（JSON 文件）").click()
    file = Path(waiting.value.path()).read_bytes()
    visitor.open("/draws/verify")
    page.set_input_files("input[type=file]", [{"name": "r.json", "mimeType": "text/plain", "buffer": file}])
    page.fill("[name=commitment]", panels["hash"])
    page.locator("main form button.btn-primary").click()
    page.locator(".ep-notice.is-passed").wait_for()
    looked_at(visitor)

    become(visitor, "auditor")
    visitor.open(f"{base}/1")
    assert page.locator(".ep-notice.is-passed").count() == 1
    drawn = page.locator("table").first.locator("th[scope=row]").all_text_contents()
    assert [each for each in order if not any(each in cell for cell in drawn)] == []
    visitor.open(f"/panels/{panels['fixed']}")
    told = page.text_content("main")
    assert panels["hash"] in told
    assert record["sha256"] in told
    visitor.open("/admin/audit")
    page.get_by_role("button", name="校验审计记录").click()
    for _attempt in range(60):
        page.wait_for_timeout(500)
        visitor.open("/admin/audit")
        if page.locator(".ep-notice.is-passed").count() and not page.locator(".ep-notice.is-expired").count():
            break
    assert page.locator(".ep-notice.is-passed").count() == 1
    looked_at(visitor)


def test_both_sides_seal_a_secret_from_today_and_open_it(visitor, panels):
    page, base = visitor.page, f"/panels/{panels['secret']}/draws/1"
    for role, side in (("organiser", "organiser"), ("auditor", "supervisor")):
        become(visitor, role)
        visitor.open("/")
        page.locator(f"a[href='{base}/{side}-secret']").click()
        page.fill("[name=secret]", f"DICE 3514 {side}")
        looked_at(visitor)
        page.get_by_role("button", name="封存我的密数").click()
        page.wait_for_url(re.compile(r"/draws/1$"))
        looked_at(visitor)
    for role, side in (("auditor", "supervisor"), ("organiser", "organiser")):
        become(visitor, role)
        visitor.open(f"{base}/{side}-secret")
        looked_at(visitor)
        page.get_by_role("button", name="公开我的密数").click()
        page.wait_for_url(re.compile(r"/draws/1$"))
    told = page.text_content("main")
    assert [side for side in ("ORGANISER", "SUPERVISOR") if f"DICE3514{side}" not in told] == []
    looked_at(visitor)
