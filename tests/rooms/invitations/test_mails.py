import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from expertpool.access.models import Grant, Role
from expertpool.accounts.models import User
from expertpool.audit.models import AuditEntry
from expertpool.invitations import answering, inviting, links, suggestions
from expertpool.invitations.declaring import NOTHING
from expertpool.invitations.models import Channel, DeclineReason, InvitationLink, OnVacancy
from expertpool.outbox.models import Message
from expertpool.outbox.rendering import Renderer
from expertpool.outbox.service import snapshot_of
from expertpool.panels import confirmation
from expertpool.people.models import EmailAddress
from tests.builders.invitations import LATER, by_mail
from tests.builders.panels import make_user
from tests.conftest import NOW


@pytest.fixture
def organiser(session, invited):
    """Make an invited panel whose maker organises everywhere."""

    def make(**options):
        made = invited(**options)
        grant = Grant(user_id=made.actor.user_id, role=Role.ORGANISER, granted_at=NOW)
        session.add(grant)
        session.flush()
        return made

    return make


def messages(session, to=None):
    query = sa.select(Message).order_by(Message.id)
    return [each for each in session.scalars(query) if to in (None, each.recipient)]


def kinds(session, to):
    return [message.kind.removeprefix("invitations/") for message in messages(session, to)]


def render(message) -> EmailMessage:
    return Renderer("https://pool.example", "Pool <pool@office.example>", "Asia/Shanghai")(message)


def text(message) -> str:
    return str(render(message).get_body(("plain",)).get_content())


def accept(session, invitation, now=LATER):
    answering.accept(session, invitation, NOTHING, by=Channel.MAIL, actor=by_mail(invitation), now=now)


def decline(session, invitation, reason=DeclineReason.BUSY_THEN, said="在外地", now=LATER):
    answering.decline(session, invitation, reason, said, by=Channel.MAIL, actor=by_mail(invitation), now=now)


def address(invitation):
    return invitation.person.addresses[0].address


