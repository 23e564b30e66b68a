"""Keep the worker alive that answers proposals of panels."""

from __future__ import annotations

import multiprocessing
import os
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from expertpool.jobs import solver

EVERY = timedelta(seconds=5)

_workers: dict[str, BaseProcess] = {}


def tick(session: Session, now: datetime) -> int:
    """Start this node's worker for the session's database unless it lives; return how many were started."""
    bind = session.get_bind()
    engine = bind if isinstance(bind, Engine) else bind.engine
    url = engine.url.render_as_string(hide_password=False)
    worker = _workers.get(url)
    if worker is not None and worker.is_alive():
        return 0
    _workers[url] = multiprocessing.get_context("spawn").Process(
        target=solver.serve, args=(url, os.getpid()), name="expertpool-solver", daemon=True
    )
    _workers[url].start()
    return 1
