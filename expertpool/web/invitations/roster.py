"""Where the invitations of a panel or a cohort stand: a line for each seat, and what is next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session, joinedload

from expertpool.audit.models import AuditEntry
from expertpool.invitations import campaigns, queries, suggestions
from expertpool.invitations.models import Campaign, Invitation, InvitationState, OnVacancy
from expertpool.invitations.suggestions import Colleague
from expertpool.panels import seating
from expertpool.panels.models import HOLDS, Panel, Seat, SeatRole, SeatState
from expertpool.training.models import Cohort, Teaching
from expertpool.web.invitations.wording import OUTCOMES, WHY, why_withdrawn
from expertpool.web.kit.dates import moment

OPEN = frozenset({InvitationState.SENT, InvitationState.ACCEPTED})
OFFERED = "panel.vacancy-offered"
"""Name of the trail's entry that says who could take a vacant seat."""


@dataclass(frozen=True)
class Line:
    """One seat with its newest invitation, in words."""

    seat: Seat
    name: str
    invitation: Invitation | None
    detail: str
    is_vacant: bool
    """Its holder left and nobody has taken the chair."""

    @property
    def may_withdraw(self) -> bool:
        return self.invitation is not None and self.invitation.state in OPEN


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
    lines = [_line(row, row.seat.id in vacant) for row in queries.of_panel(session, panel)]
    members = [line for line in lines if line.seat.role is not SeatRole.ALTERNATE]
    return Roster(
        campaign,
        members,
        [line for line in lines if line.seat.role is SeatRole.ALTERNATE],
        _news(campaign, members, list(entries)) if campaign else "",
        sum(line.seat.state is SeatState.PROPOSED for line in members),
        _suggested(session, campaign),
    )


@dataclass(frozen=True)
class TeacherLine:
    """One teacher of a cohort with their newest invitation, in words."""

    teaching: Teaching
    invitation: Invitation | None
    detail: str

    @property
    def may_withdraw(self) -> bool:
        return self.invitation is not None and self.invitation.state in OPEN


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


def _line(row: queries.Row, is_vacant: bool) -> Line:
    parts = [detail(row.invitation)] if row.invitation else []
    if row.calls:
        last = row.calls[-1]
        parts.append(
            gettext(
                "phoned %(moment)s: %(outcome)s",
                moment=moment(last.called_at),
                outcome=OUTCOMES[last.outcome],
            )
        )
    return Line(row.seat, row.person.name, row.invitation, gettext("; ").join(parts), is_vacant)


def _suggested(session: Session, campaign: Campaign | None) -> list[Suggested]:
    found = suggestions.open_of(session, campaign) if campaign else []
    return [Suggested(each.id, suggestions.colleague_of(each), each.invitation.person.name) for each in found]


def detail(invitation: Invitation) -> str:
    """Return when somebody was asked and answered, and why not."""
    state = invitation.state
    if state is InvitationState.SENT:
        parts = [gettext("answer by %(moment)s", moment=moment(invitation.expires_at))]
        if invitation.reminders:
            parts.append(ngettext("%(num)s reminder", "%(num)s reminders", invitation.reminders))
        elif invitation.remind_at:
            parts.append(gettext("reminder on %(moment)s", moment=moment(invitation.remind_at)))
        return str(gettext("; ").join(parts))
    parts = [moment(invitation.ended_at or invitation.answered_at)]
    if state is InvitationState.WITHDRAWN:
        parts.append(why_withdrawn(invitation))
    elif invitation.reason is not None:
        parts.append(str(WHY[invitation.reason]))
    if state is InvitationState.DECLINED and invitation.reason_text:
        parts.append(invitation.reason_text)
    return str(gettext("; ").join(parts))


def _news(campaign: Campaign, members: Sequence[Line], entries: Sequence[AuditEntry]) -> str:
    """Say what happened last and what is next, in one line."""
    left = [line for line in members if line.invitation and line.invitation.ended_at]
    if not left:
        return _progress(members)
    last = max(left, key=lambda line: (line.invitation.ended_at, line.seat.id))  # type: ignore[union-attr]
    return str(gettext("; ")).join((_left(last), _follows(campaign, last, members, entries)))


def _progress(members: Sequence[Line]) -> str:
    states = [line.seat.state for line in members]
    accepted, waiting = states.count(SeatState.ACCEPTED), states.count(SeatState.INVITED)
    if accepted == len(members):
        return str(gettext("Everybody comes."))
    return str(
        gettext(
            "Accepted %(accepted)s of %(all)s; %(waiting)s have not answered.",
            accepted=accepted,
            all=len(members),
            waiting=waiting,
        )
    )


def _left(line: Line) -> str:
    """Say how the holder of a seat left it."""
    invitation, name = line.invitation, line.name
    assert invitation is not None
    if invitation.state is InvitationState.EXPIRED:
        return str(gettext("%(name)s did not answer in time", name=name))
    if invitation.state is InvitationState.WITHDRAWN and invitation.reason is not None:
        reason = why_withdrawn(invitation)
        return str(gettext("%(name)s would come and cannot: %(reason)s", name=name, reason=reason))
    if invitation.state is InvitationState.WITHDRAWN:
        return str(gettext("the invitation of %(name)s was withdrawn", name=name))
    reason = WHY[invitation.reason] if invitation.reason else ""
    return str(gettext("%(name)s declined (%(reason)s)", name=name, reason=reason))


def _follows(campaign: Campaign, left: Line, members: Sequence[Line], entries: Sequence[AuditEntry]) -> str:
    """Say what became of a seat that was left, or what waits to be done."""
    taken = next((line for line in members if line.seat.replaces_id == left.seat.id), None)
    if taken is not None:
        comes = taken.seat.state is SeatState.ACCEPTED
        name = taken.name
        if comes:
            return str(gettext("%(name)s comes instead", name=name))
        return str(gettext("%(name)s was invited instead", name=name))
    if not left.is_vacant:
        return str(gettext("nothing is to be done"))
    if campaign.on_vacancy is OnVacancy.PHONE:
        return str(gettext("the next alternate is to be phoned"))
    return _offered(left, entries)


def _offered(left: Line, entries: Sequence[AuditEntry]) -> str:
    offers = [each.facts for each in entries if each.event == OFFERED]
    offer = next((each for each in offers if each["vacant_seat_id"] == left.seat.id), None)
    if offer is not None and offer["next_seat_id"] is None:
        return str(gettext("no alternate fits; the decision is yours"))
    return str(gettext("the next alternate waits for your decision"))
