"""Inviting people to sign in, and answering what they ask to put right."""

import sqlalchemy as sa

from expertpool.accounts.models import User
from expertpool.events import Actor
from expertpool.people import corrections
from expertpool.people.models import Person
from tests.builders.people import make_person
from tests.conftest import NOW


def person_in(database, **values):
    made = make_person(database, "何霁", addresses=("he@example.org",), **values)
    database.commit()
    return made


def test_an_administrator_invites_and_disconnects(as_role, database):
    person, client = person_in(database), as_role("administrator")
    page = client.get(f"/people/{person.id}/account").text
    assert 'value="he@example.org"' in page
    sent = client.post(f"/people/{person.id}/account", data={"email": "he@example.org"})
    assert sent.location == f"/people/{person.id}#account"
    user = database.scalars(sa.select(User).where(User.email == "he@example.org")).one()
    assert database.get(Person, person.id).user_id == user.id
    shown = client.get(f"/people/{person.id}").text
    assert f'href="/admin/users/{user.id}"' in shown
    assert "Signs in with the account of he@example.org" in shown
    assert client.get(f"/people/{person.id}/account").location == f"/people/{person.id}#account"
    client.post(f"/people/{person.id}/account/disconnect")
    assert database.get(Person, person.id).user_id is None


def test_wrong_addresses_come_back_at_the_field(as_role, database):
    person, client = person_in(database), as_role("administrator")
    make_person(database, "陆文澜", addresses=("lu@example.org",))
    for email, words in (
        ("", "Give a mail address."),
        ("x", "no mail address"),
        ("lu@example.org", "陆文澜"),
    ):
        answer = client.post(f"/people/{person.id}/account", data={"email": email})
        assert (answer.status_code, words in answer.text) == (400, True)
        assert 'id="email-error"' in answer.text
    assert database.get(Person, person.id).user_id is None


def test_an_organiser_is_told_who_can_invite(as_role, database):
    person, client = person_in(database), as_role("organiser")
    page = client.get(f"/people/{person.id}").text
    assert "An administrator can invite the person to sign in." in page
    assert f"/people/{person.id}/account" not in page
    assert client.post(f"/people/{person.id}/account", data={"email": "he@example.org"}).status_code == 403


def test_a_request_for_correction_waits_with_the_office_and_is_answered(as_role, database):
    person, client = person_in(database), as_role("organiser")
    corrections.ask(database, person, "学历应为博士", actor=client_actor(client), now=NOW)
    assert "何霁 asks for a correction of the record" in client.get("/").text
    page = client.get(f"/people/{person.id}").text
    assert "学历应为博士" in page
    assert "/corrections" not in as_role("administrator").get(f"/people/{person.id}").text
    empty = client.post(f"/people/{person.id}/corrections", data={"answer": ""})
    assert (empty.status_code, "Say what was put right, or why not." in empty.text) == (400, True)
    client.post(f"/people/{person.id}/corrections", data={"answer": "已改正"})
    assert "asks for a correction" not in client.get("/").text
    again = client.post(f"/people/{person.id}/corrections", data={"answer": "已改正"})
    assert (again.status_code, "asks for no correction" in again.text) == (400, True)


def client_actor(client):
    return Actor(client.user_id, "何霁")
