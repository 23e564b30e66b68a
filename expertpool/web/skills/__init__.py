"""Pages of skills: trees, records, the tags that wait for a place, classifications."""

from expertpool.errors import N_
from expertpool.web.kit.navigation import Entry

NAV = (Entry("skills.index", N_("Skills"), "skills.view", order=50),)
