"""The front page and today's work."""

from expertpool.errors import N_
from expertpool.web.kit.guards import SIGNED_IN
from expertpool.web.kit.navigation import Entry

NAV = (Entry("home.index", N_("Today"), SIGNED_IN, order=0),)
