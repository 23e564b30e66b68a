"""Invitations before they are sent: to whom, and the mail as it will be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session, selectinload

from expertpool.invitations import links
from expertpool.invitations.models import Campaign, Invitation
from expertpool.invitations.waiting import expiry
from expertpool.notifications.inviting_facts import facts_of
from expertpool.outbox.rendering import Renderer
from expertpool.panels.confirmation import holders
from expertpool.panels.models import Seat, SeatState
from expertpool.people.models import Person
from expertpool.training.models import Teaching, TeachingState
from expertpool.web.kit.locale import LANGUAGES

HIDDEN = "…"
"""Stands for the token of a link."""


@dataclass(frozen=True)
class Mail:
    """One language of the mail."""

    locale: str
    subject: str
    text: str


@dataclass(frozen=True)
class Preview:
    """Who would be invited now and how; `unreachable` have no mail address."""

    waiting: list[Person]
    unreachable: list[Person]
    mails: list[Mail]


def preview(session: Session, campaign: Campaign, *, now: datetime) -> Preview:
    """Return what inviting everybody now would send."""
    asked = _to_ask(campaign)
    people = _people(session, [each.person_id for each in asked])
    return Preview(
        waiting=[person for person in people if person.addresses],
        unreachable=[person for person in people if not person.addresses],
        mails=[_mail(session, campaign, asked, locale, now) for locale in LANGUAGES] if asked else [],
    )


def _to_ask(campaign: Campaign) -> Sequence[Seat | Teaching]:
    if campaign.panel is not None:
        return [seat for seat in holders(campaign.panel) if seat.state is SeatState.PROPOSED]
    assert campaign.cohort is not None
    return [each for each in campaign.cohort.teachings if each.state is TeachingState.PROPOSED]


def _people(session: Session, ids: Sequence[int]) -> list[Person]:
    query = sa.select(Person).where(Person.id.in_(ids)).options(selectinload(Person.addresses))
    found = {person.id: person for person in session.scalars(query)}
    return [found[each] for each in ids]


def _mail(
    session: Session, campaign: Campaign, asked: Sequence[Seat | Teaching], locale: str, now: datetime
) -> Mail:
    """Return the mail to the last of those asked, who is not the chair where there are others."""
    one = asked[-1]
    begins = campaign.panel.starts if campaign.panel else None
    draft = Invitation(
        campaign=campaign,
        person=one.person,
        seat=one if isinstance(one, Seat) else None,
        teaching=one if isinstance(one, Teaching) else None,
        expires_at=expiry(now, campaign.answer_hours, begins),
    )
    settings = current_app.config["EXPERTPOOL"]
    renderer = Renderer(settings.base_url, settings.mail_from, settings.timezone)
    snapshot = facts_of(session, draft, locale) | {"path": links.PATH + HIDDEN}
    return Mail(locale, *renderer.words("invitations/request", locale, snapshot))
