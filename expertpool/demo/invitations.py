"""Invitations of the demo: accepted, waiting, declined with the next one asked, and phoned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from expertpool.events import Actor
from expertpool.invitations import answering, calls, campaigns, inviting
from expertpool.invitations.declaring import NOTHING
from expertpool.invitations.models import Channel, DeclineReason, Invitation, OnVacancy, Outcome
from expertpool.panels import seating
from expertpool.panels.models import Panel

CONTACT = "周岚 0000-0000000"


@dataclass(frozen=True)
class Answers:
    """How the members of a demo panel answer, in the order of their seats; the last ones do not."""

    on_vacancy: OnVacancy
    accepted: int
    declined: DeclineReason
    text: str
    but: str = ""
    """Number of somebody who has not answered yet."""


def invite(session: Session, panel: Panel, answers: Answers, *, actor: Actor, now: datetime) -> None:
    """Invite to a panel the day before yesterday, and have people answer since."""
    then = now - timedelta(days=2)
    campaign = campaigns.prepare(
        session,
        panel=panel,
        text_zh=campaigns.draft(session, panel=panel, locale="zh_Hans"),
        text_en=campaigns.draft(session, panel=panel, locale="en"),
        fee="税前 800 元",
        contact=CONTACT,
        answer_hours=120,
        reminder_hours=[48, 24],
        on_vacancy=answers.on_vacancy,
        actor=actor,
        now=then,
    )
    sent = inviting.invite_all(session, campaign, actor=actor, now=then)
    asked = [each for each in sent if each.person.number != answers.but]
    for number, invitation in enumerate(asked[: answers.accepted]):
        _accept(session, invitation, then + timedelta(hours=3 * number + 2))
    _decline(session, asked[answers.accepted], answers, now - timedelta(hours=20))
    if answers.on_vacancy is OnVacancy.PHONE:
        _phone(session, panel, actor=actor, now=now - timedelta(hours=1))


def _accept(session: Session, invitation: Invitation, now: datetime) -> None:
    actor = Actor(invitation.person.user_id, invitation.person.name, via="mail")
    answering.accept(session, invitation, NOTHING, by=Channel.MAIL, actor=actor, now=now)


def _decline(session: Session, invitation: Invitation, answers: Answers, now: datetime) -> None:
    actor = Actor(invitation.person.user_id, invitation.person.name, via="mail")
    answering.decline(
        session, invitation, answers.declined, answers.text, by=Channel.MAIL, actor=actor, now=now
    )


def _phone(session: Session, panel: Panel, *, actor: Actor, now: datetime) -> None:
    """Phone the first alternate, who does not answer."""
    session.refresh(panel)
    vacant = seating.vacancies(panel)[0]
    seat = calls.next_to_call(session, panel, vacant, now=now)
    assert seat is not None
    calls.record(session, seat, Outcome.NO_ANSWER, note="下午再打", actor=actor, now=now)
