"""Hear the answer of an invited person: they come, they do not, or they can't although they want to.

Every answer ends in a stored answer or in a clear refusal. The same answer twice changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.availability.service import add_busy_time
from expertpool.errors import N_, Invalid
from expertpool.events import SYSTEM, Actor
from expertpool.invitations import declaring, purposes, vacancies
from expertpool.invitations.declaring import Declaration
from expertpool.invitations.events import (
    AcceptanceRefused,
    InvitationAccepted,
    InvitationDeclined,
    InvitationExpired,
)
from expertpool.invitations.inviting import take_back
from expertpool.invitations.models import Channel, DeclineReason, Invitation, InvitationState
from expertpool.invitations.purposes import ForSeat, NotPossible, Purpose
from expertpool.invitations.waiting import end
from expertpool.panels.models import Panel
from expertpool.panels.question import OFFICE_ZONE
from expertpool.panels.sealed import is_sealed
from expertpool.people import resting
from expertpool.people.models import Person

LONGEST = 500
"""Characters of the text that goes with a refusal."""
REFUSALS = {
    "conflict": DeclineReason.CONFLICT,
    "booked": DeclineReason.BUSY_THEN,
    "rules": DeclineReason.OTHER,
}
"""Why somebody who wanted to come does not, as their invitation keeps it."""


@dataclass(frozen=True)
class Accepted:
    """The person comes."""

    invitation: Invitation


@dataclass(frozen=True)
class Refusal:
    """Why somebody does not come, in words if they gave any, and until when they have no time for reviews."""

    reason: DeclineReason
    text: str
    rest_until: date | None = None


def accept(
    session: Session,
    invitation: Invitation,
    declaration: Declaration,
    *,
    by: Channel,
    actor: Actor,
    now: datetime,
) -> Accepted | NotPossible:
    """Note that an invited person comes, after a fresh look at conflicts, rules and the diary.

    What they declare is kept either way. When something stands against it they leave the seat, the next one
    is asked, and `NotPossible` says why: it is an answer to be committed. Raises Invalid when the invitation
    is closed, or at the field of a declaration.
    """
    purpose = purposes.held(session, invitation)
    if invitation.state is InvitationState.ACCEPTED:
        return Accepted(invitation)
    _require_open(invitation, purpose, now)
    if isinstance(purpose, ForSeat):
        declaring.keep(session, purpose.person, purpose.panel, declaration, actor=actor, now=now)
        invitation.declaration = declaration.answers
    invitation.answered_at, invitation.answered_by = now, by
    refused = purpose.take(actor=actor, now=now)
    if refused is not None:
        _refuse(session, invitation, purpose, refused, actor, now)
        return refused
    invitation.state, invitation.remind_at = InvitationState.ACCEPTED, None
    session.flush()
    event = InvitationAccepted(
        invitation.id,
        seat_id=invitation.seat_id,
        teaching_id=invitation.teaching_id,
        person_id=invitation.person_id,
        answered_by=by.value,
    )
    record(session, event, actor=actor, now=now)
    return Accepted(invitation)


def decline(
    session: Session,
    invitation: Invitation,
    reason: DeclineReason,
    text: str | None,
    *,
    rest_until: date | None = None,
    by: Channel,
    actor: Actor,
    now: datetime,
) -> None:
    """Note that a person does not come, or gives an accepted seat back; the next one is asked.

    Busy then is noted in their diary, a conflict among their interests; no time for reviews lets them rest
    until `rest_until`, or without end. Raises Invalid when the invitation is closed, or at the field `text`
    or `rest_until`. The diary of somebody asked for a sealed roster tells nothing.
    """
    purpose = purposes.held(session, invitation)
    if invitation.state is InvitationState.DECLINED:
        return
    _require_open(invitation, purpose, now)
    said = _text(reason, text)
    invitation.answered_at, invitation.answered_by = now, by
    invitation.reason, invitation.reason_text = reason, said or None
    end(invitation, InvitationState.DECLINED, now)
    purpose.give_up("declined", reason.value, actor=actor, now=now)
    session.flush()
    if isinstance(purpose, ForSeat):
        told = Refusal(reason, said, rest_until)
        follow(session, purpose.panel, purpose.person, told, actor=actor, now=now)
    event = InvitationDeclined(
        invitation.id,
        seat_id=invitation.seat_id,
        teaching_id=invitation.teaching_id,
        person_id=invitation.person_id,
        answered_by=by.value,
        reason=reason.value,
        text=said or None,
    )
    record(session, event, actor=actor, now=now)
    vacancies.go_on(session, invitation, purpose, now=now)


def expire(session: Session, invitation: Invitation, *, now: datetime) -> bool:
    """Close an invitation that nobody answered in time, and ask the next one; return whether it was due."""
    purpose = purposes.held(session, invitation)
    if invitation.state is not InvitationState.SENT or invitation.expires_at > now:
        return False
    end(invitation, InvitationState.EXPIRED, now)
    purpose.give_up("expired", "expired", actor=SYSTEM, now=now)
    session.flush()
    event = InvitationExpired(
        invitation.id,
        seat_id=invitation.seat_id,
        teaching_id=invitation.teaching_id,
        person_id=invitation.person_id,
    )
    record(session, event, actor=SYSTEM, now=now)
    vacancies.go_on(session, invitation, purpose, now=now)
    return True


def _require_open(invitation: Invitation, purpose: Purpose, now: datetime) -> None:
    if invitation.state is InvitationState.EXPIRED:
        raise Invalid(N_("This invitation has expired. Ask the office whether the seat is still free."))
    if invitation.state is InvitationState.WITHDRAWN or not purpose.is_on:
        raise Invalid(N_("The office has withdrawn this invitation. There is nothing left to answer."))
    if invitation.state is InvitationState.DECLINED:
        raise Invalid(N_("You declined already. Ask the office whether the seat is still free."))
    if (begins := purpose.begins(now)) is not None and begins <= now:
        raise Invalid(N_("It has begun already. Please call the office."))


def _refuse(
    session: Session,
    invitation: Invitation,
    purpose: Purpose,
    refused: NotPossible,
    actor: Actor,
    now: datetime,
) -> None:
    event = AcceptanceRefused(
        invitation.id,
        seat_id=invitation.seat_id,
        person_id=invitation.person_id,
        why=refused.why,
        rules=[each.rule for each in refused.rules],
    )
    record(session, event, actor=actor, now=now)
    invitation.reason = REFUSALS[refused.why]
    take_back(session, invitation, purpose, refused.why, actor=SYSTEM, now=now)
    vacancies.go_on(session, invitation, purpose, now=now)


def _text(reason: DeclineReason, text: str | None) -> str:
    said = (text or "").strip()
    if len(said) > LONGEST:
        raise Invalid(N_("Longer than %(most)s characters."), field="text", most=LONGEST)
    if reason is DeclineReason.OTHER and not said:
        raise Invalid(N_("Say in a few words what it is."), field="text")
    return said


def follow(
    session: Session, panel: Panel, person: Person, told: Refusal, *, actor: Actor, now: datetime
) -> None:
    """Note what a refusal tells of the person: an interest in what is reviewed, a busy time, a rest."""
    acting: Any = {"actor": actor, "now": now}
    if told.reason is DeclineReason.CONFLICT:
        declaring.keep_refusal(session, person, panel, told.text[: declaring.LONGEST], **acting)
    if told.reason is DeclineReason.BUSY_THEN and not is_sealed(panel, now) and panel.starts and panel.ends:
        why = (told.text or panel.number)[:200]
        add_busy_time(session, person, panel.starts, panel.ends, reason=why, **acting)
    if told.reason is DeclineReason.BUSY_ALWAYS:
        today = now.astimezone(OFFICE_ZONE).date()
        resting.rest(session, person, told.rest_until, on=today, **acting)
