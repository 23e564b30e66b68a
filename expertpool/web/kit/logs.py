"""Logs: one line an event, JSON in production, with the request's id; never a token or an address.

A request is logged by its route (`/i/<token>`), its numeric ids and its status: not by its address,
which may hold names, mail addresses or tokens.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
from flask import Flask, Response, g, request
from flask_login import current_user

import config
from expertpool.web.kit import metrics

QUIET = frozenset({"static", "bootstrap.static", "ops.healthz", "ops.readyz", "ops.measured"})
"""Endpoints whose successful requests are not worth a line."""

log = structlog.get_logger("expertpool.web")


def configure(settings: config.Settings) -> None:
    """Send all logs of this process, the libraries' too, to standard error in one form."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    plain = structlog.dev.plain_traceback  # the default shows variables, and with them personal data
    last: list[Any] = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    if settings.production:
        last = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[remove, *last])
    )
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)
    for name in ("apscheduler", "alembic", "werkzeug"):
        logging.getLogger(name).setLevel(logging.WARNING)


def install(app: Flask) -> None:
    """Log every request of `app` under its id."""

    @app.before_request
    def begin() -> None:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.get("request_id"))

    @app.after_request
    def access(response: Response) -> Response:
        if request.endpoint not in QUIET or response.status_code >= 400:
            log.info("request", **_facts(response))
        return response


def _facts(response: Response) -> dict[str, Any]:
    """Return what a request's line tells."""
    ids = {name: value for name, value in (request.view_args or {}).items() if isinstance(value, int)}
    return ids | {
        "method": request.method,
        "route": request.url_rule.rule if request.url_rule else "unknown",
        "status": response.status_code,
        "milliseconds": round(metrics.seconds() * 1000),
        "user_id": current_user.id if current_user and current_user.is_authenticated else None,
    }
