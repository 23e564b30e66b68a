"""Start a worker process while affinity lists wait to be worked out.

A list is claimed and told on in short transactions, its rows are read in one that only reads, and what the
engine finds is written some items at a time. Killing the worker at any moment loses nothing: its claim
expires and the list is begun again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from expertpool import clock, leases
from expertpool.affinity import scoring
from expertpool.affinity.models import AffinityList
from expertpool.affinity.scoring import Part
from expertpool.database import is_busy, patiently, reading
from expertpool.jobs import workers
from expertpool.leases import CalledOff, Claim

NAME = "affinity-lists"
EVERY = timedelta(seconds=1)

log = structlog.get_logger("expertpool.affinity")


def tick(session: Session, now: datetime) -> int:
    """Start this node's worker if a list waits and none is at work; return how many were started."""
    return workers.start(
        session, NAME, serve, waits=lambda: leases.is_waiting(session, AffinityList, now=now)
    )


def serve(url: str, parent: int) -> None:
    """Work out the lists of the database at `url` until none waits or the process `parent` is gone."""
    workers.serve(url, parent, work)


def work(engine: sa.Engine) -> bool:
    """Work out one waiting list; False when none waits."""
    with reading(), Session(engine) as session:
        if not leases.is_waiting(session, AffinityList, now=clock.now()):
            return False
    with Session(engine) as session:
        held = scoring.claim(session, now=clock.now())
        session.commit()
    if held is None:
        return False
    try:
        _work_out(engine, held)
    except CalledOff:
        log.info("a list was called off", list=held.run_id)
    except Exception as error:
        if is_busy(error):
            log.info("the database is busy, and the list is begun again later", list=held.run_id)
            return True
        log.exception("a list failed", list=held.run_id)
        with Session(engine) as session:
            scoring.record_failure(session, held, "unexpected", now=clock.now())
            session.commit()
    return True


def _work_out(engine: sa.Engine, held: Claim) -> None:
    with reading(), Session(engine) as session:
        question = scoring.read(session, held.run_id)
    workers.advance(engine, AffinityList, held, "comparing")
    for part in scoring.answer(question):
        patiently(lambda part=part: _keep(engine, held, part))  # type: ignore[misc]
    with Session(engine) as session:
        scoring.record_answer(session, held, pool=len(question.pool), now=clock.now())
        session.commit()


def _keep(engine: sa.Engine, held: Claim, part: Part) -> None:
    with Session(engine) as session:
        scoring.keep(session, held, part, now=clock.now())
        session.commit()
