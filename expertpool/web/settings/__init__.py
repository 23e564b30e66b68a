"""Pages for administrators: choices of the office, holidays, messages that wait or failed."""

from expertpool.errors import N_
from expertpool.web.kit.navigation import Entry

NAV = (Entry("settings.index", N_("Settings"), "settings.edit", order=95, also=("admin.jobs",)),)
