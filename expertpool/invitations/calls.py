"""Phone people one at a time, in order, and keep how each call ended.

Whoever was not called since the seat fell vacant comes first, in the order of the alternates; then those
called least often. So nobody is skipped without a recorded call.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record as audit
from expertpool.availability.service import DoubleBooked
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.invitations import answering, campaigns, inviting, links, vacancies
from expertpool.invitations.answering import Accepted, Refusal
from expertpool.invitations.declaring import NOTHING, Declaration
from expertpool.invitations.events import CallRecorded
from expertpool.invitations.models import OPEN, Call, Channel, DeclineReason, Invitation, Outcome
from expertpool.invitations.purposes import NotPossible, booked_elsewhere
from expertpool.panels import seating
from expertpool.panels.holding import hold
from expertpool.panels.models import Panel, Seat, SeatRole, SeatState

LONGEST = 500
"""Characters of a note."""


def next_to_call(session: Session, panel: Panel, vacant: Seat, *, now: datetime) -> Seat | None:
    """Return whom to phone for a vacant seat: the first in turn of the alternates who fit now."""
    waiting = seating.alternates(panel)
    table = seating.table(session, panel, waiting, but=vacant, now=now)
    called = _calls_since(session, panel, _vacant_since(session, vacant))
    turn = sorted(waiting, key=lambda seat: (called[seat.id], seat.position))
    return next((seat for seat in turn if not table.against(seat)), None)


def record(
    session: Session,
    seat: Seat,
    outcome: Outcome,
    *,
    reason: DeclineReason | None = None,
    rest_until: date | None = None,
    note: str | None = None,
    declaration: Declaration = NOTHING,
    actor: Actor,
    now: datetime,
) -> Accepted | NotPossible | None:
    """Keep how a call to a member or an alternate ended, and do what follows from it.

    Who accepts takes the first vacant chair, unless something speaks against it (`NotPossible`, an answer to
    be committed); who declines is asked no more. Raises Invalid when somebody before them was not called yet,
    nothing is vacant, or at the fields `reason` and `note`.
    """
    panel = hold(session, seat.panel_id)
    said = _checked(outcome, reason, note)
    vacant = next(iter(seating.vacancies(panel)), None)
    if seat.role is SeatRole.ALTERNATE:
        _require_turn(session, panel, seat, vacant, outcome, now)
    call = Call(
        seat=seat,
        outcome=outcome,
        reason=reason,
        note=said,
        called_at=now,
        called_by_id=actor.user_id,
        called_by=actor.label,
    )
    session.add(call)
    session.flush()
    event = CallRecorded(
        panel.id,
        call_id=call.id,
        seat_id=seat.id,
        person_id=seat.person_id,
        outcome=outcome.value,
        reason=reason.value if reason else None,
        note=said,
    )
    audit(session, event, actor=actor, now=now)
    if outcome is Outcome.ACCEPTED:
        return _accepted(session, panel, seat, vacant, declaration, actor, now)
    if outcome is Outcome.DECLINED and reason is not None:
        _declined(session, panel, seat, Refusal(reason, said or "", rest_until), actor, now)
    return None


def send_link(session: Session, seat: Seat, *, actor: Actor, now: datetime) -> str:
    """Return a token of the invitation of a seat, for a message; whoever was not asked yet is asked by it.

    An alternate takes the first vacant chair, in the turn of calls. Raises Invalid like `record`, and when
    the alternate does not fit any more or is booked meanwhile.
    """
    panel = hold(session, seat.panel_id)
    if seat.role is SeatRole.ALTERNATE:
        vacant = next(iter(seating.vacancies(panel)), None)
        _require_turn(session, panel, seat, vacant, Outcome.ACCEPTED, now)
        if vacant is None or seating.fits(session, panel, seat, vacant, now=now):
            raise Invalid(N_("%(name)s does not fit any more. Look who is next."), name=seat.person.name)
        vacancies.take_chair(session, panel, vacant, seat, [], actor=actor, now=now)
    return links.mint(session, _asked(session, panel, seat, actor, now), now=now)


def _accepted(
    session: Session,
    panel: Panel,
    seat: Seat,
    vacant: Seat | None,
    declaration: Declaration,
    actor: Actor,
    now: datetime,
) -> Accepted | NotPossible:
    if seat.role is SeatRole.ALTERNATE and vacant is not None:
        try:
            vacancies.take_chair(session, panel, vacant, seat, [], actor=actor, now=now)
        except DoubleBooked:
            seating.leave(session, seat, SeatState.WITHDRAWN)
            return booked_elsewhere(seat.person)
    invitation = _asked(session, panel, seat, actor, now)
    return answering.accept(session, invitation, declaration, by=Channel.PHONE, actor=actor, now=now)


def _declined(
    session: Session,
    panel: Panel,
    seat: Seat,
    told: Refusal,
    actor: Actor,
    now: datetime,
) -> None:
    if seat.role is SeatRole.ALTERNATE:
        seating.leave(session, seat, SeatState.DECLINED)
        answering.follow(session, panel, seat.person, told, actor=actor, now=now)
    else:
        invitation = _asked(session, panel, seat, actor, now)
        answering.decline(
            session,
            invitation,
            told.reason,
            told.text,
            rest_until=told.rest_until,
            by=Channel.PHONE,
            actor=actor,
            now=now,
        )


def _asked(session: Session, panel: Panel, seat: Seat, actor: Actor, now: datetime) -> Invitation:
    """Return the open invitation of a seat; one by phone when there is none."""
    found = session.scalar(sa.select(Invitation).where(Invitation.seat_id == seat.id, sa.text(OPEN)))
    if found is not None:
        return found
    campaign = campaigns.of_panel(session, panel.id)
    if campaign is None:
        raise Invalid(N_("Write the text of the invitations first."))
    return inviting.invite(session, campaign, seat=seat, channel=Channel.PHONE, actor=actor, now=now)


def _require_turn(
    session: Session, panel: Panel, seat: Seat, vacant: Seat | None, outcome: Outcome, now: datetime
) -> None:
    """Raise Invalid when an alternate before, who fits, was not called since the seat fell vacant."""
    if vacant is None:
        if outcome is Outcome.ACCEPTED:
            raise Invalid(N_("This seat is not vacant any more."))
        return
    called = _calls_since(session, panel, _vacant_since(session, vacant))
    before = [
        each for each in seating.alternates(panel) if each.position < seat.position and not called[each.id]
    ]
    table = seating.table(session, panel, before, but=vacant, now=now)
    skipped = next((each for each in before if not table.against(each)), None)
    if skipped is not None:
        raise Invalid(N_("%(name)s comes first and was not called yet."), name=skipped.person.name)


def _vacant_since(session: Session, vacant: Seat) -> datetime:
    ended = sa.select(sa.func.max(Invitation.ended_at, type_=Invitation.ended_at.type))
    return session.scalar(ended.where(Invitation.seat_id == vacant.id)) or vacant.created_at


def _calls_since(session: Session, panel: Panel, moment: datetime) -> Mapping[int, int]:
    """Return how often each alternate was called since then."""
    query = (
        sa.select(Call.seat_id, sa.func.count())
        .join(Seat, Seat.id == Call.seat_id)
        .where(Seat.panel_id == panel.id, Call.called_at >= moment)
        .group_by(Call.seat_id)
    )
    return Counter(dict(session.execute(query).all()))


def _checked(outcome: Outcome, reason: DeclineReason | None, note: str | None) -> str | None:
    said = (note or "").strip()
    if outcome is Outcome.DECLINED and reason is None:
        raise Invalid(N_("Choose the reason that fits best."), field="reason")
    if len(said) > LONGEST:
        raise Invalid(N_("Longer than %(most)s characters."), field="note", most=LONGEST)
    return said or None
