"""Guessing links is slowed down, and so are answers; following right links is not."""

from __future__ import annotations

from expertpool.application import create_app
from expertpool.extensions import limiter
from tests.web.conftest import settings_in


def test_wrong_links_and_answers_are_limited_and_right_links_are_not(app, invited):
    sent = invited.invite()[0]
    path = invited.link(sent)
    folder = app.config["EXPERTPOOL"].instance
    limited = create_app(settings_in(folder), TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=True)
    limiter.enabled = True
    try:
        client = limited.test_client()
        right = [client.get(path).status_code for _time in range(60)]
        answers = [client.post("/invitation", data={"do": "decline"}).status_code for _time in range(31)]
        wrong = [client.get("/i/wrong").status_code for _time in range(22)]
    finally:
        limiter.enabled = False
    assert right == [303] * 60
    assert answers == [400] * 30 + [429]
    assert wrong == [410] * 20 + [429, 429]