def test_the_invitation_says_what_when_where_who_and_has_a_link_and_a_calendar_part(session, invited):
    made = invited()
    made.panel.place = "302 会议室"
    invitation = made.invite()[0]
    (message,) = messages(session, address(invitation))
    assert (message.kind, message.locale) == ("invitations/request", "zh_Hans")
    token = snapshot_of(message)["path"].removeprefix(links.PATH)
    assert links.find(session, token) is invitation
    mail = render(message)
    assert mail["Subject"] == f"邀请函：{made.panel.title}"
    assert text(message) == (
        f"{invitation.person.name}，您好！\n"
        "\n"
        "诚邀您参加评审。\n"
        "\n"
        f"{made.panel.title} ({made.panel.number})\n"
        "时间：2026-12-03 周四 10:00 (中国标准时间) 至 13:00\n"
        "地点：302 会议室\n"
        f"主办部门：{made.scene.office.name}\n"
        "请您担任组长。\n"
        "报酬：800 元\n"
        "\n"
        "请打开下面的链接查看详情并答复，无需密码：\n"
        "\n"
        f"https://pool.example/i/{token}\n"
        "\n"
        "请在 2026-11-25 周三 10:00 (中国标准时间) 前答复，逾期将另请他人。\n"
        "\n"
        "咨询：周岚 0371-0000000\n"
    )
    (calendar,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert calendar.get_param("method") == "REQUEST"
    assert "STATUS:TENTATIVE" in calendar.get_content()


def test_who_has_no_chinese_name_and_no_account_reads_english(session, invited, scene):
    foreign, with_account = scene.people[:2]
    foreign.name = "Mei-Lin O'Brien"
    with_account.user_id = make_user(session).id
    session.get(User, with_account.user_id).locale = "en"
    made = invited()
    sent = made.invite()
    assert [messages(session, address(each))[0].locale for each in sent[:3]] == ["en", "en", "zh_Hans"]
    mail = text(messages(session, address(sent[0]))[0])
    assert mail.startswith("Dear Mei-Lin O'Brien,\n\nPlease come.\n")


def test_no_token_is_kept_anywhere_but_in_the_encrypted_mail(session, invited):
    invitation = invited().invite()[0]
    (message,) = messages(session, address(invitation))
    token = snapshot_of(message)["path"].removeprefix(links.PATH)
    assert token not in message.sealed_snapshot
    kept = session.scalars(sa.select(InvitationLink.token_hash)).all()
    assert token not in kept
    trail = session.scalars(sa.select(AuditEntry)).all()
    assert not any(token in str(entry.facts) + str(entry.personal) for entry in trail)
    assert links.find(session, token + "x") is None


def test_everybody_is_told_what_became_of_it_once_for_each_reason(session, organiser):
    made = organiser(on_vacancy=OnVacancy.OFFER, reminder_hours=[24])
    comes, declines, silent, taken_back, back = made.invite()
    accept(session, comes)
    accept(session, comes)
    decline(session, declines)
    accept(session, back)
    decline(session, back, now=LATER + timedelta(hours=1))
    inviting.withdraw(session, taken_back, "名额有变", actor=made.actor, now=LATER)
    due = silent.expires_at - timedelta(hours=24)
    assert [inviting.remind(session, silent, now=due) for _ in range(2)] == [True, False]
    assert answering.expire(session, silent, now=silent.expires_at)
    assert not answering.expire(session, silent, now=silent.expires_at)
    assert kinds(session, address(comes)) == ["request", "thanks"]
    assert kinds(session, address(declines)) == ["request", "declined"]
    assert kinds(session, address(silent)) == ["request", "reminder", "expired"]
    assert kinds(session, address(taken_back)) == ["request", "withdrawn"]
    assert kinds(session, address(back)) == ["request", "thanks", "declined"]
    assert {each.thread for each in messages(session, address(silent))} == {f"person-{silent.person_id}"}


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
def test_every_mail_renders_whole_in_both_languages_whatever_it_names(session, organiser, locale):
    made = organiser(on_vacancy=OnVacancy.INVITE, reminder_hours=[24])
    made.panel.title = '评审\r\nBcc: victim@example.org, "储能", 100% 🚀;'
    made.panel.place = "楼上\r\nX-Evil: 1"
    made.campaign.text_zh = made.campaign.text_en = "第一行\r\n.\r\n第二行 🚀 {{ 1 }} %(x)s"
    session.flush()
    for seat in made.panel.seats:
        seat.person.name = f'{seat.person.name}\r\nBcc: x@example.org, "甲"'
    sent = made.invite()
    accept(session, sent[0])
    decline(session, sent[1])
    decline(session, sent[2], DeclineReason.OTHER, "换人\r\nTo: y@example.org 🚀")
    inviting.withdraw(session, sent[3], "改期 🚀, 100%", actor=made.actor, now=LATER)
    inviting.remind(session, sent[4], now=sent[4].expires_at - timedelta(hours=24))
    answering.expire(session, sent[4], now=sent[4].expires_at)
    suggestions.suggest(
        session,
        sent[0],
        person_name="秦望舒",
        organisation="望舒实验室",
        contact="qin@mail.example",
        note="同行",
        actor=by_mail(sent[0]),
        now=LATER,
    )
    seen = set()
    for message in messages(session):
        message.locale = locale
        mail = render(message)
        seen.add(message.kind.removeprefix("invitations/"))
        raw = mail.as_bytes().decode("utf-8", "replace")
        head = raw.partition("\r\n\r\n")[0]
        assert not re.search(r"(?im)^(bcc|x-evil):", head)
        assert mail["To"] == message.recipient
        assert "\n" not in mail["Subject"]
        assert "秦望舒" not in text(message)
        if locale == "en":
            assert not re.search("您|请", text(message))
    assert seen == {
        "request",
        "reminder",
        "thanks",
        "declined",
        "expired",
        "withdrawn",
        "vacancy",
        "suggestion",
    }


def of_organiser(session, made):
    return messages(session, session.get_one(User, made.actor.user_id).email)


def test_the_organiser_is_told_in_one_line_who_left_and_what_follows(session, organiser):
    made = organiser()
    first, second, third = made.invite()[:3]
    next_one, last_one = (seat.person.name for seat in made.alternates)
    decline(session, first)
    decline(session, second, DeclineReason.NOT_MY_FIELD, "")
    answering.expire(session, third, now=third.expires_at)
    told = [text(message).splitlines()[2:] for message in of_organiser(session, made)]
    foot = ["", f"{made.panel.title} ({made.panel.number})", f"https://pool.example/panels/{made.panel.id}"]
    assert told == [
        [
            f"{first.person.name}不参加（时间不合适）。",
            "本人说明：在外地",
            f"已改邀{next_one}，您无需处理。",
            *foot,
        ],
        [f"{second.person.name}不参加（专业不对口）。", f"已改邀{last_one}，您无需处理。", *foot],
        [f"{third.person.name}未在规定时间内答复。", "已没有合适的候补，请您另找人选。", *foot],
    ]


def test_the_organiser_is_told_of_a_conflict_that_came_up_with_the_answer(session, organiser, scene):
    made = organiser(on_vacancy=OnVacancy.OFFER)
    invitation = made.invite()[0]
    made.hire(invitation.seat, scene.applicant)
    accept(session, invitation)
    (message,) = of_organiser(session, made)
    assert render(message)["Subject"] == f"{invitation.person.name}不能参加：{made.panel.title}"
    assert text(message).splitlines()[2:4] == [
        f"{invitation.person.name}愿意参加，但目前不符合条件（应当回避）。",
        f"下一位候补{made.alternates[0].person.name}符合条件，请您决定是否邀请。",
    ]
    assert kinds(session, address(invitation)) == ["request", "withdrawn"]


def test_the_organiser_is_told_once_everybody_comes(session, organiser):
    made = organiser()
    sent = made.invite()
    for invitation in sent[:-1]:
        accept(session, invitation)
    assert of_organiser(session, made) == []
    accept(session, sent[-1])
    (message,) = of_organiser(session, made)
    assert render(message)["Subject"] == f"全部成员已确认参加：{made.panel.title}"


def test_a_cancelled_panel_takes_its_invitations_back_and_tells_each_person_once(session, organiser):
    made = organiser()
    sent = made.invite()
    accept(session, sent[0])
    decline(session, sent[1])
    before = len(messages(session))
    confirmation.cancel(session, made.panel, "改用函审", actor=made.actor, now=LATER)
    assert [each.state.value for each in sent] == ["withdrawn", "declined", *["withdrawn"] * 3]
    new = messages(session)[before:]
    told = [each for each in new if each.recipient != address(sent[1])]
    assert {each.kind for each in told} == {"panels/cancelled"}
    assert len({each.recipient for each in told}) == len(told) == 5
    calendar = next(part for part in render(told[0]).walk() if part.get_content_type() == "text/calendar")
    assert calendar.get_param("method") == "CANCEL"


def test_a_declined_invitation_leaves_the_calendar(session, invited):
    invitation = invited().invite()[0]
    decline(session, invitation)
    mail = render(messages(session, address(invitation))[-1])
    calendar = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert calendar.get_param("method") == "CANCEL"


def test_who_has_no_address_is_written_to_once_they_have_one(session, invited):
    made = invited()
    seat = made.members[0]
    seat.person.addresses.clear()
    session.flush()
    made.invite()
    invitation = inviting.invite(
        session, made.campaign, seat=seat, channel=Channel.PHONE, actor=made.actor, now=NOW
    )
    seat.person.addresses = [EmailAddress(address="new@mail.example", position=0)]
    session.flush()
    accept(session, invitation)
    assert kinds(session, "new@mail.example") == ["thanks"]
