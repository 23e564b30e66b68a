"""Who is next when a seat falls vacant: the alternates in order, each checked afresh."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.availability.service import DoubleBooked
from expertpool.errors import N_, Invalid
from expertpool.events import SYSTEM, Actor
from expertpool.invitations import campaigns, inviting
from expertpool.invitations.events import VacancyFilled, VacancyOffered
from expertpool.invitations.models import Invitation, OnVacancy
from expertpool.invitations.purposes import ForSeat, Purpose
from expertpool.matching.rules import Violation
from expertpool.panels import seating
from expertpool.panels.holding import hold
from expertpool.panels.models import Panel, Seat
from expertpool.people.models import EmailAddress


@dataclass(frozen=True)
class PassedOver:
    """An alternate who does not fit now, and what speaks against it."""

    seat: Seat
    rules: tuple[Violation, ...]


@dataclass(frozen=True)
class Next:
    """The first alternate who fits, None when nobody does, and those before."""

    seat: Seat | None
    passed_over: tuple[PassedOver, ...]

    @property
    def plain(self) -> list[dict[str, Any]]:
        """Those passed over, as events keep them."""
        return [
            {"seat_id": each.seat.id, "rules": [broken.rule for broken in each.rules]}
            for each in self.passed_over
        ]


def next_for(
    session: Session, panel: Panel, vacant: Seat, *, but: Collection[int] = (), now: datetime
) -> Next:
    """Return who is next for a vacant seat; `but` are alternates who turned out to be booked elsewhere."""
    waiting = seating.alternates(panel)
    table = seating.table(session, panel, waiting, but=vacant, now=now)
    passed: list[PassedOver] = []
    for seat in waiting:
        broken = table.against(seat)
        if seat.id in but:
            broken = broken or [Violation("availability", seat.person.number)]
        if not broken:
            return Next(seat, tuple(passed))
        passed.append(PassedOver(seat, tuple(broken)))
    return Next(None, tuple(passed))


def invite_next(session: Session, panel: Panel, vacant: Seat, *, actor: Actor, now: datetime) -> Invitation:
    """Give a vacant chair to the next alternate who fits, and invite them.

    Raises Invalid when nobody fits, the next one has no mail address, or the chair is taken meanwhile.
    """
    panel = hold(session, panel.id)
    found = next_for(session, panel, vacant, now=now)
    if found.seat is None:
        raise Invalid(N_("No alternate fits any more. Look for somebody else."))
    return _fill(session, panel, vacant, found.seat, found, actor=actor, now=now)


def go_on(session: Session, invitation: Invitation, purpose: Purpose, *, now: datetime) -> None:
    """After somebody left a seat, do what the campaign says: invite the next, or offer the organiser to."""
    if not isinstance(purpose, ForSeat):
        return
    panel, vacant = purpose.panel, purpose.seat
    if invitation.campaign.on_vacancy is OnVacancy.INVITE and _filled(session, panel, vacant, now):
        return
    found = next_for(session, panel, vacant, now=now)
    event = VacancyOffered(
        panel.id,
        vacant_seat_id=vacant.id,
        next_seat_id=found.seat.id if found.seat else None,
        passed_over=found.plain,
    )
    record(session, event, actor=SYSTEM, now=now)


def _filled(session: Session, panel: Panel, vacant: Seat, now: datetime) -> bool:
    """Invite the first alternate who fits and is not booked meanwhile; return whether there was one.

    Somebody without a mail address is not skipped: the organiser decides.
    """
    if panel.starts is not None and panel.starts <= now:
        return False
    booked: set[int] = set()
    while True:
        found = next_for(session, panel, vacant, but=booked, now=now)
        if found.seat is None or not _has_address(session, found.seat):
            return False
        try:
            _fill(session, panel, vacant, found.seat, found, actor=SYSTEM, now=now)
        except DoubleBooked:
            booked.add(found.seat.id)
        else:
            return True


def _fill(
    session: Session, panel: Panel, vacant: Seat, seat: Seat, found: Next, *, actor: Actor, now: datetime
) -> Invitation:
    campaign = campaigns.of_panel(session, panel.id)
    if campaign is None:
        raise Invalid(N_("Write the text of the invitations first."))
    take_chair(session, panel, vacant, seat, found.plain, actor=actor, now=now)
    return inviting.invite(session, campaign, seat=seat, actor=actor, now=now)


def take_chair(
    session: Session,
    panel: Panel,
    vacant: Seat,
    seat: Seat,
    passed_over: list[dict[str, Any]],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Give the chair of `vacant` to an alternate; raises `DoubleBooked`, having changed nothing."""
    seating.fill(session, panel, vacant, seat)
    event = VacancyFilled(
        panel.id,
        seat_id=seat.id,
        replaces_id=vacant.id,
        person_id=seat.person_id,
        passed_over=passed_over,
    )
    record(session, event, actor=actor, now=now)


def _has_address(session: Session, seat: Seat) -> bool:
    addressed = sa.exists().where(EmailAddress.person_id == seat.person_id)
    return bool(session.scalar(sa.select(addressed)))
