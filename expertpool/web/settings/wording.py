"""Words of the settings."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from expertpool.outbox.models import MessageState
from expertpool.settings.models import DayKind

SENTENCES = {
    "choice.choice-changed": _l("The choice %(key)s became “%(after)s”, before “%(before)s”"),
    "holiday.holiday-set": _l("%(day)s was declared: %(called)s"),
    "holiday.holiday-removed": _l("%(day)s is what its weekday says again, before: %(called)s"),
    "year.holidays-seeded": _l("%(days)s days of the year were taken from the library"),
    "key.keys-rotated": _l("Personal values were encrypted anew with the key %(fingerprint)s"),
    "job.job-asked": _l("A run of the job %(job)s was asked for"),
    "message.message-retried": _l("A message that could not be sent was put back into the queue"),
    "message.message-cancelled": _l("A message was cancelled before it was sent"),
}

KINDS = {
    DayKind.HOLIDAY: _l("Holiday, free"),
    DayKind.WORKDAY: _l("Make-up workday, worked"),
}

STATES = {
    MessageState.WAITING: _l("Waiting"),
    MessageState.SENT: _l("Sent"),
    MessageState.DEAD: _l("Not deliverable"),
    MessageState.CANCELLED: _l("Cancelled"),
}

FACES = {
    MessageState.WAITING: "proposed",
    MessageState.SENT: "passed",
    MessageState.DEAD: "failed",
    MessageState.CANCELLED: "vacant",
}
"""Class of each state of a message."""

MAILS = {
    "accounts/confirm": _l("Address to be confirmed"),
    "accounts/invite": _l("Invitation to an account"),
    "accounts/password-changed": _l("Password changed"),
    "accounts/reset": _l("Link for a new password"),
    "accounts/role-granted": _l("Role granted"),
    "accounts/sign-in": _l("Sign-in link"),
    "accounts/ways-changed": _l("Ways to sign in changed"),
    "audit/head": _l("Newest hash of the audit trail"),
    "invitations/complete": _l("Everybody has accepted"),
    "invitations/declined": _l("An invitation declined"),
    "invitations/expired": _l("An invitation expired"),
    "invitations/reminder": _l("Reminder"),
    "invitations/request": _l("Invitation"),
    "invitations/suggestion": _l("A colleague suggested"),
    "invitations/thanks": _l("Thanks for accepting"),
    "invitations/vacancy": _l("A seat vacant"),
    "invitations/withdrawn": _l("An invitation withdrawn"),
    "panels/cancelled": _l("A panel cancelled"),
    "panels/conflict": _l("A new conflict"),
    "panels/moved": _l("A panel moved"),
    "panels/opened": _l("A sealed roster opened"),
    "panels/opening-asked": _l("Opening of a sealed roster asked for"),
    "training/cancelled": _l("Enrolment cancelled"),
    "training/certificate-marked": _l("A certificate marked"),
    "training/certificate": _l("A certificate issued"),
    "training/cohort-cancelled": _l("A cohort cancelled"),
    "training/enrolled": _l("A place in a course"),
    "training/lapsed": _l("An offered place lapsed"),
    "training/lesson": _l("A lesson changed"),
    "training/offered": _l("A place offered"),
    "training/queued": _l("A place in line"),
    "training/timetable": _l("A timetable published"),
}
"""By the kind of a message, which is its template below `templates/mail`."""

GROUPS = {
    "office": _l("The office"),
    "invitations": _l("Invitations"),
    "training": _l("Training"),
}
"""By the first part of a choice's key."""
