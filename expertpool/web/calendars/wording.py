"""Words for calendars: states, what an entry is, events."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from expertpool.calendars.models import EntrySource, EntryState

STATES = {
    EntryState.TENTATIVE: ("invited", _l("waits for your answer")),
    EntryState.CONFIRMED: ("accepted", _l("confirmed")),
    EntryState.CANCELLED: ("declined", _l("cancelled")),
}
"""Class of the state's shape and its word."""
SOURCES = {
    EntrySource.SEAT: _l("You review"),
    EntrySource.TEACHING: _l("You teach"),
    EntrySource.STUDY: _l("You attend"),
}

SENTENCES = {
    "person.calendar-address-made": _l("Made a private calendar address"),
    "person.calendar-address-revoked": _l("Revoked the private calendar address"),
}
