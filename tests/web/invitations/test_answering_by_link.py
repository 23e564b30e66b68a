"""The invited person's page: it asks, hears, and says what happened, in both languages."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
import sqlalchemy as sa

from expertpool.interests.models import Relation
from expertpool.invitations import answering, inviting, suggestions
from expertpool.invitations.models import Channel, DeclineReason, Invitation, InvitationState, Suggestion
from expertpool.panels.models import SeatState
from expertpool.people.models import Status
from tests.conftest import NOW

NO = {"do": "accept", "employed": "no", "related": "no", "other": "no"}


def text_of(page) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text)))


@pytest.fixture
def sent(invited):
    return invited.invite()[0]


def test_the_page_says_what_when_where_who_and_for_how_much(client, invited, sent):
    text = text_of(invited.enter(client, sent))
    told = [
        sent.person.name,
        invited.panel.title,
        invited.scene.item.title,
        invited.scene.applicant.name,
        invited.scene.office.name,
        "12 月 3 日 周四 10:00–13:00",
        "中国标准时间",
        "二会议室",
        "3 小时",
        "800 元",
        "周岚 0371-0000000",
        "请您参加。",
        "11 月 25 日 周三 10:00 前答复",
    ]
    assert [each for each in told if each not in text] == []


def test_accepting_after_three_times_no_takes_the_seat(client, database, invited, sent):
    invited.enter(client, sent)
    answer = client.post("/invitation", data=NO)
    assert (answer.status_code, answer.location) == (303, "/invitation")
    database.refresh(sent)
    assert (sent.state, sent.answered_by, sent.seat.state) == (
        InvitationState.ACCEPTED,
        Channel.MAIL,
        SeatState.ACCEPTED,
    )
    assert sent.declaration == {"employed": False, "related": False, "other": False}
    page = client.get("/invitation")
    assert "您已接受邀请" in page.text
    assert 'href="/invitation/calendar.ics"' in page.text


def test_questions_that_are_not_answered_are_named_and_nothing_is_kept(client, database, invited, sent):
    invited.enter(client, sent)
    answer = client.post("/invitation", data={"do": "accept", "other": "no"})
    assert answer.status_code == 400
    assert answer.text.count("请回答“有”或“没有”。") == 4
    assert [f"第 {number} 问：请回答" in answer.text for number in (1, 2, 3)] == [True, True, False]
    database.refresh(sent)
    assert sent.state is InvitationState.SENT


def test_a_yes_has_to_be_explained_unless_a_name_was_chosen(client, invited, sent):
    invited.enter(client, sent)
    answer = client.post("/invitation", data=NO | {"other": "yes", "related": "yes", "employed": "yes"})
    assert answer.status_code == 400
    assert answer.text.count("请简要写明情况。") == 6


def test_a_declared_conflict_is_kept_and_leaves_the_seat_to_the_next(client, database, invited, sent):
    invited.enter(client, sent)
    client.post("/invitation", data=NO | {"employed": "yes", "employed_text": "2025 年起任顾问"})
    database.refresh(sent)
    assert (sent.state, sent.seat.state) == (InvitationState.WITHDRAWN, SeatState.WITHDRAWN)
    relation = database.scalars(sa.select(Relation).where(Relation.person_id == sent.person_id)).one()
    assert relation.organisation_id == invited.scene.applicant.id
    text = text_of(client.get("/invitation"))
    assert "谢谢您愿意参加" in text
    assert "利益冲突" in text


def test_dates_of_a_declaration_take_months_and_are_refused_at_their_field(client, database, invited, sent):
    invited.enter(client, sent)
    yes = NO | {"employed": "yes", "employed_text": "顾问", "employed_since": "2008年3月"}
    for wrong in ("2012-13", "去年", "99999999999"):
        answer = client.post("/invitation", data=yes | {"employed_until": wrong})
        assert answer.status_code == 400
        assert f'value="{wrong}"' in answer.text
        assert 'id="employed_until-error"' in answer.text
    assert client.post("/invitation", data=yes | {"employed_until": "2007"}).status_code == 400
    assert client.post("/invitation", data=yes | {"employed_until": "2012-06"}).status_code == 303
    relation = database.scalars(sa.select(Relation).where(Relation.person_id == sent.person_id)).one()
    assert (relation.since, relation.until) == (date(2008, 3, 1), date(2012, 6, 30))
    database.refresh(sent)
    assert sent.state is InvitationState.ACCEPTED


def test_no_time_until_a_month_rests_and_is_told(client, database, invited, sent):
    invited.enter(client, sent)
    form = {"do": "decline", "reason": "busy-always", "rest_until": "2027-03"}
    assert client.post("/invitation", data=form).status_code == 303
    database.refresh(sent.person)
    assert (sent.person.status, sent.person.status_until) == (Status.RESTING, date(2027, 3, 31))


@pytest.mark.parametrize("reason", list(DeclineReason))
def test_declining_keeps_the_reason(client, database, invited, sent, reason):
    invited.enter(client, sent)
    answer = client.post("/invitation", data={"do": "decline", "reason": reason.value, "text": "出差"})
    assert answer.status_code == 303, text_of(answer)
    database.refresh(sent)
    assert (sent.state, sent.reason, sent.reason_text) == (InvitationState.DECLINED, reason, "出差")
    assert "您已谢绝" in client.get("/invitation").text


def test_declining_asks_for_a_reason_and_another_reason_for_words(client, invited, sent):
    invited.enter(client, sent)
    assert "请选择最接近的一项原因。" in client.post("/invitation", data={"do": "decline"}).text
    other = client.post("/invitation", data={"do": "decline", "reason": "other"})
    assert (other.status_code, "请简要写明情况。" in other.text) == (400, True)


def test_an_accepted_seat_can_be_given_back(client, database, invited, sent):
    invited.enter(client, sent)
    client.post("/invitation", data=NO)
    client.post("/invitation", data={"do": "decline", "reason": "busy-always"})
    database.refresh(sent)
    assert (sent.state, sent.seat.state) == (InvitationState.DECLINED, SeatState.DECLINED)


def test_a_colleague_can_be_suggested_before_and_after_the_answer(client, database, invited, sent):
    invited.enter(client, sent)
    form = {
        "do": "suggest",
        "person_name": "穆云开",
        "organisation": "云开检测",
        "contact": "mu@c.example",
        "note": "懂轴承",
    }
    client.post("/invitation", data=form)
    assert "谢谢推荐" in client.get("/invitation").text
    client.post("/invitation", data=NO)
    client.post("/invitation", data=form | {"person_name": "穆小满"})
    kept = [suggestions.colleague_of(each).person_name for each in database.scalars(sa.select(Suggestion))]
    assert kept == ["穆云开", "穆小满"]


def test_pages_of_closed_invitations_say_so(client, database, invited, sent):
    acting = {"actor": invited.actor, "now": NOW}
    withdrawn, expired = invited.campaign, None
    _first, second, third, fourth, _fifth = database.scalars(sa.select(Invitation).order_by(Invitation.id))
    inviting.withdraw(database, second, "会议合并召开", **acting)
    answering.decline(database, third, DeclineReason.OTHER, "出国", by=Channel.PHONE, **acting)
    answering.expire(database, fourth, now=fourth.expires_at)
    database.commit()
    del withdrawn, expired
    for invitation, words in (
        (second, ["这份邀请已撤回", "会议合并召开", "周岚 0371-0000000"]),
        (third, ["您已谢绝", "其他原因", "周岚 0371-0000000"]),
        (fourth, ["答复时间已过", "11 月 25 日 周三 10:00", "周岚 0371-0000000"]),
    ):
        page = invited.enter(client, invitation)
        assert page.status_code == 200
        assert [word for word in words if word not in page.text] == []
        assert 'value="accept"' not in page.text


def test_an_answer_to_a_closed_invitation_is_refused_in_words(client, database, invited, sent):
    invited.enter(client, sent)
    inviting.withdraw(database, sent, "会议合并召开", actor=invited.actor, now=NOW)
    answer = client.post("/invitation", data=NO)
    assert answer.status_code == 400
    assert "主办部门已撤回" in answer.text


def test_whoever_follows_no_link_or_a_wrong_one_reads_what_to_do(client, invited, sent):
    for address in ("/i/wrong", "/invitation", "/invitation/calendar.ics"):
        page = client.get(address)
        assert (page.status_code, "This link does not open an invitation" in page.text) == (410, True)
    assert client.post("/invitation", data=NO).status_code == 410


def test_a_forged_or_old_cookie_opens_nothing(client, invited, sent):
    client.set_cookie("invitation", str(sent.id), path="/invitation")
    assert client.get("/invitation").status_code == 410
    client.set_cookie("invitation", f'"{sent.id}".aaaa.bbbb', path="/invitation")
    assert client.get("/invitation").status_code == 410


def test_the_token_leaves_the_address_for_a_narrow_cookie(client, invited, sent):
    path = invited.link(sent)
    token = path.removeprefix("/i/")
    followed = client.get(path)
    assert (followed.status_code, followed.location) == (303, "/invitation")
    cookie = next(each for each in followed.headers.getlist("Set-Cookie") if each.startswith("invitation="))
    assert all(part in cookie for part in ("Path=/invitation", "HttpOnly", "SameSite=Lax", "Max-Age=7200"))
    assert followed.headers["Referrer-Policy"] == "no-referrer"
    assert followed.headers["Cache-Control"] == "no-store"
    page = client.get("/invitation")
    assert page.headers["Cache-Control"] == "no-store"
    assert token not in followed.text + followed.location + str(followed.headers) + page.text


def test_no_token_reaches_the_log(client, invited, sent, caplog, capfd):
    path = invited.link(sent)
    token = path.removeprefix("/i/")
    with caplog.at_level("DEBUG"):
        client.get(path)
        client.get("/invitation")
        client.post("/invitation", data=NO)
    printed = capfd.readouterr()
    assert "/i/<token>" in caplog.text + printed.out + printed.err
    assert token not in caplog.text + printed.out + printed.err


def test_the_page_begins_in_the_language_of_the_mail_and_changes_in_one_click(client, invited, sent):
    page = invited.enter(client, sent)
    assert 'lang="zh-Hans"' in page.text
    answer = client.post("/language/en", data={"next": "/invitation"})
    assert answer.location == "/invitation"
    text = text_of(client.get("/invitation"))
    told = [
        "Please come.",
        "Thu 3 Dec 10:00–13:00",
        "China Standard Time",
        "Three questions first",
        "3 hours",
    ]
    assert [each for each in told if each not in text] == []
