"""One line on a panel's invitations: what happened last, and what is next."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext

from expertpool.audit.models import AuditEntry
from expertpool.invitations.models import Campaign, InvitationState, OnVacancy
from expertpool.panels.models import SeatState
from expertpool.web.invitations.lines import Line
from expertpool.web.invitations.wording import WHY, why_withdrawn

OFFERED = "panel.vacancy-offered"
"""Name of the trail's entry that says who could take a vacant seat."""


def of(campaign: Campaign, members: Sequence[Line], entries: Sequence[AuditEntry]) -> str:
    """Return what happened last and what is next; `entries` are the newest of the panel's trail."""
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
