"""The authenticator app and recovery codes."""

from __future__ import annotations

import re
import time

import pytest
import sqlalchemy as sa
from passlib.totp import TOTP

from expertpool.accounts.models import User
from expertpool.audit.models import AuditEntry
from tests.builders.access import make_user
from tests.web.conftest import sign_in_as

SIGN_IN = {"email": "zhou@example.org", "password": "correct horse"}


@pytest.fixture
def protected(app, database):
    """A user with an authenticator app, as (client, app of the phone)."""
    user = make_user(database, password=SIGN_IN["password"], email=SIGN_IN["email"], name="Zhou Lan")
    database.commit()
    client = app.test_client()
    sign_in_as(client, user, database)
    page = client.post("/account/authenticator", data={"setup": "authenticator"}).text
    phone = TOTP(key=re.search(r'class="ep-hash">([^<]+)<', page)[1].replace("-", ""))
    action = re.search(r'action="(/account/authenticator/[^"]+)"', page)[1]
    answer = client.post(action, data={"code": phone.generate().token})
    assert answer.location == "/account"
    return client, phone, user


def later_code(phone) -> str:
    """Return the code of the next half minute, since each serves once."""
    return phone.generate(time=time.time() + 30).token


def test_the_password_alone_no_longer_signs_in(app, protected):
    client = app.test_client()
    answer = client.post("/sign-in", data=SIGN_IN)
    assert answer.location.startswith("/sign-in/code")
    assert client.get("/account").location.startswith("/sign-in")


def test_password_and_code_sign_in(app, protected):
    client = app.test_client()
    client.post("/sign-in", data=SIGN_IN)
    client.post("/sign-in/code", data={"code": later_code(protected[1])})
    assert client.get("/account").status_code == 200


def test_a_code_serves_once(app, protected):
    code = later_code(protected[1])
    first, second = app.test_client(), app.test_client()
    for client in (first, second):
        client.post("/sign-in", data=SIGN_IN)
        answer = client.post("/sign-in/code", data={"code": code})
    assert first.get("/account").status_code == 200
    assert "This code is wrong or was used" in answer.text
    assert second.get("/account").location.startswith("/sign-in")


def test_a_mailed_link_also_asks_for_the_code(app, database, protected):
    from tests.web.accounts.test_mailed_links import ask, path_in_mail

    client = app.test_client()
    ask(client)
    client.get(path_in_mail(database))
    assert client.post("/link/").location.startswith("/sign-in/code")
    assert client.get("/account").location.startswith("/sign-in")


def test_a_recovery_code_replaces_the_app_once(app, protected):
    page = protected[0].post("/account/recovery-codes", data={"generate_new_codes": "1"}).text
    code = re.search(r'<li class="ep-hash">([^<]+)</li>', page)[1]
    first, second = app.test_client(), app.test_client()
    for client in (first, second):
        client.post("/sign-in", data=SIGN_IN)
        answer = client.post("/sign-in/recovery", data={"code": code})
    assert first.get("/account").status_code == 200
    assert "This recovery code is wrong or was used." in answer.text
    assert second.get("/account").location.startswith("/sign-in")


def test_the_secret_is_kept_encrypted(database, protected):
    database.expire_all()
    stored = database.get(User, protected[2].id).tf_totp_secret
    assert protected[1].base32_key not in stored


def test_an_administrator_removes_a_lost_app(app, protected, as_role):
    user_id = protected[2].id
    assert as_role("administrator").post(f"/admin/users/{user_id}/reset-second-factor").status_code == 302
    client = app.test_client()
    assert client.post("/sign-in", data=SIGN_IN).location == "/"


def test_turning_the_app_on_and_off_is_audited(database, protected):
    client, _phone, user = protected
    client.post("/account/authenticator", data={"setup": "disable"})
    found = database.scalars(
        sa.select(AuditEntry).where(AuditEntry.event == "user.second-factor-changed").order_by(AuditEntry.id)
    ).all()
    assert [(entry.actor_id, entry.facts["what"]) for entry in found] == [
        (user.id, "authenticator on"),
        (user.id, "authenticator off"),
    ]
