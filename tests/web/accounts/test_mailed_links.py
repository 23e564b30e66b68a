"""Mailed links: their pages change nothing before the button, and the token stays out of sight."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from expertpool.accounts.models import Link, User
from expertpool.outbox.models import Message
from expertpool.outbox.service import snapshot_of
from tests.builders.access import make_user
from tests.web.conftest import without_tokens


@pytest.fixture
def user(database):
    user = make_user(database, email="zhou@example.org", name="Zhou Lan", password="correct horse")
    database.commit()
    return user


def ask(client, email="zhou@example.org", purpose="sign-in"):
    return client.post("/sign-in/mail", data={"email": email, "purpose": purpose})


def path_in_mail(database) -> str:
    database.expire_all()
    message = database.scalars(sa.select(Message).order_by(Message.id.desc())).first()
    return snapshot_of(message)["path"]


def test_the_answer_is_the_same_for_known_and_unknown_addresses(client, database, user):
    known, unknown = ask(client), ask(client, "nobody@example.org")
    said = [without_tokens(each.text) for each in (known, unknown)]
    assert said[0].replace("zhou@", "X") == said[1].replace("nobody@", "X")
    assert [message.recipient for message in database.scalars(sa.select(Message))] == ["zhou@example.org"]


def test_the_link_signs_in_by_its_button(client, database, user):
    ask(client)
    followed = client.get(path_in_mail(database))
    assert (followed.status_code, followed.location) == (303, "/link/")
    assert "Sign in as Zhou Lan" in client.get("/link/").text
    assert client.post("/link/").location == "/"
    assert "zhou@example.org" in client.get("/account").text


@pytest.mark.parametrize("purpose", ["sign-in", "reset"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_mail_scanner_that_follows_everything_changes_nothing(client, app, database, user, method, purpose):
    ask(client, purpose=purpose)
    path = path_in_mail(database)
    before = dump(database)
    scanner = app.test_client()
    for _time in range(2):
        scanner.open(path, method=method, follow_redirects=True)
        scanner.open("/link/", method=method)
    assert dump(database) == before
    assert scanner.get("/account").location.startswith("/sign-in")


def dump(database):
    database.expire_all()
    return [tuple(row) for table in (User, Link) for row in database.execute(sa.select(table.__table__))]


def test_the_token_is_in_no_page_and_its_cookie_is_narrow(client, database, user):
    ask(client)
    path = path_in_mail(database)
    token = path.removeprefix("/link/")
    followed = client.get(path)
    cookie = followed.headers["Set-Cookie"]
    assert followed.headers["Referrer-Policy"] == "no-referrer"
    assert followed.headers["Cache-Control"] == "no-store"
    assert token not in followed.text + followed.location
    assert all(part in cookie for part in ("Path=/link/", "HttpOnly", "SameSite=Lax", "Max-Age=1800"))
    page = client.get("/link/")
    assert token not in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_a_used_link_says_so_and_offers_another(client, app, database, user):
    ask(client)
    path = path_in_mail(database)
    client.get(path)
    client.post("/link/")
    other = app.test_client()
    other.get(path)
    answer = other.post("/link/")
    assert answer.status_code == 410
    assert "This link does not work any more" in answer.text
    assert 'href="/sign-in/mail"' in answer.text


def test_a_reset_link_sets_the_password_and_signs_in(client, app, database, user):
    ask(client, purpose="reset")
    client.get(path_in_mail(database))
    refused = client.post("/link/", data={"password": "short", "again": "short"})
    assert refused.status_code == 400
    form = {"password": "another horse", "again": "another horse"}
    assert client.post("/link/", data=form).location == "/"
    assert client.get("/account").status_code == 200
    answer = app.test_client().post(
        "/sign-in", data={"email": "zhou@example.org", "password": "another horse"}
    )
    assert answer.status_code == 302


def test_a_new_address_counts_when_its_link_is_confirmed(client, app, database, user):
    client.post("/sign-in", data={"email": "zhou@example.org", "password": "correct horse"})
    client.post("/account/email", data={"email": "Lan@example.org"})
    database.expire_all()
    assert database.get(User, user.id).email == "zhou@example.org"
    mailbox = app.test_client()
    mailbox.get(path_in_mail(database))
    mailbox.post("/link/")
    database.expire_all()
    assert database.get(User, user.id).email == "lan@example.org"


def test_no_token_reaches_the_log(client, database, user, caplog, capfd):
    ask(client)
    path = path_in_mail(database)
    with caplog.at_level("DEBUG"):
        client.get(path)
        client.get("/link/")
    written = caplog.text + "".join(capfd.readouterr())
    assert path.removeprefix("/link/") not in written
