"""Reads of invitations: for who organises, who is invited, and the clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from expertpool.errors import N_, NotFound
from expertpool.invitations.models import Call, Campaign, Invitation, InvitationState
from expertpool.organisations.models import Organisation
from expertpool.panels.models import Panel, Seat, SeatRole
from expertpool.people.models import Person
from expertpool.training.models import Cohort, Course


def find(session: Session, invitation_id: int) -> Invitation | None:
    """Return an invitation with its person, its campaign and what it is for."""
    return session.get(
        Invitation,
        invitation_id,
        options=[
            joinedload(Invitation.person),
            joinedload(Invitation.seat),
            joinedload(Invitation.teaching),
            joinedload(Invitation.campaign).joinedload(Campaign.panel),
            joinedload(Invitation.campaign).joinedload(Campaign.cohort),
        ],
    )


def get(session: Session, invitation_id: int) -> Invitation:
    """Return an invitation as `find` does, or raise `NotFound`."""
    invitation = find(session, invitation_id)
    if invitation is None:
        raise NotFound(N_("There is no such invitation."))
    return invitation


@dataclass(frozen=True)
class Row:
    """A seat of a panel with its newest invitation and all calls, oldest first."""

    seat: Seat
    person: Person
    invitation: Invitation | None
    calls: Sequence[Call]


def of_panel(session: Session, panel: Panel) -> list[Row]:
    """Return all seats of a panel: chairs with those who held them in turn, then alternates. Three reads."""
    seats = session.scalars(
        sa.select(Seat)
        .where(Seat.panel_id == panel.id)
        .options(joinedload(Seat.person))
        .order_by(Seat.role == SeatRole.ALTERNATE, Seat.position, Seat.id)
    ).all()
    newest = _newest(session, [seat.id for seat in seats])
    calls = calls_of(session, [seat.id for seat in seats])
    return [Row(seat, seat.person, newest.get(seat.id), calls[seat.id]) for seat in seats]


def calls_of(session: Session, seat_ids: Iterable[int]) -> dict[int, list[Call]]:
    """Return the calls to the people of these seats, oldest first."""
    found: dict[int, list[Call]] = defaultdict(list)
    query = sa.select(Call).where(Call.seat_id.in_(list(seat_ids))).order_by(Call.id)
    for call in session.scalars(query):
        found[call.seat_id].append(call)
    return found


@dataclass(frozen=True)
class Mine:
    """One invitation of a person, for their own list. `starts` is that of a panel."""

    id: int
    title: str
    office: str
    starts: datetime | None
    state: InvitationState
    sent_at: datetime
    expires_at: datetime


def of_person(session: Session, person_id: int) -> list[Mine]:
    """Return the invitations of a person, newest first. One read."""
    convener, owner = sa.orm.aliased(Organisation), sa.orm.aliased(Organisation)
    query = (
        sa.select(
            Invitation.id,
            sa.func.coalesce(Panel.title, Course.title_zh),
            sa.func.coalesce(convener.name, owner.name),
            Panel.starts,
            Invitation.state,
            Invitation.sent_at,
            Invitation.expires_at,
        )
        .join(Campaign, Campaign.id == Invitation.campaign_id)
        .outerjoin(Panel, Panel.id == Campaign.panel_id)
        .outerjoin(convener, convener.id == Panel.owner_id)
        .outerjoin(Cohort, Cohort.id == Campaign.cohort_id)
        .outerjoin(Course, Course.id == Cohort.course_id)
        .outerjoin(owner, owner.id == Course.owner_id)
        .where(Invitation.person_id == person_id)
        .order_by(Invitation.id.desc())
    )
    return [Mine(*row) for row in session.execute(query)]


def expired(session: Session, now: datetime) -> Sequence[int]:
    """Return the invitations whose time is over, oldest first."""
    due = (Invitation.state == InvitationState.SENT, Invitation.expires_at <= now)
    return session.scalars(
        sa.select(Invitation.id).where(*due).order_by(Invitation.expires_at, Invitation.id)
    ).all()


def to_remind(session: Session, now: datetime) -> Sequence[int]:
    """Return the invitations whose reminder is due, oldest first."""
    due = (Invitation.remind_at <= now, Invitation.expires_at > now)
    return session.scalars(
        sa.select(Invitation.id).where(*due).order_by(Invitation.remind_at, Invitation.id)
    ).all()


def _newest(session: Session, seat_ids: Sequence[int]) -> dict[int | None, Invitation]:
    newest = (
        sa.select(sa.func.max(Invitation.id))
        .where(Invitation.seat_id.in_(seat_ids))
        .group_by(Invitation.seat_id)
    )
    query = sa.select(Invitation).where(Invitation.id.in_(newest))
    return {each.seat_id: each for each in session.scalars(query)}
