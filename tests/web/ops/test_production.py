"""The application as it is served in production: `wsgi:app` behind https, on several nodes."""

from __future__ import annotations

import gzip
import re

import pytest

import config
from expertpool.application import create_app
from expertpool.extensions import db
from expertpool.settings import own_ddl

SECRETS = {"EXPERTPOOL_SECRET_KEY": "s" * 40, "EXPERTPOOL_DATA_KEYS": config.new_data_key()}
PRODUCTION = {
    "EXPERTPOOL_ENVIRONMENT": "production",
    "EXPERTPOOL_BASE_URL": "https://experts.example.org",
    **SECRETS,
}


def settings_of(tmp_path, **environ):
    return config.load(PRODUCTION | {"EXPERTPOOL_INSTANCE": str(tmp_path)} | environ)


@pytest.fixture
def client(tmp_path):
    app = create_app(settings_of(tmp_path))
    with app.app_context():
        own_ddl.import_models().create_all(db.engine)
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


def test_pages_are_https_only_and_cookies_secure(client):
    page = client.get("/sign-in")
    assert page.status_code == 200
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookies = page.headers.getlist("Set-Cookie")
    assert cookies
    assert [cookie for cookie in cookies if not {"Secure", "HttpOnly"} <= set(cookie.split("; "))] == []


def test_links_lead_to_the_base_url_whatever_the_host_header_says(client):
    answer = client.get("/account", headers={"Host": "evil.example"})
    assert answer.status_code == 302
    assert "evil.example" not in answer.text + answer.location


def test_files_are_named_by_their_content_and_kept_for_a_year(client):
    page = client.get("/sign-in").text
    files = re.findall(r'(?:href|src)="(/(?:bootstrap/)?static/[^"]+)"', page)
    assert len(files) >= 3
    for file in files:
        assert re.search(r"\?v=[0-9a-f]{12}$", file), file
        served = client.get(file)
        assert (served.status_code, served.headers["Cache-Control"]) == (200, "max-age=31536000, public")
        assert served.headers["X-Content-Type-Options"] == "nosniff"
        assert served.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert client.get(file, headers={"If-None-Match": served.headers["ETag"]}).status_code == 304


def test_pages_are_compressed(client):
    packed = client.get("/sign-in", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert b"</html>" in gzip.decompress(packed.data)


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATA_KEYS", "BASE_URL"])
def test_production_makes_nothing_up(tmp_path, name):
    with pytest.raises(config.WrongSettings, match=f"EXPERTPOOL_{name} is “”: it is missing"):
        settings_of(tmp_path, **{f"EXPERTPOOL_{name}": ""})


def test_several_nodes_count_attempts_in_one_place(tmp_path):
    settings = settings_of(tmp_path, EXPERTPOOL_LIMITS_URL="redis://limits.example.org:6379")
    assert settings.flask()["RATELIMIT_STORAGE_URI"] == "redis://limits.example.org:6379"
