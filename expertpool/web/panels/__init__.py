"""Pages of review panels: the list, the wizard, proposals, confirmation, the roster."""

from expertpool.errors import N_
from expertpool.web.kit.navigation import Entry

NAV = (Entry("panels.index", N_("Panels"), "panels.view", order=10),)
