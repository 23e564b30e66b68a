"""Pages of presets: the rules of each kind of panel with their sources, versions, and an editor."""

from expertpool.errors import N_
from expertpool.web.kit.navigation import Entry

NAV = (Entry("presets.index", N_("Presets"), "presets.view", order=60),)
