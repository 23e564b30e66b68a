"""Codes of certificates are not tried without end."""

import pytest

from expertpool.application import create_app
from expertpool.extensions import limiter
from expertpool.settings import migrations
from tests.web.conftest import settings_in


@pytest.fixture
def limited(tmp_path_factory):
    folder = tmp_path_factory.mktemp("limited")
    app = create_app(settings_in(folder), TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=True)
    limiter.enabled = True
    migrations.upgrade(app.config["EXPERTPOOL"].database_url)
    yield app.test_client()
    limiter.reset()
    limiter.enabled = False


def test_more_than_thirty_tries_in_a_minute_are_refused(limited):
    """A minute may begin within the tries, but not twice."""
    codes = [f"AAAA-AAAA-AAAA-{number:04}" for number in range(61)]
    answers = [limited.get(f"/certificates/{code}").status_code for code in codes]
    assert answers[:30] == [404] * 30
    assert set(answers) == {404, 429}
