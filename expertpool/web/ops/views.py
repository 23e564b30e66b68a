"""/healthz, /readyz and /metrics."""

from __future__ import annotations

import hmac
import ipaddress
import shutil
from collections.abc import Callable

import structlog
from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue

import config
from expertpool.extensions import db, limiter
from expertpool.settings import migrations
from expertpool.web.kit import guards, metrics

blueprint = Blueprint("ops", __name__)
LEAST_DISK = 200 * 1024 * 1024
"""Bytes that must be free in the instance folder."""

log = structlog.get_logger(__name__)


@blueprint.get("/healthz")
@guards.public
@limiter.exempt
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@guards.public
@limiter.exempt
def readyz() -> ResponseReturnValue:
    """The service can work: the database answers and is of this version, the disk has room."""
    checks = {"database": _database, "migrations": _migrations, "disk": _disk}
    results = {name: _passes(name, check) for name, check in checks.items()}
    ready = all(results.values())
    return jsonify(status="ok" if ready else "failed", checks=results), 200 if ready else 503


@blueprint.get("/metrics")
@guards.public
@limiter.exempt
def measured() -> ResponseReturnValue:
    """Prometheus metrics, for the loopback interface or the bearer of the token."""
    if not _may_measure():
        abort(404)
    return Response(metrics.exposition(db.session), content_type=metrics.CONTENT_TYPE)


def _may_measure() -> bool:
    token = _settings().metrics_token
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    forwarded = "X-Forwarded-For" in request.headers and not _settings().trusted_proxies
    return not forwarded and ipaddress.ip_address(request.remote_addr or "0.0.0.0").is_loopback


def _passes(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception as error:  # whatever is wrong, the answer is "not ready"
        log.warning("not ready", check=name, error=type(error).__name__)
        return False


def _database() -> bool:
    return bool(db.session.scalar(db.select(db.literal(1))))


def _migrations() -> bool:
    return migrations.is_current(db.engine)


def _disk() -> bool:
    return shutil.disk_usage(_settings().instance).free >= LEAST_DISK


def _settings() -> config.Settings:
    settings: config.Settings = current_app.config["EXPERTPOOL"]
    return settings
