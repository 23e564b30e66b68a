"""Keep the worker alive that answers proposals of panels."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from expertpool.jobs import solver, workers

EVERY = timedelta(seconds=5)


def tick(session: Session, now: datetime) -> int:
    """Start this node's worker for the session's database unless it lives; return how many were started."""
    return workers.start(session, "solver", solver.serve, waits=lambda: True)
