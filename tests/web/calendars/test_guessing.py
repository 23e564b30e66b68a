"""Guessing calendar addresses is slowed down; fetching right ones is not."""

import time

import pytest

from expertpool.application import create_app
from expertpool.calendars import feeds
from expertpool.events import Actor
from expertpool.extensions import db, limiter
from expertpool.settings import migrations
from tests.builders.panels import make_user
from tests.builders.people import make_person
from tests.conftest import NOW
from tests.web.conftest import settings_in


@pytest.fixture
def limited(tmp_path):
    app = create_app(settings_in(tmp_path), TESTING=True, RATELIMIT_ENABLED=True)
    limiter.enabled = True
    migrations.upgrade(app.config["EXPERTPOOL"].database_url)
    with app.app_context():
        yield app
    limiter.enabled = False


def test_wrong_addresses_are_limited_and_right_ones_are_not(limited, monkeypatch):
    stopped = time.time()
    monkeypatch.setattr(time, "time", lambda: stopped)
    person = make_person(db.session, user_id=make_user(db.session).id)
    token = feeds.make(db.session, person.id, actor=Actor(None, "x"), now=NOW)
    db.session.commit()
    client = limited.test_client()
    right = [client.get(f"/calendar/{token}.ics").status_code for _ in range(60)]
    wrong = [client.get("/calendar/wrong.ics").status_code for _ in range(30)]
    assert right == [200] * 60
    assert wrong[:20] == [404] * 20
    assert set(wrong[21:]) == {429}
