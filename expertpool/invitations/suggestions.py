"""Colleagues whom the invited suggest: their names and addresses are kept encrypted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid
from expertpool.events import Actor
from expertpool.invitations import purposes
from expertpool.invitations.events import ColleagueSuggested, SuggestionSettled
from expertpool.invitations.models import Campaign, Invitation, Suggestion
from expertpool.settings.crypto import keyring

MOST = 5
"""Suggestions that one invitation takes."""
LENGTHS = {"person_name": 120, "organisation": 200, "contact": 200, "note": 500}
"""Characters at most."""


@dataclass(frozen=True)
class Colleague:
    """Who is suggested, as the invited person wrote it."""

    person_name: str
    organisation: str
    contact: str
    note: str


def suggest(
    session: Session,
    invitation: Invitation,
    *,
    person_name: str,
    organisation: str,
    contact: str,
    note: str,
    actor: Actor,
    now: datetime,
) -> Suggestion:
    """Keep a suggested colleague for the organiser; raises Invalid at the field, or after too many."""
    colleague = _checked(Colleague(person_name, organisation, contact, note))
    purpose = purposes.held(session, invitation)
    begins = purpose.begins(now)
    if not purpose.is_on or (begins is not None and begins <= now):
        raise Invalid(N_("It is over or cancelled: the office looks for nobody any more."))
    count = (
        sa.select(sa.func.count()).select_from(Suggestion).where(Suggestion.invitation_id == invitation.id)
    )
    if (session.scalar(count) or 0) >= MOST:
        raise Invalid(
            N_(
                "You have suggested %(most)s colleagues already. Thank you.",
            ),
            most=MOST,
        )
    sealed = keyring().seal(json.dumps(asdict(colleague), ensure_ascii=False))
    suggestion = Suggestion(invitation=invitation, sealed=sealed, created_at=now)
    session.add(suggestion)
    session.flush()
    event = ColleagueSuggested(invitation.id, suggestion_id=suggestion.id, person_id=invitation.person_id)
    record(session, event, actor=actor, now=now)
    return suggestion


def settle(session: Session, suggestion: Suggestion, *, actor: Actor, now: datetime) -> None:
    """Note that the organiser has dealt with a suggestion. Twice changes nothing."""
    if suggestion.settled_at is not None:
        return
    suggestion.settled_at = now
    session.flush()
    event = SuggestionSettled(suggestion.invitation_id, suggestion_id=suggestion.id)
    record(session, event, actor=actor, now=now)


def colleague_of(suggestion: Suggestion) -> Colleague:
    """Return who is suggested."""
    return Colleague(**json.loads(keyring().unseal(suggestion.sealed)))


def open_of(session: Session, campaign: Campaign) -> Sequence[Suggestion]:
    """Return what the invited of a campaign suggested and nobody dealt with, oldest first, with who did."""
    return session.scalars(
        sa.select(Suggestion)
        .join(Suggestion.invitation)
        .where(Invitation.campaign_id == campaign.id, Suggestion.settled_at.is_(None))
        .options(joinedload(Suggestion.invitation).joinedload(Invitation.person))
        .order_by(Suggestion.id)
    ).all()


def _checked(colleague: Colleague) -> Colleague:
    tidied = {name: " ".join(text.split()) for name, text in asdict(colleague).items()}
    if not tidied["person_name"]:
        raise Invalid(N_("Give a name."), field="person_name")
    for name, text in tidied.items():
        if len(text) > LENGTHS[name]:
            raise Invalid(N_("Longer than %(most)s characters."), field=name, most=LENGTHS[name])
    return Colleague(**tidied)
