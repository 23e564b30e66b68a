"""Tell organisers what becomes of the seats that they invited to: one mail for each thing that happens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import config
from expertpool.accounts.models import User
from expertpool.events import SYSTEM, Actor, subscribe
from expertpool.invitations import events as happened
from expertpool.invitations.models import Campaign, Channel, Invitation, InvitationState, OnVacancy
from expertpool.invitations.wording import REASONS
from expertpool.notifications.inviting_facts import of_panel
from expertpool.notifications.recipients import organisers
from expertpool.outbox.service import enqueue
from expertpool.panels.confirmation import holders
from expertpool.panels.models import Panel, Seat, SeatState
from expertpool.panels.sealed import topic
from expertpool.people.models import Person


def connect() -> None:
    """Subscribe; safe to call twice."""
    subscribe(happened.VacancyFilled, tell_filled)
    subscribe(happened.VacancyOffered, tell_offered)
    subscribe(happened.InvitationDeclined, tell_teacher_left)
    subscribe(happened.InvitationExpired, tell_teacher_left)
    subscribe(happened.AcceptanceRefused, tell_teacher_left)
    subscribe(happened.InvitationAccepted, tell_complete)
    subscribe(happened.ColleagueSuggested, tell_suggestion)


def tell_filled(session: Session, event: happened.VacancyFilled, actor: Actor, now: datetime) -> None:
    """Tell who left and who was asked in their place; organisers who did it themselves know."""
    if actor == SYSTEM:
        name = session.get_one(Person, event.person_id).name
        _tell_left(session, event.replaces_id, {"follows": "invited", "next": name}, event.passed_over, now)


def tell_offered(session: Session, event: happened.VacancyOffered, _actor: Actor, now: datetime) -> None:
    """Tell who left and who could be asked; nothing when the organiser noted it on the phone."""
    invitation = _last_of(session, event.vacant_seat_id)
    if invitation.answered_by is Channel.PHONE:
        return
    next_seat = session.get(Seat, event.next_seat_id) if event.next_seat_id else None
    by_phone = invitation.campaign.on_vacancy is OnVacancy.PHONE
    follows = "nobody" if next_seat is None else "phone" if by_phone else "offered"
    values = {"follows": follows, "next": next_seat.person.name if next_seat else ""}
    _tell_left(session, event.vacant_seat_id, values, event.passed_over, now)


def tell_teacher_left(session: Session, event: Any, _actor: Actor, now: datetime) -> None:
    """Tell that a teacher does not teach: there are no alternates, the organiser looks for another."""
    invitation = session.get_one(Invitation, event.subject_id)
    if invitation.teaching_id is None:
        return
    values = {"follows": "teacher", "next": "", "passed": ""} | _left(invitation, event)
    _tell(session, "vacancy", invitation.campaign, values, f"invitation:{invitation.id}:left", now)


def tell_complete(session: Session, event: happened.InvitationAccepted, _actor: Actor, now: datetime) -> None:
    """Tell that all members of a panel come."""
    invitation = session.get_one(Invitation, event.subject_id)
    panel = invitation.campaign.panel
    if panel is None or any(seat.state is not SeatState.ACCEPTED for seat in holders(panel)):
        return
    count = len(holders(panel))
    if count >= panel.seat_count:
        key = f"invitation:{invitation.id}:complete"
        _tell(session, "complete", invitation.campaign, {"count": count}, key, now)


def tell_suggestion(
    session: Session, event: happened.ColleagueSuggested, _actor: Actor, now: datetime
) -> None:
    """Tell that an invited person suggests a colleague, who is named on the page alone."""
    invitation = session.get_one(Invitation, event.subject_id)
    values = {"person": invitation.person.name}
    _tell(session, "suggestion", invitation.campaign, values, f"suggestion:{event.suggestion_id}", now)


def _tell_left(
    session: Session, seat_id: int, values: dict[str, Any], passed_over: Sequence[Any], now: datetime
) -> None:
    invitation = _last_of(session, seat_id)
    names = sa.select(Person.name).join(Seat, Seat.person_id == Person.id).order_by(Seat.position)
    passed = session.scalars(names.where(Seat.id.in_([each["seat_id"] for each in passed_over])))
    facts = values | {"passed": "、".join(passed)} | _left(invitation)
    _tell(session, "vacancy", invitation.campaign, facts, f"invitation:{invitation.id}:left", now)


def _last_of(session: Session, seat_id: int) -> Invitation:
    query = sa.select(Invitation).where(Invitation.seat_id == seat_id).order_by(Invitation.id.desc())
    return session.scalars(query.limit(1)).one()


def _left(invitation: Invitation, event: Any = None) -> dict[str, Any]:
    """Return who left, how (`declined`, `expired` or `refused`), and why as a message."""
    how = {InvitationState.DECLINED: "declined", InvitationState.EXPIRED: "expired"}
    return {
        "person": invitation.person.name,
        "how": how.get(invitation.state, "refused"),
        "why": REASONS[invitation.reason] if invitation.reason else "",
        "words": invitation.reason_text or "",
    }


def _tell(
    session: Session, what: str, campaign: Campaign, values: dict[str, Any], key: str, now: datetime
) -> None:
    """Put the mail `invitations/<what>` to each organiser of a panel or cohort into the outbox."""
    panel = campaign.panel
    path = f"/panels/{panel.id}" if panel else f"/cohorts/{campaign.cohort_id}/invitations"
    for user in organisers(session, panel, now=now) if panel else _maker(session, campaign):
        enqueue(
            session,
            kind=f"invitations/{what}",
            to=user.email,
            locale=user.locale or config.locale_of(),
            snapshot={"name": user.name, "path": path, **_about(campaign, panel), **values},
            dedupe_key=f"{key}:{user.id}",
            about=topic(panel.id) if panel else None,
            now=now,
        )


def _maker(session: Session, campaign: Campaign) -> list[User]:
    user = session.get(User, campaign.created_by_id) if campaign.created_by_id else None
    return [user] if user is not None and user.active else []


def _about(campaign: Campaign, panel: Panel | None) -> dict[str, Any]:
    if panel is not None:
        return of_panel(panel)
    assert campaign.cohort is not None
    return {"title": campaign.cohort.course.title_zh, "number": campaign.cohort.number}
