"""The frame of all pages: languages, colours, navigation, headers, errors."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from expertpool.access.models import Role
from expertpool.accounts.models import User
from expertpool.audit.models import AuditEntry
from expertpool.errors import Invalid
from expertpool.web.kit import dates, errors, guards, trail
from expertpool.web.kit.forms import Form, put_error


def test_front_page_offers_sign_in_to_strangers(client):
    page = client.get("/")
    assert page.status_code == 200
    assert 'href="/sign-in"' in page.text
    offered = page.text.split("<main")[1]
    open_to_all = ("/courses", "/certificates", "/draws/verify")
    assert [address for address in open_to_all if f'href="{address}"' not in offered] == []


def test_front_page_of_a_user_is_today(as_role):
    assert "<h1>Today</h1>" in as_role("organiser").get("/").text


def test_a_user_without_role_learns_what_to_do(as_role):
    assert "Your account has no role yet" in as_role(None).get("/").text


def links_of(page: str) -> list[str]:
    return re.findall(r'<li><a href="([^"]+)"', page.partition('class="ep-nav"')[2].partition("</nav>")[0])


def test_the_masthead_offers_what_the_role_may_open_and_it_opens(as_role):
    for role in (None, *Role):
        client = as_role(role)
        offered = links_of(client.get("/").text)
        assert "/" in offered
        assert [client.get(link).status_code for link in offered] == [200] * len(offered)
        assert ("/admin/users" in offered) == (role is Role.ADMINISTRATOR)
        assert ("/admin/audit" in offered) == (role in (Role.ADMINISTRATOR, Role.AUDITOR))


def test_the_present_page_is_marked(as_role):
    page = as_role("administrator").get("/admin/users/new").text
    assert re.findall(r'<a href="([^"]+)" aria-current="page"', page) == ["/admin/users"]


@pytest.mark.parametrize(
    ("accepts", "language"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"), ("en-GB,en;q=0.9", "en"), ("de", "en"), ("zh-Hans", "zh-Hans")],
)
def test_the_language_follows_the_browser_else_the_setting(client, accepts, language):
    assert f'<html lang="{language}">' in client.get("/", headers={"Accept-Language": accepts}).text


def test_a_chosen_language_is_kept_and_returns_to_the_page(client):
    answer = client.post("/language/zh_Hans", data={"next": "/sign-in?next=/account"})
    assert answer.location == "/sign-in?next=/account"
    assert '<html lang="zh-Hans">' in client.get("/", headers={"Accept-Language": "en"}).text


def test_a_users_language_follows_to_other_browsers(as_role, database):
    client = as_role("expert")
    client.post("/language/zh_Hans")
    assert database.scalar(sa.select(User.locale).where(User.id == client.user_id)) == "zh_Hans"


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "nonsense"])
def test_choosing_a_language_leads_to_no_other_site(client, target):
    assert client.post("/language/en", data={"next": target}).location == "/"


def test_a_language_is_not_changed_by_following_a_link(client):
    assert client.get("/language/en").status_code == 405


@pytest.mark.parametrize(
    ("theme", "media"),
    [("auto", "screen and (prefers-color-scheme: dark)"), ("dark", "screen"), ("light", None)],
)
def test_colours_follow_the_choice(client, theme, media):
    client.post(f"/theme/{theme}")
    found = re.search(r'dark\.css[^>]*media="([^"]+)"', client.get("/").text)
    assert (found and found[1]) == media


def test_every_page_forbids_foreign_and_inline_things(client, as_role):
    for page in (client.get("/"), as_role("administrator").get("/admin/users"), client.get("/nowhere")):
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert not re.search(r'\sstyle="|<script>|<style|\son\w+="|https?://(?!www\.w3\.org)', page.text)


def test_a_page_that_is_not_there_says_so_in_both_languages(client):
    page = client.get("/nowhere")
    assert (page.status_code, "There is no such page" in page.text) == (404, True)
    assert "没有这个页面" in client.get("/nowhere", headers={"Accept-Language": "zh-CN"}).text


def test_an_unexpected_error_is_a_friendly_page_with_its_number(app, client, monkeypatch):
    monkeypatch.setitem(app.view_functions, "home.index", guards.public(lambda: 1 / 0))
    monkeypatch.setattr(app, "testing", False)
    page = client.get("/")
    assert page.status_code == 500
    assert "ZeroDivisionError" not in page.text
    assert page.headers["X-Request-ID"] in page.text


def test_a_stale_save_shows_both_sides(app):
    with app.test_request_context("/"):
        app.preprocess_request()
        page, status = errors.stale_page(
            {"Name": "He Ji", "Grade": "expert"}, {"Name": "He Qi", "Grade": "expert"}, back="/x"
        )
    assert status == 409
    assert re.search(r"Name.*differs.*He Ji.*He Qi", page, re.S)
    assert page.count("differs") == 1


def test_errors_of_services_land_at_their_field_or_above_the_form(app):
    from wtforms import StringField

    class Sample(Form):
        email = StringField("Mail")

    with app.test_request_context("/"):
        form = Sample()
        put_error(form, Invalid("%(x)s is taken.", field="email", x="a@b"))
        put_error(form, Invalid("Nobody knows why.", field="unknown"))
        assert form.faults == [(None, "Nobody knows why."), (form.email, "a@b is taken.")]


WHEN = datetime(2020, 12, 3, 1, 0, tzinfo=UTC)
NOON = datetime(2020, 12, 3, 4, 0, tzinfo=UTC)
LATE = datetime(2020, 12, 3, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "moment", "span", "across"),
    [
        ("zh-CN", "2020 年 12 月 3 日 周四 09:00", "–12:00", "2020 年 12 月 4 日 周五 01:00"),
        ("en", "Thu 3 Dec 2020 09:00", "–12:00", "Fri 4 Dec 2020 01:00"),
    ],
)
def test_moments_are_written_as_readers_write_them(app, language, moment, span, across):
    with app.test_request_context("/", headers={"Accept-Language": language}):
        assert dates.moment(WHEN) == moment
        assert dates.span(WHEN, NOON) == moment + span
        assert dates.span(WHEN, LATE) == f"{moment} – {across}"
        assert dates.timed(WHEN) == f'<time datetime="2020-12-03T01:00:00+00:00">{moment}</time>'
        assert dates.moment(None) == ""


def test_the_year_is_left_out_when_it_is_this(app, monkeypatch):
    monkeypatch.setattr(dates.clock, "now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    with app.test_request_context("/", headers={"Accept-Language": "zh-CN"}):
        assert dates.moment(WHEN) == "12 月 3 日 周四 09:00"
        assert dates.stamp(WHEN) == "12-03 周四 09:00"
        assert dates.day(WHEN.date()) == "12 月 3 日"
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert dates.stamp(WHEN) == dates.moment(WHEN) == "Thu 3 Dec 09:00"


def test_only_looks_of_auditors_are_recorded(app, as_role, database, monkeypatch):
    def look():
        guards.record_look("panel", 7)
        return "seen"

    monkeypatch.setitem(app.view_functions, "home.index", guards.public(look))
    auditor = as_role("auditor")
    for client in (auditor, as_role("organiser"), app.test_client()):
        assert client.get("/").text == "seen"
    found = database.scalars(sa.select(AuditEntry).where(AuditEntry.event == "panel.panel-looked-at")).all()
    assert [(entry.actor_id, entry.subject_id) for entry in found] == [(auditor.user_id, 7)]


def test_the_trail_tells_moments_in_the_readers_zone(app):
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        assert trail.shown("2028-12-09T06:00:00+00:00") == "2028 年 12 月 9 日 周六 14:00"
        spans = ["2028-12-09T06:00:00+00:00", "2028-12-09T07:30:00+00:00"]
        assert trail.shown(spans) == "2028 年 12 月 9 日 周六 14:00–15:30"
