"""What organisers write, preview, send, see, withdraw and phone; and who may not."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
import sqlalchemy as sa

from expertpool.interests.models import Relation
from expertpool.invitations import answering, campaigns
from expertpool.invitations.models import (
    Call,
    Campaign,
    Channel,
    DeclineReason,
    Invitation,
    InvitationLink,
    InvitationState,
    OnVacancy,
    Outcome,
    Suggestion,
)
from expertpool.panels.models import SeatRole, SeatState
from expertpool.people import contacts
from expertpool.settings import choices
from tests.builders.organisations import make_organisation
from tests.conftest import NOW
from tests.web.counting import statements_of
from tests.web.foreign import assert_closed
from tests.web.invitations.test_links_change_nothing import whole

TEXT = {
    "text_zh": "请您参加轴承标准审查。",
    "text_en": "Please review the bearings.",
    "fee": "900 元",
    "contact": "周岚 0371-0000000",
    "answer_hours": "48",
    "reminder_hours": ["24", "12"],
    "on_vacancy": "invite",
}


def text_of(page) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text)))


@pytest.fixture
def organiser(as_role):
    return as_role("organiser")


def decline(invited, invitation, reason=DeclineReason.BUSY_THEN, text=None):
    answering.decline(
        invited.session, invitation, reason, text, by=Channel.MAIL, actor=invited.actor, now=NOW
    )
    invited.session.commit()


def go(invited, way: OnVacancy):
    invited.campaign.on_vacancy = way
    invited.session.commit()


def test_an_organiser_writes_looks_and_sends(database, invited, organiser):
    database.delete(invited.campaign)
    address = f"/panels/{invited.panel.id}"
    assert f'href="{address}/invitations/text"' in organiser.get(address).text
    assert organiser.get(f"{address}/invitations/preview").status_code == 404
    drafted = organiser.get(f"{address}/invitations/text")
    assert invited.panel.title in drafted.text
    saved = organiser.post(f"{address}/invitations/text", data=TEXT)
    assert (saved.status_code, saved.location) == (302, f"{address}/invitations/preview")
    campaign = database.scalars(sa.select(Campaign)).one()
    assert (campaign.fee, campaign.answer_hours, sorted(campaign.reminder_hours), campaign.on_vacancy) == (
        "900 元",
        48,
        [12, 24],
        OnVacancy.INVITE,
    )
    seen = text_of(organiser.get(saved.location))
    told = [
        "Please review the bearings.",
        "请您参加轴承标准审查。",
        "900 元",
        "/i/…",
        "5 people will be invited",
    ]
    assert [each for each in told if each not in seen] == []
    assert database.scalars(sa.select(Invitation)).all() == []
    sent = organiser.post(saved.location)
    assert sent.location == address
    assert len(database.scalars(sa.select(Invitation)).all()) == 5
    page = text_of(organiser.get(address))
    assert "5 invitations were sent." in page
    assert "Accepted 0 of 5; 5 have not answered." in page


@pytest.mark.parametrize(
    ("days", "reminded_after", "ticked"), [(5, 2, ["72"]), (10, 2, ["192"]), (3, 3, []), (1, 2, [])]
)
def test_a_new_text_waits_as_the_office_chose(database, invited, organiser, days, reminded_after, ticked):
    database.delete(invited.campaign)
    wanted = {"invitations.days_to_answer": days, "invitations.remind_after_days": reminded_after}
    choices.choose(database, wanted, actor=invited.actor, now=NOW)
    database.commit()
    page = organiser.get(f"/panels/{invited.panel.id}/invitations/text").text
    asked = re.findall(r"<input[^>]*>", page)
    assert [each for each in asked if 'name="answer_hours"' in each and f'value="{24 * days}"' in each]
    boxes = [each for each in asked if 'name="reminder_hours"' in each and "checked" in each]
    assert [re.search(r'value="(\d+)"', each).group(1) for each in boxes] == ticked


def test_the_preview_is_the_mail_that_is_sent(invited, organiser):
    address = f"/panels/{invited.panel.id}/invitations/preview"
    seen = html.unescape(organiser.get(address).text)
    invited.invite()
    mail = invited.mails("request")[-1]
    settings = organiser.application.config["EXPERTPOOL"]
    from expertpool.outbox.rendering import Renderer

    written = Renderer(settings.base_url, settings.mail_from, settings.timezone)(mail)
    body = written.get_body(("plain",)).get_content().strip()
    lines = [line.strip() for line in body.splitlines() if line.strip() and "/i/" not in line]
    assert [line for line in lines if line not in seen] == []


def test_the_text_is_refused_at_its_fields(invited, organiser):
    address = f"/panels/{invited.panel.id}/invitations/text"
    answer = organiser.post(address, data=TEXT | {"text_zh": "", "contact": "", "answer_hours": "9999"})
    assert answer.status_code == 400
    wrong = set(re.findall(r'id="(\w+)-error"', answer.text))
    assert wrong == {"text_zh", "contact", "answer_hours"}


def test_people_without_an_address_are_named_before_sending(database, invited, organiser):
    seat = invited.seats()[0]
    seat.person.addresses = []
    database.commit()
    page = organiser.get(f"/panels/{invited.panel.id}/invitations/preview")
    assert "No mail address" in page.text
    assert f'<a href="/people/{seat.person_id}">{seat.person.name}</a>' in page.text
    organiser.post(f"/panels/{invited.panel.id}/invitations/preview")
    assert len(database.scalars(sa.select(Invitation)).all()) == 4


def test_one_line_says_who_left_and_who_was_invited(invited, organiser):
    go(invited, OnVacancy.INVITE)
    left = invited.invite()[1]
    alternate = invited.seats(SeatRole.ALTERNATE)[0].person.name
    decline(invited, left, text="在外地")
    page = text_of(organiser.get(f"/panels/{invited.panel.id}"))
    assert f"{left.person.name} declined (busy then); {alternate} was invited instead" in page
    assert "busy then; 在外地" in page


def test_an_offered_seat_shows_who_is_next_and_invites_them(database, invited, organiser):
    left = invited.invite()[1]
    decline(invited, left)
    address = f"/panels/{invited.panel.id}"
    page = organiser.get(address)
    assert "the next alternate waits for your decision" in page.text
    vacancy = f"{address}/vacancies/{left.seat_id}"
    assert f'href="{vacancy}"' in page.text
    first, second = (seat.person for seat in invited.seats(SeatRole.ALTERNATE))
    first.status = "resting"
    database.commit()
    seen = text_of(organiser.get(vacancy))
    assert f"Passed over 1 Order Person Why 6 {first.name}" in seen
    assert f"Invite {second.name}" in seen
    assert organiser.post(vacancy).location == address
    taken = database.scalars(sa.select(Invitation).where(Invitation.person_id == second.id)).one()
    assert (taken.seat.replaces_id, taken.state) == (left.seat_id, InvitationState.SENT)
    assert organiser.get(vacancy).location == address


def test_a_vacant_seat_that_nobody_fits_says_so(database, invited, organiser):
    left = invited.invite()[1]
    for seat in invited.seats(SeatRole.ALTERNATE):
        seat.person.status = "resting"
    decline(invited, left)
    page = organiser.get(f"/panels/{invited.panel.id}")
    assert "no alternate fits; the decision is yours" in page.text
    vacancy = f"/panels/{invited.panel.id}/vacancies/{left.seat_id}"
    assert "No alternate fits this seat" in organiser.get(vacancy).text
    refused = organiser.post(vacancy)
    assert (refused.status_code, "No alternate fits any more" in refused.text) == (400, True)


def test_somebody_else_of_the_pool_is_found_added_and_invited(database, invited, organiser):
    left = invited.invite()[1]
    for seat in invited.seats(SeatRole.ALTERNATE):
        seat.person.status = "resting"
    decline(invited, left)
    seated = {seat.person_id for seat in invited.panel.seats}
    fit = [each for each in invited.scene.people if each.id not in seated]
    vacancy = f"/panels/{invited.panel.id}/vacancies/{left.seat_id}"
    assert f'href="{vacancy}/add"' in organiser.get(vacancy).text
    empty = organiser.get(f"{vacancy}/add")
    assert "The whole pool is looked through" in empty.text
    best = text_of(organiser.get(f"{vacancy}/add?best=1"))
    assert "nothing stands against it" in best
    assert {each.name for each in fit if each.name in best}
    named = text_of(organiser.get(f"{vacancy}/add?q={left.person.name}"))
    assert "is or was in this panel already" in named
    refused = organiser.post(f"{vacancy}/add", data={"person": left.person.number})
    assert (refused.status_code, "is or was in this panel already." in refused.text) == (400, True)
    assert organiser.post(f"{vacancy}/add", data={"person": "nobody"}).status_code == 400
    chosen = next(each for each in fit if each.name in best)
    assert organiser.post(f"{vacancy}/add", data={"person": chosen.number}).location == vacancy
    assert f"Invite {chosen.name}" in text_of(organiser.get(vacancy))
    organiser.post(vacancy)
    assert invited.mails("request")[-1].recipient == chosen.addresses[0].address
    page = text_of(organiser.get(f"/panels/{invited.panel.id}"))
    assert f"{chosen.name} of the pool stands by for a vacant seat" in page


def test_withdrawing_asks_for_a_reason_and_frees_the_seat(database, invited, organiser):
    invitation = invited.invite()[2]
    address = f"/invitations/{invitation.id}/withdraw"
    assert invitation.person.name in organiser.get(address).text
    assert organiser.post(address, data={"reason": ""}).status_code == 400
    done = organiser.post(address, data={"reason": "评审合并"})
    assert done.location == f"/panels/{invited.panel.id}"
    database.refresh(invitation)
    assert (invitation.state, invitation.seat.state) == (InvitationState.WITHDRAWN, SeatState.WITHDRAWN)
    again = organiser.post(address, data={"reason": "评审合并"})
    assert (again.status_code, "closed already" in again.text) == (400, True)


def test_alternates_are_phoned_in_turn_and_no_call_goes_unrecorded(database, invited, organiser):
    go(invited, OnVacancy.PHONE)
    left = invited.invite()[1]
    decline(invited, left)
    address = f"/panels/{invited.panel.id}"
    first, second = invited.seats(SeatRole.ALTERNATE)
    contacts.set_phone(database, first.person, "13800138000", actor=invited.actor, now=NOW)
    database.commit()
    entrance = f"{address}/vacancies/{left.seat_id}/call"
    assert f'href="{entrance}"' in organiser.get(address).text
    turn = organiser.get(entrance)
    assert turn.location == f"{address}/seats/{first.id}/call"
    page = organiser.get(turn.location)
    assert "13800138000" not in page.text
    assert "138" + "*" * 6 + "00" in page.text
    revealed = organiser.post(f"{turn.location}/phone")
    assert "13800138000" in revealed.text
    assert "800 元" in page.text.partition('<textarea class="form-control ep-read"')[2]

    skipping = organiser.post(f"{address}/seats/{second.id}/call", data={"outcome": "accepted"})
    assert (skipping.status_code, f"{first.person.name} comes first" in skipping.text) == (400, True)
    unsaid = organiser.post(turn.location, data={"outcome": "declined"})
    assert (unsaid.status_code, 'id="reason-error"' in unsaid.text) == (400, True)
    assert organiser.post(turn.location, data={}).status_code == 400

    noted = organiser.post(turn.location, data={"outcome": "no-answer", "text": "下午再打"})
    assert noted.location == entrance
    assert organiser.get(entrance).location == f"{address}/seats/{second.id}/call"
    came = organiser.post(f"{address}/seats/{second.id}/call", data={"outcome": "accepted"})
    assert came.location == address
    database.refresh(second)
    assert (second.state, second.replaces_id) == (SeatState.ACCEPTED, left.seat_id)
    calls = [(call.seat_id, call.outcome, call.note) for call in database.scalars(sa.select(Call))]
    assert calls == [(first.id, Outcome.NO_ANSWER, "下午再打"), (second.id, Outcome.ACCEPTED, None)]
    assert f"{second.person.name} comes instead" in organiser.get(address).text


def test_a_link_for_a_message_asks_whose_turn_it_is_and_ends_with_the_invitation(
    database, invited, organiser, client
):
    go(invited, OnVacancy.PHONE)
    left = invited.invite()[1]
    decline(invited, left)
    first, second = invited.seats(SeatRole.ALTERNATE)
    address = f"/panels/{invited.panel.id}/seats"
    early = organiser.post(f"{address}/{second.id}/call/link")
    assert (early.status_code, "comes first and was not called yet" in early.text) == (400, True)
    page = organiser.post(f"{address}/{first.id}/call/link")
    assert page.headers["Cache-Control"] == "no-store"
    (path,) = re.findall(r"(/i/[\w-]{43})", page.text)
    assert "/i/" not in organiser.get(f"{address}/{first.id}/call").text
    made = database.scalars(sa.select(Invitation).where(Invitation.person_id == first.person_id)).one()
    assert (made.channel, made.state) == (Channel.PHONE, InvitationState.SENT)
    assert (made.seat.replaces_id, made.seat.state) == (left.seat_id, SeatState.INVITED)
    hashes = database.scalars(sa.select(InvitationLink.token_hash)).all()
    assert path.removeprefix("/i/") not in " ".join(hashes)
    before = whole(database)
    for method in ("GET", "HEAD"):
        assert client.open(path, method=method, follow_redirects=True).status_code == 200
    assert whole(database) == before
    organiser.post(f"/invitations/{made.id}/withdraw", data={"reason": "会议改期"})
    client.get(path)
    answered = client.post(
        "/invitation", data={"do": "accept", "employed": "no", "related": "no", "other": "no"}
    )
    assert answered.status_code == 400
    database.refresh(made)
    assert made.state is InvitationState.WITHDRAWN


def test_a_conflict_told_on_the_phone_keeps_somebody_from_the_seat(database, invited, organiser):
    go(invited, OnVacancy.PHONE)
    left = invited.invite()[1]
    decline(invited, left)
    first = invited.seats(SeatRole.ALTERNATE)[0]
    address = f"/panels/{invited.panel.id}/seats/{first.id}/call"
    told = {"outcome": "accepted", "other_text": "给申报单位做过咨询", "other_since": "2026-03"}
    wrong = organiser.post(address, data=told | {"other_until": "2025-12"})
    assert (wrong.status_code, "The relation ends before it begins." in wrong.text) == (400, True)
    organiser.post(address, data=told)
    database.refresh(first)
    assert first.state is SeatState.WITHDRAWN
    kept = database.scalars(sa.select(Relation).where(Relation.person_id == first.person_id)).all()
    assert {(each.since, each.until) for each in kept} == {(date(2026, 3, 1), None)}
    page = text_of(organiser.get(f"/panels/{invited.panel.id}"))
    assert f"{first.person.name} would come and cannot: a conflict of interest stands against it" in page


def test_a_suggested_colleague_is_shown_until_it_is_dealt_with(database, invited, organiser, client):
    invitation = invited.invite()[0]
    invited.enter(client, invitation)
    form = {"do": "suggest", "person_name": "穆云开", "organisation": "云开检测", "contact": "mu@c.example"}
    client.post("/invitation", data=form)
    address = f"/panels/{invited.panel.id}"
    page = organiser.get(address).text
    assert all(word in page for word in ("穆云开", "云开检测", "mu@c.example", invitation.person.name))
    entering = html.unescape(re.search(r'href="(/people/new[^"]+)"', page)[1])
    assert all(f'value="{word}"' in organiser.get(entering).text for word in ("穆云开", "云开检测"))
    suggestion = database.scalars(sa.select(Suggestion)).one()
    assert organiser.post(f"/invitations/suggestions/{suggestion.id}/settle").location == address
    assert "穆云开" not in organiser.get(address).text


def test_nobody_outside_of_the_office_acts_on_its_invitations(database, invited, as_role, client):
    invitation = invited.invite()[0]
    invited.enter(client, invitation)
    client.post("/invitation", data={"do": "suggest", "person_name": "穆云开"})
    left = database.scalars(sa.select(Invitation).order_by(Invitation.id)).all()[1]
    decline(invited, left)
    suggestion = database.scalars(sa.select(Suggestion)).one()
    stranger = as_role("organiser", organisation_id=make_organisation(database, "别的单位").id)
    panel, seat = invited.panel.id, left.seat_id
    name = invitation.person.name
    for method, address in (
        ("GET", f"/panels/{panel}/invitations/text"),
        ("POST", f"/panels/{panel}/invitations/text"),
        ("GET", f"/panels/{panel}/invitations/preview"),
        ("POST", f"/panels/{panel}/invitations/preview"),
        ("GET", f"/invitations/{invitation.id}/withdraw"),
        ("POST", f"/invitations/{invitation.id}/withdraw"),
        ("GET", f"/panels/{panel}/vacancies/{seat}"),
        ("POST", f"/panels/{panel}/vacancies/{seat}"),
        ("GET", f"/panels/{panel}/vacancies/{seat}/call"),
        ("GET", f"/panels/{panel}/seats/{seat}/call"),
        ("POST", f"/panels/{panel}/seats/{seat}/call"),
        ("POST", f"/panels/{panel}/seats/{seat}/call/phone"),
        ("POST", f"/invitations/suggestions/{suggestion.id}/settle"),
    ):
        assert_closed(stranger, method, address, name, "穆云开")
    database.refresh(suggestion)
    assert (suggestion.settled_at, database.scalars(sa.select(Call)).all()) == (None, [])


def test_a_seat_of_another_panel_is_not_reached_through_this_one(database, invited, organiser):
    other = invited.scene.panel(title="另一个评审组")
    database.commit()
    seat = invited.seats()[0].id
    for address in (f"vacancies/{seat}", f"vacancies/{seat}/call", f"seats/{seat}/call"):
        assert organiser.get(f"/panels/{other.id}/{address}").status_code == 404


def test_auditors_see_the_answers_and_no_buttons(invited, as_role):
    invitation = invited.invite()[0]
    page = as_role("auditor").get(f"/panels/{invited.panel.id}")
    assert "answer by" in page.text
    assert f"/invitations/{invitation.id}/withdraw" not in page.text


def test_the_panel_page_asks_the_database_as_often_for_more_answers(app, invited, organiser):
    address = f"/panels/{invited.panel.id}"
    sent = invited.invite()
    few = statements_of(app, lambda: organiser.get(address))
    for invitation in sent[:3]:
        decline(invited, invitation)
    many = statements_of(app, lambda: organiser.get(address))
    assert many <= few + 2


def test_a_changed_text_counts_for_the_next(database, invited, organiser):
    organiser.post(f"/panels/{invited.panel.id}/invitations/text", data=TEXT)
    database.refresh(invited.campaign)
    assert campaigns.of_panel(database, invited.panel.id).text_zh == TEXT["text_zh"]


def test_a_vacant_seat_waits_on_the_front_page_until_it_is_filled(invited, organiser):
    left = invited.invite()[1]
    words = f"{invited.panel.title}: the seat of {left.person.name} is vacant"
    assert words not in text_of(organiser.get("/"))
    decline(invited, left)
    assert words in text_of(organiser.get("/"))
    assert "Fill the vacant seat" in organiser.get("/panels/").text
    organiser.post(f"/panels/{invited.panel.id}/vacancies/{left.seat_id}")
    assert words not in text_of(organiser.get("/"))
    assert "5 answers are awaited" in organiser.get("/panels/").text
