"""Words of invitations: states, reasons, outcomes, and what the audit trail says."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from expertpool.invitations import wording
from expertpool.invitations.models import DeclineReason, Invitation, InvitationState, OnVacancy, Outcome

STATES = {
    InvitationState.SENT: _l("Invited"),
    InvitationState.ACCEPTED: _l("Accepted"),
    InvitationState.DECLINED: _l("Declined"),
    InvitationState.EXPIRED: _l("Expired"),
    InvitationState.WITHDRAWN: _l("Withdrawn"),
}

FACES = {
    InvitationState.SENT: "invited",
    InvitationState.ACCEPTED: "accepted",
    InvitationState.DECLINED: "declined",
    InvitationState.EXPIRED: "expired",
    InvitationState.WITHDRAWN: "vacant",
}
"""Class of each state."""

REASONS = {
    DeclineReason.BUSY_THEN: _l("I am busy at that time"),
    DeclineReason.BUSY_ALWAYS: _l("I have no time for reviews at present"),
    DeclineReason.CONFLICT: _l("I should stay away: I have an interest in it"),
    DeclineReason.NOT_MY_FIELD: _l("It is not my field"),
    DeclineReason.OTHER: _l("Another reason"),
}
"""As the invited say them."""

WHY = {reason: _l(text) for reason, text in wording.REASONS.items()}
"""As the office reads them."""

CODES = {reason.value: text for reason, text in WHY.items()}
"""Codes of the trail in words."""

ON_VACANCY = {
    OnVacancy.INVITE: _l("Check the next alternate again and invite them at once"),
    OnVacancy.OFFER: _l("Tell me who is next; I decide"),
    OnVacancy.PHONE: _l("I phone the alternates one by one, in order"),
}

OUTCOMES = {
    Outcome.ACCEPTED: _l("Reached, comes"),
    Outcome.DECLINED: _l("Reached, does not come"),
    Outcome.REACHED: _l("Reached, will answer later"),
    Outcome.NO_ANSWER: _l("No answer"),
}

REFUSED = {
    DeclineReason.CONFLICT: _l("a conflict of interest stands against it"),
    DeclineReason.BUSY_THEN: _l("that time is booked otherwise by now"),
    DeclineReason.OTHER: _l("the rules of the panel stand against it"),
}
"""Why somebody who wanted to come can't."""

OUTCOME_FACES = {
    Outcome.ACCEPTED: "accepted",
    Outcome.DECLINED: "declined",
    Outcome.REACHED: "invited",
    Outcome.NO_ANSWER: "expired",
}
"""Class of each outcome's state."""

FIELDS = {
    "text_zh": _l("Text in Chinese"),
    "text_en": _l("Text in English"),
    "fee": _l("Fee"),
    "contact": _l("Contact"),
    "answer_hours": _l("Hours to answer"),
    "reminder_hours": _l("Remind those who have not answered"),
    "on_vacancy": _l("When a seat falls vacant"),
}

SENTENCES = {
    "campaign.campaign-prepared": _l("The text of the invitations was written"),
    "campaign.campaign-changed": _l("The text of the invitations was changed"),
    "invitation.invitation-sent": _l("%(person)s was invited"),
    "invitation.invitation-reminded": _l("%(person)s was reminded (%(count)s)"),
    "invitation.invitation-accepted": _l("%(person)s accepted"),
    "invitation.invitation-declined": _l("%(person)s declined: %(reason)s. %(text)s"),
    "invitation.invitation-expired": _l("%(person)s did not answer in time"),
    "invitation.invitation-withdrawn": _l("The invitation of %(person)s was withdrawn: %(reason)s"),
    "invitation.acceptance-refused": _l("%(person)s wanted to come and could not: %(why)s"),
    "invitation.colleague-suggested": _l("%(person)s suggested a colleague"),
    "invitation.suggestion-settled": _l("A suggested colleague was dealt with"),
    "panel.vacancy-filled": _l("%(person)s took the vacant seat"),
    "panel.vacancy-offered": _l("A seat is vacant and waits for a decision"),
    "panel.call-recorded": _l("%(person)s was phoned: %(outcome)s. %(note)s"),
}


def why_withdrawn(invitation: Invitation) -> str:
    """Return why an invitation was taken back: an organiser's words, or what stood against an acceptance."""
    if invitation.reason is not None:
        return str(REFUSED[invitation.reason])
    return invitation.reason_text or str(gettext("it does not take place"))
