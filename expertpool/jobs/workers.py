"""Worker processes of this node: one for each job and database, started anew while work waits."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool import clock, leases, wiring
from expertpool.leases import Claim, Leased

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
"""What workers' linear algebra may use: beside pages and other workers, more threads wait for one another.

Learning from 10,000 texts took ten times as long with two threads on two busy cores.
"""

_workers: dict[tuple[str, str], BaseProcess] = {}
"""By the name of the job and the URL of the database."""


def was_started(session: Session, name: str) -> bool:
    """Whether this process ever started such a worker."""
    return (name, _url(session)) in _workers


def start(
    session: Session, name: str, serve: Callable[[str, int], None], *, waits: Callable[[], bool]
) -> int:
    """Start `serve(url, parent)` in a process if none is at work and something waits; return how many."""
    url = _url(session)
    worker = _workers.get((name, url))
    if (worker is not None and worker.is_alive()) or not waits():
        return 0
    for threads in ONE_THREAD:
        os.environ.setdefault(threads, "1")
    worker = multiprocessing.get_context("spawn").Process(
        target=serve, args=(url, os.getpid()), name=f"expertpool-{name}", daemon=True
    )
    _workers[name, url] = worker
    worker.start()
    return 1


def serve(
    url: str, parent: int, work: Callable[[sa.Engine], bool], *, prepare: Callable[[], None] = lambda: None
) -> None:
    """Prepare, then do what waits in the database at `url` until nothing does or `parent` is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wiring.connect()
    prepare()
    engine = sa.create_engine(url)
    while os.getppid() == parent and work(engine):
        pass


def advance(engine: sa.Engine, work: type[Leased], held: Claim, stage: str) -> None:
    """Say, in a transaction of its own, that the worker is at another stage. Raises `leases.CalledOff`."""
    with Session(engine) as session:
        leases.advance(session, work, held, stage, now=clock.now())
        session.commit()


def _url(session: Session) -> str:
    bind = session.get_bind()
    engine = bind if isinstance(bind, sa.Engine) else bind.engine
    return engine.url.render_as_string(hide_password=False)
