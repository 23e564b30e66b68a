"""Where the invitations of a panel or a cohort stand: a line for each seat, and what is next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from expertpool.audit.models import AuditEntry
from expertpool.invitations import campaigns, queries, suggestions
from expertpool.invitations.models import Campaign, Invitation, OnVacancy
from expertpool.invitations.suggestions import Colleague
from expertpool.panels import seating
from expertpool.panels.models import HOLDS, Panel, SeatRole, SeatState
from expertpool.training.models import Cohort, Teaching
from expertpool.web.invitations import news
from expertpool.web.invitations.lines import Line, TeacherLine, detail, line_of


@dataclass(frozen=True)
class Suggested:
    """A colleague whom somebody suggested and nobody dealt with yet."""

    id: int
    colleague: Colleague
    by: str


@dataclass(frozen=True)
class Roster:
    """All seats of a panel; `news` says what happened last and what is next."""

    campaign: Campaign | None
    members: list[Line]
    alternates: list[Line]
    news: str
    not_invited: int
    """Members who hold a seat and were not asked yet."""
    suggestions: list[Suggested]

    @property
    def held(self) -> int:
        """Seats that somebody holds."""
        return sum(line.seat.state in HOLDS for line in self.members)

    @property
    def has_vacancy(self) -> bool:
        return any(line.is_vacant for line in self.members)

    @property
    def is_phoned(self) -> bool:
        """Whether alternates are asked by phone."""
        return self.campaign is not None and self.campaign.on_vacancy is OnVacancy.PHONE


def of_panel(session: Session, panel: Panel, entries: Iterable[AuditEntry] = ()) -> Roster:
    """Return where a panel's invitations stand; `entries` are the newest of its trail."""
    campaign = campaigns.of_panel(session, panel.id)
    vacant = {seat.id for seat in seating.vacancies(panel)}
    lines = [line_of(row, row.seat.id in vacant) for row in queries.of_panel(session, panel)]
    members = [line for line in lines if line.seat.role is not SeatRole.ALTERNATE]
    return Roster(
        campaign,
        members,
        [line for line in lines if line.seat.role is SeatRole.ALTERNATE],
        news.of(campaign, members, list(entries)) if campaign else "",
        sum(line.seat.state is SeatState.PROPOSED for line in members),
        _suggested(session, campaign),
    )


def of_cohort(session: Session, cohort: Cohort) -> list[TeacherLine]:
    """Return where the invitations of a cohort's teachers stand."""
    query = (
        sa.select(Teaching)
        .where(Teaching.cohort_id == cohort.id)
        .order_by(Teaching.id)
        .options(joinedload(Teaching.person))
    )
    ids = sa.select(sa.func.max(Invitation.id)).join(Teaching).where(Teaching.cohort_id == cohort.id)
    asked = sa.select(Invitation).where(Invitation.id.in_(ids.group_by(Invitation.teaching_id)))
    newest = {each.teaching_id: each for each in session.scalars(asked)}
    return [
        TeacherLine(each, found, detail(found) if found else "")
        for each in session.scalars(query)
        for found in [newest.get(each.id)]
    ]


def _suggested(session: Session, campaign: Campaign | None) -> list[Suggested]:
    found = suggestions.open_of(session, campaign) if campaign else []
    return [Suggested(each.id, suggestions.colleague_of(each), each.invitation.person.name) for each in found]
