"""Parts of the front page: invitations that wait for the reader's answer, and seats that fell vacant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import Session, aliased

from expertpool.invitations import queries
from expertpool.invitations.models import Campaign, InvitationState
from expertpool.invitations.queries import Mine
from expertpool.panels.models import HOLDS, Panel, PanelState, Seat, SeatRole
from expertpool.panels.queries import visible
from expertpool.panels.sealed import is_open_to
from expertpool.people.models import Person
from expertpool.web.home.today import Section, Task
from expertpool.web.invitations.purposes import SEND
from expertpool.web.kit import guards

MOST = 20


def tasks(session: Session, now: datetime) -> list[Task]:
    """Return what the reader has to answer, and which seats wait for an organiser."""
    mine = _mine(session) if guards.may("invitations.answer") else []
    return mine + (_vacant(session, now) if guards.may(SEND) else [])


def sections(session: Session, now: datetime) -> list[Section]:
    """Return the panels ahead that the reader comes to."""
    rows = _own(session) if guards.may("invitations.answer") else []
    ahead = [row for row in rows if row.state is InvitationState.ACCEPTED and row.starts and row.starts > now]
    ahead.sort(key=lambda row: row.starts or now)
    return [Section("invitations/today.html", order=5, values={"rows": ahead})] if ahead else []


def _own(session: Session) -> list[Mine]:
    person_id = session.scalar(sa.select(Person.id).where(Person.user_id == guards.user().id))
    return queries.of_person(session, person_id) if person_id else []


def _mine(session: Session) -> list[Task]:
    return [
        Task(
            gettext("%(title)s: %(office)s invites you", title=row.title, office=row.office),
            gettext("Read and answer"),
            url_for("invitations.answer_mine", invitation_id=row.id),
            due=row.expires_at,
            why=gettext("answer before that time"),
        )
        for row in _own(session)
        if row.state is InvitationState.SENT
    ]


def _vacant(session: Session, now: datetime) -> list[Task]:
    return [
        Task(
            gettext("%(title)s: the seat of %(name)s is vacant", title=panel.title, name=name),
            gettext("See who is next"),
            url_for("panels.show", panel_id=panel.id),
            state=("vacant", gettext("Vacant")),
        )
        for panel, name in _vacancies(session, now)
    ]


def _vacancies(session: Session, now: datetime) -> Sequence[tuple[Panel, str]]:
    """Return the panels ahead that invite and have a vacant seat, with the name of who left it."""
    other = aliased(Seat)
    taken = sa.exists().where(
        other.panel_id == Seat.panel_id,
        other.role != SeatRole.ALTERNATE,
        sa.or_(
            other.replaces_id == Seat.id,
            sa.and_(other.position == Seat.position, other.state.in_(HOLDS)),
        ),
    )
    query = (
        sa.select(Panel, Person.name)
        .join(Seat, Seat.panel_id == Panel.id)
        .join(Person, Person.id == Seat.person_id)
        .join(Campaign, Campaign.panel_id == Panel.id)
        .where(Panel.state == PanelState.CONFIRMED, visible(guards.grants()))
        .where(is_open_to(guards.user().id, now))
        .where(sa.or_(Panel.starts.is_(None), Panel.starts > now))
        .where(Seat.role != SeatRole.ALTERNATE, Seat.state.not_in(HOLDS), ~taken)
        .order_by(Panel.starts, Panel.id, Seat.position)
        .limit(MOST)
    )
    return session.execute(query).all()
