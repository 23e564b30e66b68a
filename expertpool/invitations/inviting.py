"""Ask people, remind them, take an invitation back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid
from expertpool.events import SYSTEM, Actor
from expertpool.invitations import purposes
from expertpool.invitations.events import InvitationReminded, InvitationSent, InvitationWithdrawn
from expertpool.invitations.models import OPEN, Campaign, Channel, Invitation, InvitationState
from expertpool.invitations.purposes import Purpose
from expertpool.invitations.waiting import end, expiry, next_reminder
from expertpool.panels import confirmation
from expertpool.panels.holding import hold
from expertpool.panels.models import Seat, SeatState
from expertpool.people.models import EmailAddress, Person
from expertpool.training.models import Cohort, Teaching, TeachingState


def invite_all(session: Session, campaign: Campaign, *, actor: Actor, now: datetime) -> list[Invitation]:
    """Invite by mail everybody who was not invited yet; return the new invitations.

    Those without a mail address are left, to be phoned; raises Invalid naming them when there is nobody else.
    """
    waiting = _to_invite(session, campaign)
    silent = _without_address(session, [each.person_id for each in waiting])
    if waiting and len(silent) == len({each.person_id for each in waiting}):
        raise _no_address(silent)
    unheard = {person.id for person in silent}
    return [
        invite(
            session,
            campaign,
            seat=each if isinstance(each, Seat) else None,
            teaching=each if isinstance(each, Teaching) else None,
            actor=actor,
            now=now,
        )
        for each in waiting
        if each.person_id not in unheard
    ]


def invite(
    session: Session,
    campaign: Campaign,
    *,
    seat: Seat | None = None,
    teaching: Teaching | None = None,
    channel: Channel = Channel.MAIL,
    actor: Actor,
    now: datetime,
) -> Invitation:
    """Ask one person; somebody who left a seat that is still vacant may be asked again.

    Raises Invalid when they are asked already, can't be reached by mail, or it is too late.
    """
    purpose = purposes.of(session, seat=seat, teaching=teaching)
    _require_time(purpose, campaign, now)
    _require_unasked(session, purpose)
    silent = _without_address(session, [purpose.person.id]) if channel is Channel.MAIL else []
    if silent:
        raise _no_address(silent)
    purpose.ask(now=now)
    expires_at = expiry(now, campaign.answer_hours, purpose.begins(now))
    reminders = campaign.reminder_hours if channel is Channel.MAIL else ()
    invitation = Invitation(
        campaign=campaign,
        seat=seat,
        teaching=teaching,
        person=purpose.person,
        channel=channel,
        state=InvitationState.SENT,
        sent_at=now,
        expires_at=expires_at,
        remind_at=next_reminder(expires_at, reminders, now),
    )
    session.add(invitation)
    session.flush()
    event = InvitationSent(
        invitation.id,
        seat_id=invitation.seat_id,
        teaching_id=invitation.teaching_id,
        person_id=invitation.person_id,
        channel=channel.value,
        expires_at=expires_at,
    )
    record(session, event, actor=actor, now=now)
    return invitation


def remind(session: Session, invitation: Invitation, *, now: datetime) -> bool:
    """Remind an invited person if that is due; return whether it was."""
    purposes.held(session, invitation)
    is_due = invitation.remind_at is not None and invitation.remind_at <= now < invitation.expires_at
    if not is_due:
        return False
    invitation.reminders += 1
    hours = invitation.campaign.reminder_hours
    invitation.remind_at = next_reminder(invitation.expires_at, hours, now)
    session.flush()
    event = InvitationReminded(invitation.id, person_id=invitation.person_id, count=invitation.reminders)
    record(session, event, actor=SYSTEM, now=now)
    return True


def withdraw(session: Session, invitation: Invitation, reason: str, *, actor: Actor, now: datetime) -> None:
    """Take an invitation back, accepted or not; the person is told why. Nobody else is asked by that."""
    purpose = purposes.held(session, invitation)
    reason = " ".join(reason.split())
    if not 3 <= len(reason) <= 300:
        raise Invalid(N_("Give a reason of 3 to 300 characters: it is kept on file."), field="reason")
    if invitation.state not in (InvitationState.SENT, InvitationState.ACCEPTED):
        raise Invalid(N_("This invitation is closed already."))
    invitation.reason_text = reason
    take_back(session, invitation, purpose, reason, actor=actor, now=now)


def take_back(
    session: Session, invitation: Invitation, purpose: Purpose, reason: str, *, actor: Actor, now: datetime
) -> None:
    """Withdraw an open invitation that is held. `reason` is what an organiser wrote, or a code.

    The codes are `conflict`, `rules` and `booked`, as of `NotPossible`, and `cancelled`.
    """
    end(invitation, InvitationState.WITHDRAWN, now)
    purpose.give_up("withdrawn", reason, actor=actor, now=now)
    session.flush()
    event = InvitationWithdrawn(
        invitation.id,
        seat_id=invitation.seat_id,
        teaching_id=invitation.teaching_id,
        person_id=invitation.person_id,
        reason=reason,
    )
    record(session, event, actor=actor, now=now)


def _to_invite(session: Session, campaign: Campaign) -> Sequence[Seat | Teaching]:
    if campaign.panel_id is not None:
        panel = hold(session, campaign.panel_id)
        return [seat for seat in confirmation.holders(panel) if seat.state is SeatState.PROPOSED]
    cohort = session.get_one(Cohort, campaign.cohort_id)
    return [each for each in cohort.teachings if each.state is TeachingState.PROPOSED]


def _require_time(purpose: Purpose, campaign: Campaign, now: datetime) -> None:
    if not purpose.belongs_to(campaign):
        raise ValueError("the campaign is for another panel or cohort")
    if not purpose.is_on:
        raise Invalid(N_("Nobody is invited any more: it is over or cancelled."))
    begins = purpose.begins(now)
    if begins is not None and begins <= now:
        raise Invalid(N_("It has begun already: too late to invite."))


def _require_unasked(session: Session, purpose: Purpose) -> None:
    asked = sa.exists().where(purpose.is_theirs, sa.text(OPEN))
    if session.scalar(sa.select(asked)):
        raise Invalid(N_("%(name)s is invited already."), name=purpose.person.name)


def _without_address(session: Session, person_ids: Sequence[int]) -> list[Person]:
    addressed = sa.exists().where(EmailAddress.person_id == Person.id)
    query = sa.select(Person).where(Person.id.in_(person_ids), ~addressed).order_by(Person.id)
    return list(session.scalars(query))


def _no_address(people: Sequence[Person]) -> Invalid:
    return Invalid(
        N_("No mail address is known of: %(names)s. Add one, or phone them."),
        names="、".join(person.name for person in people),
    )
