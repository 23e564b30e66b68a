"""Health, metrics, headers and logs, as an operator and a stranger see them."""

import dataclasses
import logging

import pytest
import structlog
from flask import Flask, url_for
from structlog.testing import capture_logs

import config
from expertpool.web.kit import logs
from expertpool.web.kit.headers import FIXED, OwnAddress
from expertpool.web.ops import views


def test_it_is_alive(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_it_is_ready_when_database_migrations_and_disk_are(client, monkeypatch):
    monkeypatch.setattr(views.migrations, "is_current", lambda engine: True)
    answer = client.get("/readyz")
    checks = {"database": True, "migrations": True, "disk": True}
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "checks": checks})


def test_it_is_not_ready_without_its_migrations(client, monkeypatch):
    monkeypatch.setattr(views.migrations, "is_current", lambda engine: False)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"] == {"database": True, "migrations": False, "disk": True}


def test_it_is_not_ready_when_a_check_breaks_or_the_disk_is_full(client, monkeypatch):
    def broken(engine):
        raise OSError

    monkeypatch.setattr(views.migrations, "is_current", broken)
    monkeypatch.setattr(views, "LEAST_DISK", 10**18)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"] == {"database": True, "migrations": False, "disk": False}


def test_metrics_count_requests_and_tell_what_waits(client):
    client.get("/healthz")
    text = client.get("/metrics").text
    assert 'expertpool_request_seconds_count{endpoint="ops.healthz",method="GET",status="200"}' in text
    assert 'expertpool_outbox_messages{state="waiting"} 0.0' in text
    assert "expertpool_audit_unsealed_entries 0.0" in text


@pytest.mark.parametrize(
    ("environ", "headers"),
    [({"REMOTE_ADDR": "10.1.2.3"}, {}), ({}, {"X-Forwarded-For": "10.1.2.3"})],
)
def test_without_a_token_metrics_are_for_the_loopback_interface(client, environ, headers):
    assert client.get("/metrics", environ_base=environ, headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("header", "status"),
    [("Bearer right-token", 200), ("Bearer wrong", 404), ("right-token", 404), (None, 404)],
)
def test_with_a_token_metrics_are_for_its_bearer(app, client, monkeypatch, header, status):
    settings = dataclasses.replace(app.config["EXPERTPOOL"], metrics_token="right-token")
    monkeypatch.setitem(app.config, "EXPERTPOOL", settings)
    headers = {"Authorization": header} if header else {}
    assert client.get("/metrics", headers=headers).status_code == status


def test_every_answer_has_its_protecting_headers(client):
    for path in ("/healthz", "/nothing-here"):
        headers = client.get(path).headers
        assert {name: headers.get(name) for name in FIXED} == FIXED
        assert len(headers["X-Request-ID"]) == 16
    assert "Strict-Transport-Security" not in headers


def test_a_request_is_logged_by_its_route_and_never_by_its_address(client):
    with capture_logs() as lines:
        client.get("/static/secret-token.css?email=lan@example.org", headers={"Referer": "http://x/lan"})
        client.get("/nowhere/lan@example.org?token=t0ken")
    requests = [line for line in lines if line["event"] == "request"]
    assert [(line["route"], line["status"]) for line in requests] == [
        ("/static/<path:filename>", 404),
        ("unknown", 404),
    ]
    assert not any(word in str(lines) for word in ("secret-token", "lan", "t0ken"))


def test_quiet_endpoints_log_only_what_went_wrong(client):
    with capture_logs() as lines:
        client.get("/healthz")
    assert lines == []


def test_a_traceback_shows_no_variables(tmp_path, capsys):
    before = logging.root.handlers[:], logging.root.level
    try:
        logs.configure(config.load({"EXPERTPOOL_INSTANCE": str(tmp_path)}))
        private = ["138", "0000", "0000"]
        try:
            raise LookupError(len("".join(private)))
        except LookupError:
            structlog.get_logger("x").exception("failed")
        written = capsys.readouterr().err
    finally:
        logging.root.handlers[:], logging.root.level = before
        structlog.reset_defaults()
    assert "LookupError: 11" in written
    assert "'0000', '0000'" not in written


def own_address(base_url, path, host):
    """Return what an application behind `OwnAddress` links to, asked under another host."""
    app = Flask(__name__)
    app.add_url_rule("/page", "page", lambda: url_for("page", _external=True))
    app.wsgi_app = OwnAddress(app.wsgi_app, base_url)
    return app.test_client().get(path, headers={"Host": host}).text


def test_links_lead_to_the_base_url_whatever_the_host_header_says():
    assert own_address("https://pool.example", "/page", "evil.example") == "https://pool.example/page"
    assert (
        own_address("https://a.example:8/in/pool", "/in/pool/page", "x") == "https://a.example:8/in/pool/page"
    )


def test_pages_of_https_say_so_for_a_year(tmp_path):
    from expertpool.web.kit import headers

    app = Flask(__name__)
    settings = config.load({"EXPERTPOOL_INSTANCE": str(tmp_path), "EXPERTPOOL_BASE_URL": "https://x.example"})
    headers.install(app, settings)
    assert app.test_client().get("/").headers["Strict-Transport-Security"] == "max-age=31536000"
