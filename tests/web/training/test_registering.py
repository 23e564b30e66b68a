"""Strangers register: a mailed link, the trainee's role, and back to the course."""

import re

import pytest
import sqlalchemy as sa

from expertpool.access.models import Grant, Role
from expertpool.accounts.models import User
from expertpool.outbox import service as outbox
from expertpool.outbox.models import Message
from expertpool.training.models import Enrolment, EnrolmentState
from tests.builders.access import make_user
from tests.web.conftest import without_tokens

GOOD = {"name": " 王  小明 ", "email": "Wang@Example.org", "consent": "y"}


@pytest.fixture
def token_of(database):
    """Return the token that the last mail carries."""

    def token():
        message = database.scalars(sa.select(Message).order_by(Message.id.desc())).first()
        return re.search(r"/link/([\w-]+)", str(outbox.snapshot_of(message)))[1]

    return token


def test_a_stranger_registers_confirms_and_enrols(client, database, cohort, token_of):
    answer = client.post("/register?course=C-2026-0001&cohort=C-2026-0001-1", data=GOOD)
    assert "A link is on its way to wang@example.org." in answer.text
    user = database.scalars(sa.select(User)).one()
    assert (user.name, user.email, user.confirmed_at) == ("王 小明", "wang@example.org", None)
    held = database.scalars(sa.select(Grant)).one()
    assert (held.role, held.reason) == (
        Role.TRAINEE,
        "Registered as a trainee and agreed to the privacy note.",
    )
    client.get(f"/link/{token_of()}")
    pressed = client.post("/link/")
    assert (pressed.status_code, pressed.location) == (302, "/courses/C-2026-0001?cohort=C-2026-0001-1")
    client.post("/courses/C-2026-0001/enrol", data={"cohort": cohort.id})
    found = database.scalars(sa.select(Enrolment)).one()
    assert (found.state, found.person.name) == (EnrolmentState.ENROLLED, "王 小明")


def test_who_has_an_account_gets_the_same_answer_and_keeps_it(client, database, cohort, token_of):
    make_user(database, email="wang@example.org", name="王晓")
    fresh = client.post("/register", data=GOOD | {"email": "new@example.org"}).text
    known = client.post("/register", data=GOOD).text
    known, fresh = without_tokens(known), without_tokens(fresh)
    assert known.replace("wang@", "") == fresh.replace("new@", "")
    user = database.scalars(sa.select(User).where(User.email == "wang@example.org")).one()
    assert user.name == "王晓"
    assert database.scalar(sa.select(sa.func.count()).where(Grant.user_id == user.id)) == 0


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": ""}, "Give your name."),
        ({"name": "x" * 121}, "Field cannot be longer than 120 characters."),
        ({"email": ""}, "Give your mail address."),
        ({"email": "kong@@x"}, "“kong@@x” is no mail address. Write it like name@example.org."),
        ({"consent": ""}, "agree to it: Without this we may not keep your name and address."),
    ],
)
def test_wrong_values_are_named_at_their_fields(client, database, wrong, told):
    answer = client.post("/register", data={key: value for key, value in (GOOD | wrong).items() if value})
    assert answer.status_code == 400
    assert told in answer.text
    assert database.scalars(sa.select(User)).all() == []


def test_the_way_back_stays_on_this_site(client, database, token_of):
    client.post("/register?course=//evil.example/x&cohort=y", data=GOOD)
    client.get(f"/link/{token_of()}")
    assert client.post("/link/").location.startswith("/courses/")


def test_the_privacy_note_is_public_and_names_whom_to_ask(client, database):
    assert "What is kept" in client.get("/privacy").text


def test_who_is_signed_in_need_not_register(trainee):
    assert trainee.get("/register").location == "/courses"
