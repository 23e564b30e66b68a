"""The application on a database of its own, and clients signed in as each role."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import config
from expertpool.access.models import Grant, Role
from expertpool.accounts import sign_ins
from expertpool.accounts.models import User
from expertpool.application import create_app
from expertpool.events import Actor
from expertpool.extensions import db
from expertpool.settings import migrations
from tests.builders.presets import ship_presets
from tests.conftest import NOW

SESSIONS = "expertpool_test_sessions"


class Browser(FlaskClient):
    """A client before whose requests the test's own session commits, and after which it looks anew."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        sessions = self.application.extensions.get(SESSIONS, [])
        for session in sessions:
            session.commit()
        answer = super().open(*args, **kwargs)
        for session in sessions:
            session.expire_all()
        return answer


AsRole = Callable[..., FlaskClient]


@pytest.fixture(scope="session")
def web_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application, made once; its database is SQLite, because rooms are tested on both."""
    folder = tmp_path_factory.mktemp("instance")
    app = create_app(settings_in(folder), TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    migrations.upgrade(app.config["EXPERTPOOL"].database_url)
    ship_presets(app.config["EXPERTPOOL"].database_url)
    app.test_client_class = Browser
    (folder / "expertpool.sqlite").rename(folder / "empty.sqlite")
    return app


@pytest.fixture
def app(web_app: Flask) -> Iterator[Flask]:
    """The application with an empty database."""
    folder = web_app.config["EXPERTPOOL"].instance
    shutil.copy(folder / "empty.sqlite", folder / "expertpool.sqlite")
    yield web_app
    with web_app.app_context():
        db.engine.dispose()
    for leftover in folder.glob("expertpool.sqlite*"):
        leftover.unlink()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that is not signed in."""
    return app.test_client()


@pytest.fixture
def database(app: Flask) -> Iterator[Session]:
    """A session for what a test prepares and checks; each request of a client commits it first."""
    with app.app_context():
        engine = db.engine
    with Session(engine, expire_on_commit=False) as session:
        app.extensions[SESSIONS] = [session]
        yield session
        app.extensions[SESSIONS] = []


@pytest.fixture
def as_role(app: Flask, database: Session) -> AsRole:
    """Return a client signed in with a role: `as_role("organiser")`; `organisation_id=3` narrows the role.

    `as_role(None)` is a user without any role. `client.user_id` names the user.
    """

    def sign_in(role: Role | str | None, organisation_id: int | None = None) -> FlaskClient:
        name = role or "nobody"
        user = User(
            email=f"{name}-{secrets.token_hex(4)}@example.org",
            name=str(name),
            created_at=NOW,
            confirmed_at=NOW,
            active=True,
            fs_uniquifier=secrets.token_hex(16),
        )
        database.add(user)
        database.flush()
        if role:
            database.add(
                Grant(user_id=user.id, role=Role(role), organisation_id=organisation_id, granted_at=NOW)
            )
        database.commit()
        client = app.test_client()
        sign_in_as(client, user, database)
        return client

    return sign_in


def settings_in(folder: Path) -> config.Settings:
    """Return settings for an application whose data are in `folder`."""
    return config.load({"EXPERTPOOL_INSTANCE": str(folder), "EXPERTPOOL_LOCALE": "en"})


def sign_in_as(client: FlaskClient, user: User, database: Session) -> None:
    """Give the client the session cookie of a fresh sign-in of `user`."""
    key = secrets.token_hex(16)
    started = {"actor": Actor(user.id, user.name), "now": NOW, "means": ["password"], "device": "test"}
    sign_ins.start(database, user, key=key, address=None, **started)
    database.commit()
    with client.session_transaction() as session:
        session["_user_id"] = user.fs_uniquifier
        session["_fresh"] = True
        session["sign_in"] = key
        session["fs_paa"] = time.time()
    client.user_id = user.id  # type: ignore[attr-defined]


def without_tokens(page: str) -> str:
    """Return a page without its tokens against forged requests, which change with the second."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page)
