"""A signed-in expert sees and answers own invitations, and nobody else's."""

from __future__ import annotations

import re

import pytest

from expertpool.invitations.models import Channel, InvitationState
from tests.web.counting import statements_of

NO = {"do": "accept", "employed": "no", "related": "no", "other": "no"}


@pytest.fixture
def expert(as_role):
    return as_role("expert")


@pytest.fixture
def mine(database, invited, expert):
    """The expert's own invitation, and somebody else's."""
    first, second, *_rest = invited.invite()
    first.person.user_id = expert.user_id
    database.commit()
    return first, second


def test_an_open_invitation_waits_on_the_front_page_until_it_is_answered(database, invited, expert, mine):
    own, _other = mine
    page = expert.get("/")
    assert f'href="/me/invitations/{own.id}"' in page.text
    answer = expert.post(f"/me/invitations/{own.id}", data=NO)
    assert answer.location == f"/me/invitations/{own.id}"
    database.refresh(own)
    assert (own.state, own.answered_by) == (InvitationState.ACCEPTED, Channel.PAGE)
    today = expert.get("/").text
    assert "Read and answer" not in today
    assert "My panels ahead" in today
    assert re.findall(r'<th scope="row"><a href="([^"]+)">', today) == [f"/me/invitations/{own.id}"]
    assert "You come. Thank you." in expert.get(answer.location).text


def test_the_list_holds_own_invitations_only(invited, expert, mine):
    own, other = mine
    page = expert.get("/me/invitations").text
    assert f"/me/invitations/{own.id}" in page
    assert f"/me/invitations/{other.id}" not in page


@pytest.mark.parametrize("address", ["/me/invitations/{}", "/me/invitations/{}/calendar.ics"])
def test_somebody_elses_invitation_is_not_there(invited, expert, mine, address):
    _own, other = mine
    assert expert.get(address.format(other.id)).status_code == 404
    assert expert.post(f"/me/invitations/{other.id}", data=NO).status_code == 404


def test_an_account_without_a_person_has_no_invitations(expert, invited):
    sent = invited.invite()
    assert "belongs to nobody in the pool yet" in expert.get("/me/invitations").text
    assert expert.get(f"/me/invitations/{sent[0].id}").status_code == 404
    assert expert.get("/").status_code == 200


def test_nothing_was_asked_of_a_newcomer(database, invited, expert):
    invited.scene.people[-1].user_id = expert.user_id
    assert "You have not been invited yet" in expert.get("/me/invitations").text


def test_the_entry_of_an_accepted_seat_can_be_downloaded(invited, expert, mine):
    own, _other = mine
    expert.post(f"/me/invitations/{own.id}", data=NO)
    file = expert.get(f"/me/invitations/{own.id}/calendar.ics")
    assert (file.mimetype, file.status_code) == ("text/calendar", 200)
    assert "STATUS:CONFIRMED" in file.text
    assert file.text.count("BEGIN:VEVENT") == 1


def test_the_list_costs_as_many_statements_for_many_invitations(app, database, invited, expert, mine):
    few = statements_of(app, lambda: expert.get("/me/invitations"))
    own, other = mine
    other.person_id = own.person_id
    database.commit()
    assert statements_of(app, lambda: expert.get("/me/invitations")) == few
