"""One's own panels and lessons as an agenda, as a private address to subscribe to, and as files."""

from expertpool.errors import N_
from expertpool.web.kit.navigation import Entry

NAV = (Entry("calendars.agenda", N_("My calendar"), "me.calendar", order=6),)
