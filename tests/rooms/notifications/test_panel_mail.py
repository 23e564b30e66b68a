"""Whoever was invited to a panel is told once when it moves or is called off, with the calendar entry."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from expertpool import wiring
from expertpool.invitations.models import Campaign, Invitation, InvitationState
from expertpool.outbox.models import Message
from expertpool.outbox.rendering import Renderer
from expertpool.panels import confirmation, moving
from expertpool.panels.models import SeatState
from expertpool.people.models import EmailAddress
from tests.builders.closing import LATER, make_met
from tests.builders.panels import ACTOR, Scene
from tests.conftest import NOW

wiring.connect()
RENDER = Renderer("https://pool.example.org", "Pool <pool@example.org>", "Asia/Shanghai")
DAY = timedelta(days=1)
REASON = "申报单位撤回\r\nBcc: x@example.org"


@pytest.fixture
def panel(session):
    """Seven seats: the first declined, the second was only proposed, the third invited, the rest accepted."""
    panel = make_met(session, Scene(session))
    seats = confirmation.holders(panel)
    seats[0].state, seats[1].state, seats[2].state = SeatState.DECLINED, SeatState.PROPOSED, SeatState.INVITED
    campaign = Campaign(
        panel_id=panel.id, text_zh="请参加", text_en="Please come", contact="周岚 0371-1234", created_at=NOW
    )
    session.add(campaign)
    session.flush()
    states = [InvitationState.DECLINED, None, InvitationState.SENT] + [InvitationState.ACCEPTED] * 4
    for seat, state in zip(seats, states, strict=True):
        address = EmailAddress(person_id=seat.person_id, address=f"p{seat.id}@example.org", position=0)
        session.add(address)
        if state:
            values = {"campaign_id": campaign.id, "seat_id": seat.id, "person_id": seat.person_id}
            session.add(
                Invitation(
                    **values,
                    state=state,
                    sent_at=NOW,
                    expires_at=NOW + DAY,
                    ended_at=NOW if state is InvitationState.DECLINED else None,
                )
            )
    session.flush()
    return panel


def mails(session, kind):
    query = sa.select(Message).where(Message.kind == kind).order_by(Message.id)
    return session.scalars(query).all()


def addresses(panel, first):
    """The addresses of the members from the given seat on."""
    seats = sorted(panel.seats, key=lambda seat: seat.position)[first:7]
    return sorted(f"p{seat.id}@example.org" for seat in seats)


def text(message):
    mail = RENDER(message)
    return f"{mail['Subject']}\n{mail.get_body(('plain',)).get_content()}"


def events(message):
    """Method and stated time of each calendar part."""
    parts = [part for part in RENDER(message).walk() if part.get_content_type() == "text/calendar"]
    return [(part.get_param("method"), part.get_content().count("BEGIN:VEVENT")) for part in parts]


def move(session, panel, days=1, **options):
    values = {"place": "三楼", "room": None, "actor": ACTOR, "now": LATER}
    starts, ends = panel.starts + days * DAY, panel.ends + days * DAY
    moving.move(session, panel, starts, ends, **values | options)


def test_a_move_is_told_to_those_who_were_invited_and_have_not_declined(session, panel):
    move(session, panel)
    found = mails(session, "panels/moved")
    assert sorted(message.recipient for message in found) == addresses(panel, 2)
    written = text(found[0])
    assert written.startswith(f"时间或地点有变：{panel.title}\n")
    for part in ("原定 2026-12-03", "2026-12-04", "10:00", "13:00", "地点：三楼", "周岚 0371-1234"):
        assert part in written
    assert {tuple(events(message)) for message in found} == {(("REQUEST", 1),)}
    assert {message.thread for message in found} == {
        f"person-{seat.person_id}" for seat in confirmation.holders(panel)[1:]
    }


def test_every_move_is_told_once(session, panel):
    move(session, panel)
    move(session, panel)
    assert len(mails(session, "panels/moved")) == 10
    assert len({message.dedupe_key for message in mails(session, "panels/moved")}) == 10


def test_another_place_alone_does_not_speak_of_a_time_before(session, panel):
    move(session, panel, days=0, place="五楼")
    assert "原定" not in text(mails(session, "panels/moved")[0])


def test_the_end_of_a_panel_is_told_with_its_reason_to_those_invited(session, panel):
    wanted = addresses(panel, 2)
    confirmation.cancel(session, panel, REASON, actor=ACTOR, now=LATER)
    found = mails(session, "panels/cancelled")
    assert sorted(message.recipient for message in found) == wanted
    written = text(found[0])
    assert written.startswith(f"已取消：{panel.title}\n")
    assert "原因：申报单位撤回" in written
    assert RENDER(found[0])["Bcc"] is None
    assert mails(session, "panels/moved") == []


def test_a_cancelled_panel_takes_the_entry_back(session, panel):
    move(session, panel)
    confirmation.cancel(session, panel, "申报单位撤回", actor=ACTOR, now=LATER)
    assert {tuple(events(message)) for message in mails(session, "panels/cancelled")} == {(("CANCEL", 1),)}


def test_titles_with_line_breaks_make_no_header(session, panel):
    panel.title = "标题\r\nBcc: x@example.org"
    session.flush()
    move(session, panel)
    mail = RENDER(mails(session, "panels/moved")[0])
    assert mail["Subject"] == "时间或地点有变：标题"
    assert mail["Bcc"] is None
