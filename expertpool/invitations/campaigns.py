"""What an organiser decides before inviting: the text, the fee, how long to wait, what follows a refusal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from expertpool.audit.service import record
from expertpool.errors import N_, Invalid, Sentence
from expertpool.events import Actor
from expertpool.invitations.events import CampaignChanged, CampaignPrepared
from expertpool.invitations.models import Campaign, OnVacancy
from expertpool.items.models import Item
from expertpool.panels.models import Panel, PanelItem, PanelState
from expertpool.training.models import Cohort, CohortState
from expertpool.translations import gettext_of

LONGEST_WAIT = 2160
"""Hours that an invitation waits at most: 90 days."""
LENGTHS = {"text_zh": 5000, "text_en": 5000, "fee": 120, "contact": 200}
"""Characters at most."""
MOST_TITLES = 3
"""Titles of items that a draft names before it counts them."""

TO_REVIEW = N_(
    "%(office)s invites you to sit as an expert on the panel “%(title)s”, which reviews %(items)s. "
    "Please check time and place and answer in time. If anything ties you to those who handed in or made "
    "what is reviewed, please say so."
)
TO_REVIEW_MANY = N_(
    "%(office)s invites you to sit as an expert on the panel “%(title)s”, which reviews %(count)s items, "
    "among them %(items)s. Please check time and place and answer in time. If anything ties you to those "
    "who handed in or made what is reviewed, please say so."
)
TO_MEET = N_(
    "%(office)s invites you as an expert to “%(title)s”. Please check time and place and answer in time."
)
TO_TEACH = N_(
    "%(office)s invites you to teach in the course “%(title)s”. Please check the times of the lessons and "
    "answer in time."
)


def of_panel(session: Session, panel_id: int) -> Campaign | None:
    """Return what was decided about the invitations of a panel."""
    return session.scalar(sa.select(Campaign).where(Campaign.panel_id == panel_id))


def of_cohort(session: Session, cohort_id: int) -> Campaign | None:
    """Return what was decided about the invitations of a cohort."""
    return session.scalar(sa.select(Campaign).where(Campaign.cohort_id == cohort_id))


def draft(session: Session, *, panel: Panel | None = None, cohort: Cohort | None = None, locale: str) -> str:
    """Return the text that an organiser begins with, in the language of `locale`."""
    say = gettext_of(locale)
    if panel is not None:
        return _to_sit(session, panel, locale).translated(say)
    assert cohort is not None
    course = cohort.course
    title = course.title_en if locale == "en" and course.title_en else course.title_zh
    return Sentence(TO_TEACH, {"office": course.owner.name, "title": title}).translated(say)


def prepare(
    session: Session,
    *,
    panel: Panel | None = None,
    cohort: Cohort | None = None,
    text_zh: str,
    text_en: str,
    fee: str | None,
    contact: str,
    answer_hours: int,
    reminder_hours: Iterable[int],
    on_vacancy: OnVacancy,
    actor: Actor,
    now: datetime,
) -> Campaign:
    """Decide how people are invited to a confirmed panel or to a cohort; raises Invalid at the field."""
    _require_on(session, panel, cohort)
    decided = _checked(text_zh, text_en, fee, contact, answer_hours, reminder_hours, on_vacancy)
    campaign = Campaign(panel=panel, cohort=cohort, created_by_id=actor.user_id, created_at=now, **decided)
    session.add(campaign)
    session.flush()
    event = CampaignPrepared(
        campaign.id,
        panel_id=campaign.panel_id,
        cohort_id=campaign.cohort_id,
        on_vacancy=on_vacancy.value,
    )
    record(session, event, actor=actor, now=now)
    return campaign


def change(
    session: Session,
    campaign: Campaign,
    *,
    text_zh: str,
    text_en: str,
    fee: str | None,
    contact: str,
    answer_hours: int,
    reminder_hours: Iterable[int],
    on_vacancy: OnVacancy,
    actor: Actor,
    now: datetime,
) -> bool:
    """Decide otherwise, for invitations from now on; return whether that changed anything."""
    decided = _checked(text_zh, text_en, fee, contact, answer_hours, reminder_hours, on_vacancy)
    changes = {
        name: [getattr(campaign, name), value]
        for name, value in decided.items()
        if getattr(campaign, name) != value
    }
    for name, value in decided.items():
        setattr(campaign, name, value)
    session.flush()
    if changes:
        event = CampaignChanged(
            campaign.id, panel_id=campaign.panel_id, cohort_id=campaign.cohort_id, changes=changes
        )
        record(session, event, actor=actor, now=now)
    return bool(changes)


def _to_sit(session: Session, panel: Panel, locale: str) -> Sentence:
    say = gettext_of(locale)
    titles = session.scalars(
        sa.select(Item.title)
        .join(PanelItem, PanelItem.item_id == Item.id)
        .where(PanelItem.panel_id == panel.id)
        .order_by(PanelItem.id)
    ).all()
    values: dict[str, Any] = {"office": panel.owner.name, "title": panel.title}
    if not titles:
        return Sentence(TO_MEET, values)
    quoted = (Sentence(N_("“%(title)s”"), {"title": each}).translated(say) for each in titles[:MOST_TITLES])
    values |= {"items": say(N_(", ")).join(quoted), "count": len(titles)}
    return Sentence(TO_REVIEW if len(titles) <= MOST_TITLES else TO_REVIEW_MANY, values)


def _require_on(session: Session, panel: Panel | None, cohort: Cohort | None) -> None:
    if (panel is None) == (cohort is None):
        raise ValueError("a campaign is for one panel or one cohort")
    if panel is not None and panel.state is not PanelState.CONFIRMED:
        raise Invalid(N_("People are invited once the panel is confirmed."))
    if cohort is not None and cohort.state not in (CohortState.DRAFT, CohortState.OPEN):
        raise Invalid(N_("This cohort is over: nobody is invited any more."))
    known = of_panel(session, panel.id) if panel else of_cohort(session, cohort.id if cohort else 0)
    if known is not None:
        raise Invalid(N_("These invitations are prepared already. Change them instead."))


def _checked(
    text_zh: str,
    text_en: str,
    fee: str | None,
    contact: str,
    answer_hours: int,
    reminder_hours: Iterable[int],
    on_vacancy: OnVacancy,
) -> dict[str, Any]:
    texts = {"text_zh": text_zh, "text_en": text_en, "fee": fee or "", "contact": contact}
    tidied = {name: text.strip() for name, text in texts.items()}
    for name, text in tidied.items():
        if not text and name != "fee":
            raise Invalid(N_("This may not be empty."), field=name)
        if len(text) > LENGTHS[name]:
            raise Invalid(N_("Longer than %(most)s characters."), field=name, most=LENGTHS[name])
    reminders = sorted(set(reminder_hours), reverse=True)
    for name, hours in (("answer_hours", [answer_hours]), ("reminder_hours", reminders)):
        if not all(1 <= each <= LONGEST_WAIT for each in hours):
            wrong = N_("Give a number from %(least)s to %(most)s.")
            raise Invalid(wrong, field=name, least=1, most=LONGEST_WAIT)
    waits = {"answer_hours": answer_hours, "reminder_hours": reminders, "on_vacancy": on_vacancy}
    return tidied | {"fee": tidied["fee"] or None} | waits
