"""Load the demo into an empty database."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.accounts.models import User
from expertpool.audit.sealing import seal
from expertpool.demo import accounts, affinities, draws, panels, pool, rounds, timetables, training
from expertpool.demo.accounts import SIGN_INS
from expertpool.events import Actor
from expertpool.panels import presets_service
from expertpool.people.models import Person

DEMO = Actor(user_id=None, label="Demo", via="cli")


def is_empty(session: Session) -> bool:
    """Say whether nobody has an account and nobody is in the pool."""
    return not session.scalar(sa.select(sa.exists().where(User.id > 0) | sa.exists().where(Person.id > 0)))


def is_loaded(session: Session) -> bool:
    """Say whether the demo's accounts are there."""
    return bool(session.scalar(sa.select(sa.exists().where(User.email == SIGN_INS[0].email))))


def load(session: Session, *, now: datetime) -> None:
    """Fill an empty database with the demo; the caller commits."""
    presets_service.ensure_shipped(session, now=now)
    pool.load_skills(session, actor=DEMO, now=now)
    pool.load_files(session, actor=DEMO, now=now)
    users = accounts.create(session, actor=DEMO, now=now)
    organiser = users["organiser@demo.example"]
    agency = users["agency@demo.example"]
    panels.create(
        session,
        Actor(organiser.id, organiser.name, via="cli"),
        Actor(agency.id, agency.name, via="cli"),
        now=now,
    )
    rounds.create(session, Actor(organiser.id, organiser.name, via="cli"), now=now)
    affinities.create(session, Actor(organiser.id, organiser.name, via="cli"), now=now)
    auditor = users["auditor@demo.example"]
    people = draws.People(
        Actor(organiser.id, organiser.name, via="cli"),
        users["colleague@demo.example"],
        Actor(auditor.id, auditor.name, via="cli"),
    )
    draws.create(session, people, now=now)
    training.create(
        session,
        Actor(organiser.id, organiser.name, via="cli"),
        users["trainee@demo.example"],
        now=now,
    )
    timetables.create(session, Actor(organiser.id, organiser.name, via="cli"), now=now)
    session.flush()
    while seal(session):
        pass
