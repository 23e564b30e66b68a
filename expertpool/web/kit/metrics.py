"""What the service measures: requests by endpoint, and the state of outbox, audit trail and jobs."""

from __future__ import annotations

import time
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, Histogram, generate_latest
from sqlalchemy.orm import Session

from expertpool import clock
from expertpool.audit.models import AuditEntry
from expertpool.outbox import queries as outbox
from expertpool.schedule import queries as schedule

A_DAY = timedelta(days=1)
CONTENT_TYPE = CONTENT_TYPE_LATEST
REQUESTS = Histogram("expertpool_request_seconds", "How long requests take", ["method", "endpoint", "status"])
MESSAGES = Gauge("expertpool_outbox_messages", "Messages in the outbox", ["state"])
WAITING = Gauge("expertpool_outbox_oldest_due_seconds", "How long the oldest due message waits")
UNSEALED = Gauge("expertpool_audit_unsealed_entries", "Audit entries that the sealer has not reached")
UNDONE = Gauge("expertpool_job_undone", "Single things that jobs could not do in the last day", ["job"])
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def install(app: Flask) -> None:
    """Measure every request of `app`."""

    @app.before_request
    def begin() -> None:
        g.begun = time.perf_counter()

    @app.after_request
    def observe(response: Response) -> Response:
        method = request.method if request.method in METHODS else "other"
        labels = (method, request.endpoint or "none", str(response.status_code))
        REQUESTS.labels(*labels).observe(seconds())
        return response


def seconds() -> float:
    """Return how long the present request has taken."""
    return time.perf_counter() - float(g.get("begun", time.perf_counter()))


def exposition(session: Session) -> bytes:
    """Return all metrics of this process in Prometheus' text format."""
    now = clock.now()
    for state, number in outbox.counts(session).items():
        MESSAGES.labels(state.value).set(number)
    oldest = outbox.oldest_due(session, now)
    WAITING.set((now - oldest).total_seconds() if oldest else 0)
    unsealed = sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.number.is_(None))
    UNSEALED.set(session.scalar(unsealed) or 0)
    for job, number in schedule.undone(session, now - A_DAY).items():
        UNDONE.labels(job).set(number)
    return generate_latest()
