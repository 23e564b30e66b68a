"""One seat, or one teacher, with the newest invitation, in words."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext, ngettext

from expertpool.invitations import queries
from expertpool.invitations.models import Invitation, InvitationState
from expertpool.panels.models import Seat
from expertpool.training.models import Teaching
from expertpool.web.invitations.wording import OUTCOMES, WHY, why_withdrawn
from expertpool.web.kit.dates import moment

OPEN = frozenset({InvitationState.SENT, InvitationState.ACCEPTED})


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
class TeacherLine:
    """One teacher of a cohort with their newest invitation, in words."""

    teaching: Teaching
    invitation: Invitation | None
    detail: str

    @property
    def may_withdraw(self) -> bool:
        return self.invitation is not None and self.invitation.state in OPEN


def line_of(row: queries.Row, is_vacant: bool) -> Line:
    """Return a seat of a panel, with the last call to its holder."""
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
