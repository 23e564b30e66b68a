"""Write to the invited: the request, reminders, and what became of it; each reason once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from expertpool.calendars import mail
from expertpool.events import Actor, subscribe
from expertpool.invitations import events as happened
from expertpool.invitations import links
from expertpool.invitations.listeners import CANCELLED
from expertpool.invitations.models import Channel, Invitation
from expertpool.notifications.inviting_facts import calendar_of, facts_of
from expertpool.notifications.people import readers
from expertpool.outbox.service import enqueue
from expertpool.panels.sealed import topic

WITH_CALENDAR = tuple(
    f"invitations/{what}" for what in ("request", "thanks", "declined", "expired", "withdrawn")
)
"""Kinds of mail that carry calendar entries."""


def connect() -> None:
    """Subscribe; safe to call twice. After the calendars, whose entries the mails take along."""
    subscribe(happened.InvitationSent, ask)
    subscribe(happened.InvitationReminded, remind)
    subscribe(happened.InvitationAccepted, thank)
    subscribe(happened.InvitationDeclined, confirm_refusal)
    subscribe(happened.InvitationExpired, tell_expired)
    subscribe(happened.InvitationWithdrawn, tell_withdrawn)


def ask(session: Session, event: happened.InvitationSent, _actor: Actor, now: datetime) -> None:
    """Send the invitation with its link, unless the person is asked by phone."""
    if event.channel == Channel.MAIL:
        _tell(session, "request", event.subject_id, now, with_link=True)


def remind(session: Session, event: happened.InvitationReminded, _actor: Actor, now: datetime) -> None:
    """Remind of an invitation that waits."""
    _tell(session, "reminder", event.subject_id, now, with_link=True, key=f"reminder-{event.count}")


def thank(session: Session, event: happened.InvitationAccepted, _actor: Actor, now: datetime) -> None:
    """Confirm that the person comes, with a link to look it up or give the seat back."""
    _tell(session, "thanks", event.subject_id, now, with_link=True)


def confirm_refusal(
    session: Session, event: happened.InvitationDeclined, _actor: Actor, now: datetime
) -> None:
    """Confirm that the person does not come, and take the entry out of their calendar."""
    _tell(session, "declined", event.subject_id, now)


def tell_expired(session: Session, event: happened.InvitationExpired, _actor: Actor, now: datetime) -> None:
    """Tell that the time to answer is over."""
    _tell(session, "expired", event.subject_id, now)


def tell_withdrawn(
    session: Session, event: happened.InvitationWithdrawn, _actor: Actor, now: datetime
) -> None:
    """Tell that the invitation does not stand any more, and why; of cancelled panels, see `panels`."""
    invitation = session.get_one(Invitation, event.subject_id)
    if event.reason == CANCELLED and invitation.seat_id is not None:
        return
    _tell(session, "withdrawn", event.subject_id, now, reason=event.reason)


def _tell(
    session: Session,
    what: str,
    invitation_id: int,
    now: datetime,
    *,
    with_link: bool = False,
    key: str | None = None,
    **values: Any,
) -> None:
    """Put the mail `invitations/<what>` to an invited person who has an address into the outbox."""
    invitation = session.get_one(Invitation, invitation_id)
    panel_id = invitation.campaign.panel_id
    for reader in readers(session, [invitation.person_id]):
        snapshot = facts_of(session, invitation, reader.locale) | values
        if with_link:
            snapshot["path"] = links.PATH + links.mint(session, invitation, now=now)
        kind = f"invitations/{what}"
        if kind in WITH_CALENDAR:
            snapshot[mail.KEY] = calendar_of(session, invitation)
        enqueue(
            session,
            kind=kind,
            to=reader.address,
            locale=reader.locale,
            snapshot=snapshot,
            dedupe_key=f"invitation:{invitation.id}:{key or what}",
            about=topic(panel_id) if panel_id else None,
            now=now,
            thread=mail.thread(invitation.person_id),
        )
