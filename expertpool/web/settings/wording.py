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

GROUPS = {
    "office": _l("The office"),
    "invitations": _l("Invitations"),
    "training": _l("Training"),
}
"""By the first part of a choice's key."""
