"""Signing in by password, and what a stranger can learn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask

from expertpool.accounts import service
from expertpool.accounts.models import SignIn
from expertpool.application import create_app
from expertpool.audit.models import AuditEntry
from expertpool.database import Base
from expertpool.extensions import db, limiter
from tests.builders.access import CLI, make_user
from tests.conftest import NOW
from tests.web.conftest import settings_in

PASSWORD = "correct horse"


@pytest.fixture
def user(database):
    user = make_user(database, email="zhou@example.org", name="Zhou Lan", password=PASSWORD)
    database.commit()
    return user


def sign_in(client, email="zhou@example.org", password=PASSWORD, **more):
    return client.post("/sign-in", data={"email": email, "password": password}, **more)


def test_the_right_password_signs_in_and_is_audited(client, database, user):
    answer = sign_in(client, email=" Zhou@Example.org")
    assert (answer.status_code, answer.location) == (302, "/")
    assert "Zhou Lan" in client.get("/account").text
    entry = database.scalars(sa.select(AuditEntry).where(AuditEntry.event == "user.signed-in")).one()
    assert (entry.actor_id, entry.facts) == (user.id, {"means": ["password"]})


def test_wrong_password_unknown_address_and_closed_account_look_the_same(client, database, user):
    closed = make_user(database, email="closed@example.org", password=PASSWORD)
    service.deactivate(database, closed, reason="", actor=CLI, now=NOW)
    database.commit()
    tries = [
        ("zhou@example.org", "wrong wrong"),
        ("nobody@example.org", PASSWORD),
        ("closed@example.org", PASSWORD),
    ]
    tokens = re.compile(r'name="csrf_token"[^>]*>')
    pages = [tokens.sub("", sign_in(client, *given).text).replace(given[0], "ADDRESS") for given in tries]
    assert "Address or password is wrong, or the account is closed." in pages[0]
    assert pages[0] == pages[1] == pages[2]
    assert client.get("/account").location.startswith("/sign-in")


def test_signing_in_returns_to_the_page_that_was_asked_for(client, user):
    asked = client.get("/account")
    assert asked.location == "/sign-in?next=/account"
    answer = client.post(asked.location, data={"email": "zhou@example.org", "password": PASSWORD})
    assert answer.location == "/account"


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "http:evil.example"]
)
def test_signing_in_leads_to_no_other_site(client, user, target):
    form = {"email": "zhou@example.org", "password": PASSWORD}
    answer = client.post("/sign-in", query_string={"next": target}, data=form)
    place = urlsplit(urljoin("http://localhost/sign-in", (answer.location or "").replace("\\", "/")))
    assert place.netloc == "localhost"


def test_what_was_in_the_session_before_does_not_serve_after(client, user):
    with client.session_transaction() as session:
        session["csrf_token"] = "planted"
        session["sign_in"] = "planted"
    sign_in(client)
    with client.session_transaction() as session:
        assert session.get("csrf_token") != "planted"
        assert session["sign_in"] != "planted"


def test_signing_out_ends_the_session_even_for_a_stolen_cookie(client, app, database, user):
    sign_in(client)
    stolen = client.get_cookie("session").value
    assert client.post("/sign-out").location == "/"
    thief = app.test_client()
    thief.set_cookie("session", stolen)
    assert thief.get("/account").location.startswith("/sign-in")
    assert database.scalar(sa.select(SignIn.ended_at)) is not None


def test_signing_out_needs_a_post(client, user):
    sign_in(client)
    assert client.get("/sign-out").status_code == 405
    assert client.get("/account").status_code == 200


def test_a_browser_ended_from_another_is_signed_out(app, database, user):
    here, there = app.test_client(), app.test_client()
    sign_in(here)
    sign_in(there)
    other = database.scalars(sa.select(SignIn.id).order_by(SignIn.id.desc())).first()
    here.post(f"/account/sign-ins/{other}/end")
    assert here.get("/account").status_code == 200
    assert there.get("/account").location.startswith("/sign-in")


def test_the_sign_in_of_another_user_cannot_be_ended(app, database, user, as_role):
    client = app.test_client()
    sign_in(client)
    mine = database.scalar(sa.select(SignIn.id).where(SignIn.user_id == user.id))
    assert as_role("administrator").post(f"/account/sign-ins/{mine}/end").status_code == 404
    assert client.get("/account").status_code == 200


def test_a_new_password_signs_out_all_other_browsers_and_not_this(app, user):
    here, there = app.test_client(), app.test_client()
    sign_in(here)
    sign_in(there)
    form = {"present": PASSWORD, "password": "another horse", "again": "another horse"}
    assert here.post("/account/password", data=form).location == "/account"
    assert here.get("/account").status_code == 200
    assert there.get("/account").location.startswith("/sign-in")
    assert sign_in(app.test_client()).status_code == 200
    assert sign_in(app.test_client(), password="another horse").status_code == 302


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        (
            {"present": "wrong wrong", "password": "another horse", "again": "another horse"},
            "The password is wrong.",
        ),
        ({"present": PASSWORD, "password": "short", "again": "short"}, "Use at least 10 characters."),
        (
            {"present": PASSWORD, "password": "another horse", "again": "other horses"},
            "The two passwords differ.",
        ),
        ({"present": PASSWORD}, "Give a password."),
    ],
)
def test_a_refused_password_says_why_and_changes_nothing(app, client, user, form, fault):
    sign_in(client)
    answer = client.post("/account/password", data=form)
    assert answer.status_code == 400
    assert fault in answer.text
    assert sign_in(app.test_client()).status_code == 302


@pytest.fixture
def strict_app(tmp_path) -> Iterator[Flask]:
    """An application with forms protected and attempts limited, as in service."""
    app = create_app(settings_in(tmp_path), TESTING=True, RATELIMIT_ENABLED=True)
    limiter.enabled = True
    with app.app_context():
        Base.metadata.create_all(db.engine)
        make_user(db.session, email="zhou@example.org", password=PASSWORD)
        db.session.commit()
    yield app
    limiter.enabled = False
    with app.app_context():
        db.engine.dispose()


def test_a_form_without_its_token_is_refused_in_words(strict_app):
    answer = sign_in(strict_app.test_client())
    assert answer.status_code == 400
    assert "This form was open for too long" in answer.text


def test_after_ten_attempts_a_minute_there_is_a_pause(strict_app):
    client = strict_app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)[1]
    statuses = [
        client.post(
            "/sign-in", data={"email": "zhou@example.org", "password": "wrong", "csrf_token": token}
        ).status_code
        for _attempt in range(11)
    ]
    assert statuses == [200] * 10 + [429]


def test_a_whole_office_behind_one_address_signs_in(strict_app):
    client = strict_app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)[1]
    for number in range(12):
        form = {"email": f"nobody{number}@example.org", "password": "wrong", "csrf_token": token}
        assert client.post("/sign-in", data=form).status_code == 200
